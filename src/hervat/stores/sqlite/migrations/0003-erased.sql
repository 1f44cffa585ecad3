-- How far a message was erased, and up to which erasure nothing is left in this file. Before now nothing was.
ALTER TABLE message ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
ALTER TABLE head ADD COLUMN scrubbed INTEGER NOT NULL DEFAULT 0;
