-- The same settings as the engine's: the write-ahead log, synced at every commit, a cache of 200 MB.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -200000;
CREATE TABLE message (position INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER, message BLOB NOT NULL);
CREATE UNIQUE INDEX message_id ON message (source, id);
CREATE UNIQUE INDEX message_sequence ON message (source, sequence);
-- put
INSERT OR IGNORE INTO message (source, id, sequence, message) VALUES (?, ?, ?, ?)
