-- The numbers that their sender signed as erased before it handed them over. Before now nobody kept any.
CREATE TABLE gone (
    source INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    ident BLOB,
    since INTEGER,
    PRIMARY KEY (source, sequence, at)
) STRICT, WITHOUT ROWID;
