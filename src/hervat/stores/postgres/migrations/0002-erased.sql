-- How far a message was erased, and up to which erasure nothing is left in the tables. Before now nothing was.
ALTER TABLE message ADD COLUMN erased smallint NOT NULL DEFAULT 0;
ALTER TABLE head ADD COLUMN scrubbed bigint NOT NULL DEFAULT 0;

-- After which erasure the tables were written anew, and which file of the server's log must be gone, for the first or the second time.
ALTER TABLE hervat ADD COLUMN scrubbed bigint NOT NULL DEFAULT 0;
ALTER TABLE hervat ADD COLUMN log text;
ALTER TABLE hervat ADD COLUMN round smallint NOT NULL DEFAULT 0;
