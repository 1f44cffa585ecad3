-- Every statement of the SQLite engine, each with its name and one line of intent. `(:many)` stands for a list of any length.

-- name: head
-- Where the journal stands.
SELECT size, frontier, received_at, checkpoint, folded, scrubbed FROM head WHERE one = 1;

-- name: put_head
-- Move the head.
INSERT INTO head (one, size, frontier, received_at, checkpoint, folded, scrubbed) VALUES (1, ?, ?, ?, ?, ?, ?)
ON CONFLICT (one) DO UPDATE SET size = excluded.size, frontier = excluded.frontier, received_at = excluded.received_at,
    checkpoint = excluded.checkpoint, folded = excluded.folded, scrubbed = excluded.scrubbed;

-- name: journal_head
-- Where the journal stands, in a store of any schema.
SELECT size, frontier, received_at, checkpoint FROM head WHERE one = 1;

-- name: copy_whole
-- A copy of the whole file.
VACUUM INTO ?;

-- name: feeds
-- Every source with its counts.
SELECT number, name, received, applied, held, refused, through, highest, sequenced, ceiling, adrift, lane, link
FROM feed ORDER BY number;

-- name: put_feed
-- Write a source and its counts.
INSERT INTO feed (number, name, received, applied, held, refused, through, highest, sequenced, ceiling, adrift, lane, link)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (number) DO UPDATE SET received = excluded.received, applied = excluded.applied, held = excluded.held,
    refused = excluded.refused, through = excluded.through, highest = excluded.highest, sequenced = excluded.sequenced,
    ceiling = excluded.ceiling, adrift = excluded.adrift, lane = excluded.lane, link = excluded.link;

-- name: last_position
-- The highest position there is.
SELECT coalesce(max(position), 0) FROM entry;

-- name: entries
-- The journal from a position up to another, so many at most.
SELECT position, meta, parts, box, leaf FROM entry WHERE position BETWEEN ? AND ? ORDER BY position LIMIT ?;

-- name: entries_at
-- Entries by position.
SELECT position, meta, parts, box, leaf FROM entry WHERE position IN (:many);

-- name: put_entry
-- Append to the journal.
INSERT INTO entry (position, meta, parts, box, leaf) VALUES (?, ?, ?, ?, ?);

-- name: erase_entry
-- Take erased parts and their keys away.
UPDATE entry SET parts = ?, box = ? WHERE position = ?;

-- name: seal_entry
-- Put another box in the place of one.
UPDATE entry SET box = ? WHERE position = ?;

-- name: leaves
-- Leaf hashes in order, for the tree.
SELECT leaf FROM entry WHERE position BETWEEN ? AND ? ORDER BY position;

-- name: tile
-- The hash of one complete subtree.
SELECT hash FROM tile WHERE level = ? AND place = ?;

-- name: put_tile
-- Keep the hash of a subtree that is complete.
INSERT INTO tile (level, place, hash) VALUES (?, ?, ?);

-- name: rows_at
-- Messages by position.
SELECT * FROM message WHERE position IN (:many);

-- name: rows_by_ident
-- Messages by the hash of their source and id.
SELECT * FROM message WHERE ident IN (:many);

-- name: row_by_place
-- The message that holds one place in the sequence of one source.
SELECT position FROM message WHERE source = ? AND sequence = ?;

-- name: rows_by_place
-- The messages that hold places in the sequence of one source.
SELECT source, sequence, position FROM message WHERE source = ? AND sequence IN (:many);

-- name: put_row
-- A message new in custody.
INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: change_row
-- What became of a message.
UPDATE message SET needs = ?, gives = ?, refusal = ?, admitted_at = ?, complete = ?, blocked_by = ?, waits_on = ?, retracted = ?,
    version = ?, state = ?, applied_at = ?, about = ?, adrift = ?, erased = ?, quarantined = ? WHERE position = ?;

-- name: forget_time
-- When an erased message was made stands open no longer.
UPDATE message SET time = NULL WHERE position = ?;

-- name: links
-- Who speaks of these keys, and who gives them.
SELECT key, position, live FROM link WHERE key IN (:many);

-- name: near
-- Who speaks of these keys, with the message, its entry, and what amends it.
SELECT l.key, l.position, l.live, a.position, e.meta, e.parts, e.box, e.leaf, m.*
FROM link AS l JOIN message AS m ON m.position = l.position JOIN entry AS e ON e.position = l.position
LEFT JOIN message AS a ON a.target = m.ident
WHERE l.key IN (:many);

-- name: put_link
-- A message speaks of a key, or begins or ceases to give it.
INSERT INTO link (key, position, live) VALUES (?, ?, ?) ON CONFLICT (key, position) DO UPDATE SET live = excluded.live;

-- name: drop_link
-- A message no longer gives a key that it did not speak of otherwise.
DELETE FROM link WHERE key = ? AND position = ?;

-- name: waits
-- Everything that waits, and for what.
SELECT waits_on, position FROM message WHERE waits_on IS NOT NULL;

-- name: named
-- The messages that some amendment names.
SELECT DISTINCT target FROM message WHERE target IS NOT NULL;

-- name: waiting
-- Who waits for these keys.
SELECT waits_on, position FROM message WHERE waits_on IN (:many);

-- name: amendments_of
-- The corrections and retractions that name these messages.
SELECT target, position FROM message WHERE target IN (:many);

-- name: acts_by_ident
-- Acts by the key under which they are recognised.
SELECT ident, position FROM act WHERE ident IN (:many);

-- name: acts
-- The acts of one kind, in order.
SELECT position FROM act WHERE kind = ? AND position <= ? ORDER BY position;

-- name: put_act
-- An act, to be recognised by.
INSERT INTO act (position, kind, ident) VALUES (?, ?, ?);

-- name: held
-- What is held, oldest first.
SELECT * FROM message WHERE state = 2 AND position > ? ORDER BY position LIMIT ?;

-- name: held_for_keys
-- What is held for keys alone, oldest first.
SELECT * FROM message WHERE state = 2 AND position > ? AND admitted_at IS NOT NULL AND complete = 1 ORDER BY position LIMIT ?;

-- name: adrift
-- What is held and about nobody.
SELECT * FROM message WHERE adrift = 1 ORDER BY position;

-- name: held_about
-- What is held about these subjects.
SELECT * FROM message WHERE state = 2 AND subject IN (:many);

-- name: about
-- All that has one of these subjects.
SELECT * FROM message WHERE subject IN (:many);

-- name: refused
-- What was refused.
SELECT * FROM message WHERE state = 3 ORDER BY position;

-- name: not_admitted
-- What of a source lies in quarantine or above its ceiling.
SELECT * FROM message WHERE admitted_at IS NULL AND source = ? ORDER BY position;

-- name: in_quarantine
-- How much of a source lies in quarantine.
SELECT count(*) FROM message WHERE admitted_at IS NULL AND source = ? AND quarantined = 1;

-- name: last_message
-- The last position up to another at which there is a message.
SELECT coalesce(max(position), 0) FROM message WHERE position <= ?;

-- name: applied
-- What is applied, in order of position.
SELECT * FROM message WHERE position > ? AND state = 1 ORDER BY position LIMIT ?;

-- name: changed
-- What was received, first applied or turned after a position. Left to choose, the planner reads both tables whole for the order.
SELECT position FROM message WHERE position > :after
UNION SELECT position FROM message INDEXED BY message_released WHERE applied_at > position AND applied_at > :after
UNION SELECT position FROM turn INDEXED BY turn_at WHERE at > :after
ORDER BY position;

-- name: declared
-- What a source declares and what of that counts: the highest claim first, then the latest.
SELECT d.position, d.source, d.through, d.content, d.holds
FROM message AS m JOIN declared AS d ON d.position = coalesce(m.version, m.position)
WHERE m.source = ? AND m.kind IN ('watermark', 'stock-declared') AND m.kind = ? AND m.state = 1 AND m.retracted = 0
ORDER BY d.through DESC, m.sequence DESC;

-- name: declared_at
-- Declarations by the position they came in.
SELECT position, source, through, content, holds FROM declared WHERE position IN (:many);

-- name: declaring
-- Every message of a kind that declares.
SELECT * FROM message WHERE kind IN ('watermark', 'stock-declared') AND position <= ? ORDER BY position;

-- name: of_kind
-- Every message of a kind, whatever became of it.
SELECT * FROM message WHERE kind = ? AND position <= ? ORDER BY position;

-- name: unchecked
-- Watermarks of which nobody could say yet whether they hold.
SELECT position, source, through, content, holds FROM declared WHERE through IS NOT NULL AND holds IS NULL;

-- name: put_declared
-- A declaration, or what checking it gave.
INSERT INTO declared (position, source, through, content, holds) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (position) DO UPDATE SET holds = excluded.holds;

-- name: held_at
-- What was held at a position.
SELECT m.* FROM message AS m WHERE m.position <= :position AND coalesce(
    (SELECT CASE WHEN m.applied_at <= :position AND m.applied_at > t.at THEN 1 ELSE t.state END
     FROM turn AS t WHERE t.position = m.position AND t.at <= :position ORDER BY t.at DESC LIMIT 1),
    CASE WHEN m.applied_at <= :position THEN 1 ELSE 2 END) = 2 ORDER BY m.position;

-- name: sequences_above
-- The sequence numbers above one that were in custody or gone at a position, in order.
SELECT sequence FROM message WHERE source = :source AND sequence > :after AND position <= :last
UNION SELECT sequence FROM gone WHERE source = :source AND sequence > :after AND since <= :last
ORDER BY sequence;

-- name: gone
-- The numbers of a source that were signed as erased, by each act that said so.
SELECT source, sequence, at, ident, since FROM gone WHERE source = ? ORDER BY sequence, at;

-- name: put_gone
-- A number that was signed as erased, or that it counts from now on.
INSERT INTO gone (source, sequence, at, ident, since) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (source, sequence, at) DO UPDATE SET since = excluded.since;

-- name: claims_on
-- The watermarks of a source that speak of a number.
SELECT position, source, through, content, holds FROM declared WHERE source = ? AND through >= ? ORDER BY position;

-- name: missing
-- The ranges that are missing of a source.
SELECT first, last FROM missing WHERE source = ? ORDER BY first;

-- name: put_missing
-- A range that is missing, or its new end.
INSERT INTO missing (source, first, last) VALUES (?, ?, ?) ON CONFLICT (source, first) DO UPDATE SET last = excluded.last;

-- name: drop_missing
-- A range that is missing no more, or begins elsewhere.
DELETE FROM missing WHERE source = ? AND first = ?;

-- name: gaps
-- The ranges that are missing between the sequence numbers in custody or gone at a position.
SELECT before + 1, sequence - 1 FROM (
    SELECT sequence, lag(sequence, 1, :after) OVER (ORDER BY sequence) AS before FROM (
        SELECT sequence FROM message WHERE source = :source AND sequence > :after AND position <= :last
        UNION SELECT sequence FROM gone WHERE source = :source AND sequence > :after AND since <= :last
    )
) WHERE sequence > before + 1;

-- name: sequence_run
-- The messages of a source between two sequence numbers.
SELECT sequence, position FROM message WHERE source = ? AND sequence BETWEEN ? AND ?;

-- name: boxes
-- The boxes of entries, without what else is in them.
SELECT position, box FROM entry WHERE position IN (:many);

-- name: first_held
-- The lowest sequence that is held.
SELECT min(sequence) FROM message WHERE source = ? AND state = 2;

-- name: tally
-- What became of everything received after a position.
SELECT state, count(*) FROM message WHERE position > ? GROUP BY state;

-- name: tally_at
-- Counts per source and state as they were at a position: the last turn up to it, unless it was first applied later than that turn.
SELECT m.source, coalesce(
    (SELECT CASE WHEN m.applied_at <= :position AND m.applied_at > t.at THEN 1 ELSE t.state END
     FROM turn AS t WHERE t.position = m.position AND t.at <= :position ORDER BY t.at DESC LIMIT 1),
    CASE WHEN m.applied_at <= :position THEN 1 ELSE 2 END) AS was, count(*), min(m.sequence)
FROM message AS m WHERE m.position <= :position GROUP BY 1, 2;

-- name: lives
-- When every message came and when it was first applied.
SELECT position, applied_at FROM message ORDER BY position;

-- name: all_turns
-- Every turn, in order.
SELECT at, position, state FROM turn ORDER BY position, at;

-- name: turns
-- The turns in what became of these messages.
SELECT at, position, state FROM turn WHERE position IN (:many) ORDER BY position, at;

-- name: put_turn
-- A turn in what became of a message.
INSERT INTO turn (at, position, state) VALUES (?, ?, ?);

-- name: schema
-- The tables and indexes as they were made, for comparing stores.
SELECT name, type, tbl_name, sql FROM sqlite_schema ORDER BY name, type;

-- name: dump_feed
-- Every source, for comparing stores.
SELECT * FROM feed ORDER BY number;

-- name: dump_message
-- Every message, for comparing stores.
SELECT * FROM message ORDER BY position;

-- name: dump_link
-- Every link, for comparing stores.
SELECT * FROM link ORDER BY key, position;

-- name: dump_gone
-- Every number that was signed as erased, for comparing stores.
SELECT * FROM gone ORDER BY source, sequence, at;

-- name: dump_missing
-- Every range that is missing, for comparing stores.
SELECT * FROM missing ORDER BY source, first;

-- name: dump_turn
-- Every turn, for comparing stores.
SELECT * FROM turn ORDER BY position, at;

-- name: dump_declared
-- Every declaration, for comparing stores.
SELECT * FROM declared ORDER BY position;

-- name: dump_act
-- Every act, for comparing stores.
SELECT * FROM act ORDER BY position;

-- name: dump_tile
-- Every tile, for comparing stores.
SELECT * FROM tile ORDER BY level, place;
