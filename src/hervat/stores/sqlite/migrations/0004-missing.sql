-- The numbers that are missing, as ranges; everything beside the journal is folded again to fill it.
DELETE FROM feed;
DELETE FROM message;
DELETE FROM link;
DELETE FROM turn;
DELETE FROM declared;
DELETE FROM act;
UPDATE head SET folded = 0;
CREATE TABLE missing (
    source INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (source, first)
) STRICT, WITHOUT ROWID;
