-- How far the tables below the journal have been folded: less than its size means that they are folded again from there.
ALTER TABLE head ADD COLUMN folded INTEGER NOT NULL DEFAULT 0;

-- What a message is about, and whether it is held and about nobody.
DELETE FROM feed;
DELETE FROM message;
DELETE FROM link;
DELETE FROM turn;
DELETE FROM declared;
DELETE FROM act;
ALTER TABLE feed ADD COLUMN adrift INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN about BLOB NOT NULL DEFAULT x'';
ALTER TABLE message ADD COLUMN adrift INTEGER NOT NULL DEFAULT 0;
CREATE INDEX message_adrift ON message (position) WHERE adrift = 1;
