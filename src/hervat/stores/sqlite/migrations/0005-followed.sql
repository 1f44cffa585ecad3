-- What a room that follows the journal asks for: what was applied later than it came, and every turn since a position. Messages stand under
-- the BSN they speak of as well, and cases under the number of the police; everything beside the journal is folded again for that.
DELETE FROM feed;
DELETE FROM message;
DELETE FROM link;
DELETE FROM missing;
DELETE FROM turn;
DELETE FROM declared;
DELETE FROM act;
UPDATE head SET folded = 0;
CREATE INDEX message_released ON message (applied_at) WHERE applied_at > position;
CREATE INDEX turn_at ON turn (at);
