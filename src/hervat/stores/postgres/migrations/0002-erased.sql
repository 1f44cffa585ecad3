-- How far a message was erased, and up to which erasure nothing is left in the tables. Before now nothing was.
ALTER TABLE message ADD COLUMN erased smallint NOT NULL DEFAULT 0;
ALTER TABLE head ADD COLUMN scrubbed bigint NOT NULL DEFAULT 0;
