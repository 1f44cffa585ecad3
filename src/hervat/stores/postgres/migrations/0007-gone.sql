-- The numbers that their sender signed as erased before it handed them over. Before now nobody kept any.
CREATE TABLE gone (
    source integer NOT NULL,
    sequence bigint NOT NULL,
    at bigint NOT NULL,
    ident bytea,
    since bigint,
    PRIMARY KEY (source, sequence, at)
);
