-- Every statement of the PostgreSQL engine, each with its name and one line of intent. `{amcheck}` stands for that extension's schema.

-- name: begin
-- Begin a change.
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;

-- name: begin_snapshot
-- Begin a reading in which everything is of one and the same change.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;

-- name: where
-- Where this connection is: the database, the schema in which names are looked up first, its number, and how text is kept.
SELECT current_database(), current_schema(), to_regnamespace(quote_ident(current_schema()))::oid::bigint,
    current_setting('server_encoding'), current_setting('server_version_num')::integer;

-- name: cluster
-- The number of the server's files: of those of a standby, or by another address, the same.
SELECT system_identifier::text FROM pg_control_system();

-- name: settle_in
-- Look up names in the store's own schema alone, and keep a long question from being taken for an abandoned one. Every question
-- here is one for an index; before the first statistics the planner does not know that, and takes a large table for a small one.
SELECT set_config('search_path', quote_ident(%s), false), set_config('idle_in_transaction_session_timeout', '0', false),
    set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false), set_config('plan_cache_mode', 'force_generic_plan', false);

-- name: settle_in_to_write
-- A commit is on disk (and, where there is one, on the standby) when it is acknowledged; a writer that is gone is noticed.
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
UNION ALL SELECT set_config('tcp_keepalives_idle', '30', false)
UNION ALL SELECT set_config('tcp_keepalives_interval', '10', false)
UNION ALL SELECT set_config('tcp_keepalives_count', '3', false);

-- name: mark
-- Whether the schema has our mark, and whether anything else is in it but what extensions brought.
SELECT EXISTS (SELECT FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE c.relnamespace = %(schema)s::bigint::oid AND c.relname = 'hervat' AND c.relkind = 'r' AND a.attname = 'version'),
    EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = %(schema)s::bigint::oid AND NOT EXISTS (
        SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'));

-- name: version
-- Of which version the store's schema is.
SELECT version FROM hervat WHERE one = 1;

-- name: put_version
-- The store's schema is of a later version.
UPDATE hervat SET version = %s WHERE one = 1;

-- name: take_place
-- Take the writer's place; it ends with the connection.
SELECT pg_try_advisory_lock(%s::bigint);

-- name: leave_place
-- Give up the writer's place.
SELECT pg_advisory_unlock(%s::bigint);

-- name: holder
-- Who has the writer's place: the process on the server, what it calls itself, and where it comes from.
SELECT a.pid, a.application_name, host(a.client_addr)
FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (l.classid::bigint << 32 | l.objid::bigint) = %s::bigint;

-- name: writers_place
-- What names this schema among all schemas of all servers: the server, since when it runs, the database and the schema.
SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), extract(epoch FROM pg_postmaster_start_time()),
    (SELECT oid FROM pg_database WHERE datname = current_database()), to_regnamespace(quote_ident(current_schema()))::oid);

-- name: staging_row
-- Where changed messages are brought before they are put in their places.
CREATE TEMPORARY TABLE staging_row (
    needs bytea, gives bytea, refusal text, admitted_at bigint, complete smallint, blocked_by bytea, waits_on bytea, retracted smallint,
    version bigint, state smallint, applied_at bigint, about bytea, adrift smallint, erased smallint, quarantined smallint,
    position bigint
);

-- name: staging_link
-- Where changed links are brought before they are put in their places.
CREATE TEMPORARY TABLE staging_link (key bytea, position bigint, live boolean);

-- name: empty_staging_row
-- The changed messages are in their places.
TRUNCATE staging_row;

-- name: empty_staging_link
-- The changed links are in their places.
TRUNCATE staging_link;

-- name: head
-- Where the journal stands.
SELECT size, frontier, received_at, checkpoint, folded, scrubbed FROM head WHERE one = 1;

-- name: put_head
-- Move the head.
INSERT INTO head (one, size, frontier, received_at, checkpoint, folded, scrubbed) VALUES (1, %s, %s, %s, %s, %s, %s)
ON CONFLICT (one) DO UPDATE SET size = excluded.size, frontier = excluded.frontier, received_at = excluded.received_at,
    checkpoint = excluded.checkpoint, folded = excluded.folded, scrubbed = excluded.scrubbed;

-- name: feeds
-- Every source with its counts.
SELECT number, name, received, applied, held, refused, through, highest, sequenced, ceiling, adrift, lane, link
FROM feed ORDER BY number;

-- name: put_feed
-- Write a source and its counts.
INSERT INTO feed (number, name, received, applied, held, refused, through, highest, sequenced, ceiling, adrift, lane, link)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (number) DO UPDATE SET received = excluded.received, applied = excluded.applied, held = excluded.held,
    refused = excluded.refused, through = excluded.through, highest = excluded.highest, sequenced = excluded.sequenced,
    ceiling = excluded.ceiling, adrift = excluded.adrift, lane = excluded.lane, link = excluded.link;

-- name: last_position
-- The highest position there is.
SELECT coalesce(max(position), 0) FROM entry;

-- name: entries
-- The journal from a position up to another, so many at most.
SELECT position, meta, parts, box, leaf FROM entry WHERE position BETWEEN %s AND %s ORDER BY position LIMIT %s;

-- name: entries_at
-- Entries by position.
SELECT position, meta, parts, box, leaf FROM entry WHERE position = ANY(%b::bigint[]);

-- name: put_entry
-- Append to the journal.
COPY entry (position, meta, parts, box, leaf) FROM STDIN (FORMAT BINARY);

-- name: erase_entry
-- Take erased parts and their keys away.
UPDATE entry SET parts = %b, box = %b WHERE position = %s;

-- name: seal_entry
-- Put another box in the place of one.
UPDATE entry SET box = %s WHERE position = %s;
-- name: leaves
-- Leaf hashes in order, for the tree.
SELECT leaf FROM entry WHERE position BETWEEN %s AND %s ORDER BY position;

-- name: tile
-- The hash of one complete subtree.
SELECT hash FROM tile WHERE level = %s AND place = %s;

-- name: put_tile
-- Keep the hash of a subtree that is complete.
INSERT INTO tile (level, place, hash) VALUES (%s, %s, %s);

-- name: rows_at
-- Messages by position.
SELECT * FROM message WHERE position = ANY(%b::bigint[]);

-- name: rows_by_ident
-- Messages by the hash of their source and id.
SELECT * FROM message WHERE ident = ANY(%b::bytea[]);

-- name: rows_by_place
-- The messages that hold places, each looked up by itself: a planner without statistics goes through the whole source for some.
SELECT asked.source, asked.sequence, found.position FROM unnest(%b::integer[], %b::bigint[]) AS asked (source, sequence)
CROSS JOIN LATERAL (SELECT position FROM message AS m WHERE m.source = asked.source AND m.sequence = asked.sequence LIMIT 1) AS found;

-- name: put_row
-- Messages new in custody.
COPY message (position, source, id, sequence, kind, time, ident, previous, target, subject, needs, gives, refusal, admitted_at,
    complete, blocked_by, waits_on, retracted, version, state, applied_at, about, adrift, erased, quarantined) FROM STDIN (FORMAT BINARY);

-- name: stage_row
-- Bring what became of messages.
COPY staging_row FROM STDIN (FORMAT BINARY);

-- name: change_row
-- What became of messages.
UPDATE message AS m SET needs = s.needs, gives = s.gives, refusal = s.refusal, admitted_at = s.admitted_at, complete = s.complete,
    blocked_by = s.blocked_by, waits_on = s.waits_on, retracted = s.retracted, version = s.version, state = s.state,
    applied_at = s.applied_at, about = s.about, adrift = s.adrift, erased = s.erased, quarantined = s.quarantined,
    time = CASE WHEN s.erased < 2 THEN m.time END
FROM staging_row AS s WHERE m.position = s.position;

-- name: links
-- Who speaks of these keys, and who gives them.
SELECT key, position, live FROM link WHERE key = ANY(%b::bytea[]);

-- name: near
-- Who speaks of these keys, with the message, its entry, and what amends it; each looked up by itself, as in rows_by_place.
SELECT l.key, l.position, l.live, a.position, e.meta, e.parts, e.box, e.leaf, m.* FROM link AS l
CROSS JOIN LATERAL (SELECT * FROM message AS m WHERE m.position = l.position LIMIT 1) AS m
CROSS JOIN LATERAL (SELECT * FROM entry AS e WHERE e.position = l.position LIMIT 1) AS e
LEFT JOIN LATERAL (SELECT position FROM message AS a WHERE a.target = m.ident OFFSET 0) AS a ON true
WHERE l.key = ANY(%b::bytea[]);

-- name: put_link
-- New messages speak of keys, and give some.
COPY link (key, position, live) FROM STDIN (FORMAT BINARY);

-- name: stage_link
-- Bring what messages that were there begin or cease to speak of or to give.
COPY staging_link FROM STDIN (FORMAT BINARY);

-- name: change_link
-- Messages that were there speak of keys, or begin or cease to give them.
INSERT INTO link (key, position, live) SELECT key, position, live FROM staging_link WHERE live IS NOT NULL
ON CONFLICT (key, position) DO UPDATE SET live = excluded.live;

-- name: drop_link
-- Messages no longer give keys that they did not speak of otherwise.
DELETE FROM link AS l USING staging_link AS s WHERE s.live IS NULL AND l.key = s.key AND l.position = s.position;

-- name: waits
-- Everything that waits, and for what.
SELECT waits_on, position FROM message WHERE waits_on IS NOT NULL;

-- name: named
-- The messages that some amendment names.
SELECT DISTINCT target FROM message WHERE target IS NOT NULL;

-- name: waiting
-- Who waits for these keys.
SELECT waits_on, position FROM message WHERE waits_on = ANY(%b::bytea[]);

-- name: amendments_of
-- The corrections and retractions that name these messages.
SELECT target, position FROM message WHERE target = ANY(%b::bytea[]);

-- name: acts_by_ident
-- Acts by the key under which they are recognised.
SELECT ident, position FROM act WHERE ident = ANY(%b::bytea[]);

-- name: acts
-- The acts of one kind, in order.
SELECT position FROM act WHERE kind = %s AND position <= %s ORDER BY position;

-- name: put_act
-- An act, to be recognised by.
INSERT INTO act (position, kind, ident) VALUES (%s, %s, %s);

-- name: held
-- What is held, oldest first.
SELECT * FROM message WHERE state = 2 AND position > %s ORDER BY position LIMIT %s;

-- name: held_for_keys
-- What is held for keys alone, oldest first.
SELECT * FROM message WHERE state = 2 AND position > %s AND admitted_at IS NOT NULL AND complete = 1 ORDER BY position LIMIT %s;

-- name: adrift
-- What is held and about nobody.
SELECT * FROM message WHERE adrift = 1 ORDER BY position;

-- name: held_about
-- What is held about these subjects.
SELECT * FROM message WHERE state = 2 AND subject = ANY(%b::bytea[]);

-- name: about
-- All that has one of these subjects.
SELECT * FROM message WHERE subject = ANY(%b::bytea[]);

-- name: refused
-- What was refused.
SELECT * FROM message WHERE state = 3 AND position > %s ORDER BY position LIMIT %s;

-- name: not_admitted
-- What of a source lies in quarantine or above its ceiling.
SELECT * FROM message WHERE admitted_at IS NULL AND source = %s ORDER BY position;

-- name: in_quarantine
-- How much of a source lies in quarantine.
SELECT count(*) FROM message WHERE admitted_at IS NULL AND source = %s AND quarantined = 1;

-- name: last_message
-- The last position up to another at which there is a message.
SELECT coalesce(max(position), 0) FROM message WHERE position <= %s;

-- name: applied
-- What is applied, in order of position.
SELECT * FROM message WHERE position > %s AND state = 1 ORDER BY position LIMIT %s;

-- name: changed
-- What was received, first applied or turned after a position.
SELECT position FROM message WHERE position > %(after)s
UNION SELECT position FROM message WHERE applied_at > position AND applied_at > %(after)s
UNION SELECT position FROM turn WHERE at > %(after)s
ORDER BY position;

-- name: declared
-- What a source declares and what of that counts: the highest claim first, then the latest.
SELECT d.position, d.source, d.through, d.content, d.holds
FROM message AS m JOIN declared AS d ON d.position = coalesce(m.version, m.position)
WHERE m.source = %s AND m.kind IN ('watermark', 'stock-declared') AND m.kind = %s AND m.state = 1 AND m.retracted = 0
ORDER BY d.through DESC NULLS LAST, m.sequence DESC NULLS LAST;

-- name: declared_at
-- Declarations by the position they came in.
SELECT position, source, through, content, holds FROM declared WHERE position = ANY(%b::bigint[]);

-- name: declaring
-- Every message of a kind that declares.
SELECT * FROM message WHERE kind IN ('watermark', 'stock-declared') AND position <= %s ORDER BY position;

-- name: of_kind
-- Every message of a kind, whatever became of it.
SELECT * FROM message WHERE kind = %s AND position <= %s ORDER BY position;

-- name: unchecked
-- Watermarks of which nobody could say yet whether they hold.
SELECT position, source, through, content, holds FROM declared WHERE through IS NOT NULL AND holds IS NULL;

-- name: put_declared
-- A declaration, or what checking it gave.
INSERT INTO declared (position, source, through, content, holds) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (position) DO UPDATE SET holds = excluded.holds;

-- name: held_at
-- What was held at a position.
SELECT m.* FROM message AS m WHERE m.position <= %(position)s AND coalesce(
    (SELECT CASE WHEN m.applied_at <= %(position)s AND m.applied_at > t.at THEN 1 ELSE t.state END
     FROM turn AS t WHERE t.position = m.position AND t.at <= %(position)s ORDER BY t.at DESC LIMIT 1),
    CASE WHEN m.applied_at <= %(position)s THEN 1 ELSE 2 END) = 2 ORDER BY m.position;

-- name: contiguous
-- Of the next thousand sequence numbers above one in custody or gone at a position, the highest before the first that is missing. Most
-- often that is the very next one, and then the others are not looked at. (`+ 0` keeps an index over positions out of it.)
SELECT max(sequence) FROM (
    SELECT sequence, row_number() OVER (ORDER BY sequence) AS rank FROM (
        SELECT sequence FROM message
        WHERE source = %(source)s AND sequence > %(after)s AND sequence <= %(after)s + 1000 AND position + 0 <= %(last)s
        UNION SELECT sequence FROM gone
        WHERE source = %(source)s AND sequence > %(after)s AND sequence <= %(after)s + 1000 AND since <= %(last)s
    ) AS here WHERE EXISTS (
        SELECT FROM message WHERE source = %(source)s AND sequence = %(after)s + 1 AND position + 0 <= %(last)s
    ) OR EXISTS (SELECT FROM gone WHERE source = %(source)s AND sequence = %(after)s + 1 AND since <= %(last)s)
) AS ranked WHERE sequence = %(after)s + rank;

-- name: gone
-- The numbers of a source that were signed as erased, by each act that said so.
SELECT source, sequence, at, ident, since FROM gone WHERE source = %s ORDER BY sequence, at;

-- name: put_gone
-- A number that was signed as erased, or that it counts from now on.
INSERT INTO gone (source, sequence, at, ident, since) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (source, sequence, at) DO UPDATE SET since = excluded.since;

-- name: claims_on
-- The watermarks of a source that speak of a number.
SELECT position, source, through, content, holds FROM declared WHERE source = %s AND through >= %s ORDER BY position;

-- name: missing
-- The ranges that are missing of a source.
SELECT first, last FROM missing WHERE source = %s ORDER BY first;

-- name: put_missing
-- A range that is missing, or its new end.
INSERT INTO missing (source, first, last) VALUES (%s, %s, %s) ON CONFLICT (source, first) DO UPDATE SET last = excluded.last;

-- name: drop_missing
-- A range that is missing no more, or begins elsewhere.
DELETE FROM missing WHERE source = %s AND first = %s;

-- name: gaps
-- The ranges that are missing between the sequence numbers in custody or gone at a position.
SELECT before + 1, sequence - 1 FROM (
    SELECT sequence, lag(sequence, 1, %(after)s::bigint) OVER (ORDER BY sequence) AS before FROM (
        SELECT sequence FROM message WHERE source = %(source)s AND sequence > %(after)s AND position + 0 <= %(last)s
        UNION SELECT sequence FROM gone WHERE source = %(source)s AND sequence > %(after)s AND since <= %(last)s
    ) AS here
) AS following WHERE sequence > before + 1 ORDER BY sequence;

-- name: sequence_run
-- The messages of a source between two sequence numbers.
SELECT sequence, position FROM message WHERE source = %s AND sequence BETWEEN %s AND %s;

-- name: boxes
-- The boxes of entries, without what else is in them.
SELECT position, box FROM entry WHERE position = ANY(%b::bigint[]);

-- name: first_held
-- The lowest sequence that is held.
SELECT min(sequence) FROM message WHERE source = %s AND state = 2;

-- name: tally
-- What became of everything received after a position.
SELECT state, count(*) FROM message WHERE position > %s GROUP BY state;

-- name: tally_at
-- Counts per source and state as they were at a position: the last turn up to it, unless it was first applied later than that turn.
SELECT m.source, coalesce(
    (SELECT CASE WHEN m.applied_at <= %(position)s AND m.applied_at > t.at THEN 1 ELSE t.state END
     FROM turn AS t WHERE t.position = m.position AND t.at <= %(position)s ORDER BY t.at DESC LIMIT 1),
    CASE WHEN m.applied_at <= %(position)s THEN 1 ELSE 2 END) AS was, count(*), min(m.sequence)
FROM message AS m WHERE m.position <= %(position)s GROUP BY 1, 2;

-- name: lives
-- When messages came and when they were first applied.
SELECT position, applied_at FROM message WHERE position > %s ORDER BY position LIMIT %s;

-- name: all_turns
-- Every turn, in order.
SELECT at, position, state FROM turn ORDER BY position, at;

-- name: turns
-- The turns in what became of these messages.
SELECT at, position, state FROM turn WHERE position = ANY(%b::bigint[]) ORDER BY position, at;

-- name: put_turn
-- Turns in what became of messages.
COPY turn (at, position, state) FROM STDIN (FORMAT BINARY);

-- name: dump_feed
-- Sources, for comparing stores.
SELECT * FROM feed WHERE number > %s ORDER BY number LIMIT %s;

-- name: dump_message
-- Messages, for comparing stores.
SELECT * FROM message WHERE position > %s ORDER BY position LIMIT %s;

-- name: dump_link
-- Links, for comparing stores.
SELECT * FROM link WHERE (key, position) > (%s, %s) ORDER BY key, position LIMIT %s;

-- name: dump_gone
-- A page of the numbers that were signed as erased, for comparing stores.
SELECT * FROM gone WHERE (source, sequence, at) > (%s, %s, %s) ORDER BY source, sequence, at LIMIT %s;

-- name: dump_missing
-- Ranges that are missing, for comparing stores.
SELECT * FROM missing WHERE (source, first) > (%s, %s) ORDER BY source, first LIMIT %s;

-- name: dump_turn
-- Turns, for comparing stores.
SELECT * FROM turn WHERE (position, at) > (%s, %s) ORDER BY position, at LIMIT %s;

-- name: dump_declared
-- Declarations, for comparing stores.
SELECT * FROM declared WHERE position > %s ORDER BY position LIMIT %s;

-- name: dump_act
-- Acts, for comparing stores.
SELECT * FROM act WHERE position > %s ORDER BY position LIMIT %s;

-- name: dump_tile
-- Tiles, for comparing stores.
SELECT * FROM tile WHERE (level, place) > (%s, %s) ORDER BY level, place LIMIT %s;

-- name: schema
-- The columns, conditions and indexes as they are, for comparing stores.
SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || CASE WHEN a.attcollation = '"C"'::regcollation THEN ' COLLATE "C"' ELSE '' END
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind = 'r'
UNION ALL SELECT c.relname || '.' || n.conname, pg_get_constraintdef(n.oid)
FROM pg_class AS c JOIN pg_constraint AS n ON n.conrelid = c.oid AND n.contype = 'c'
WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema()))
UNION ALL SELECT c.relname::text, regexp_replace(pg_get_indexdef(c.oid), ' ON (ONLY )?\S*\.', ' ON ')
    || CASE WHEN i.indisprimary THEN ' PRIMARY' ELSE '' END || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
FROM pg_class AS c JOIN pg_index AS i ON i.indexrelid = c.oid
WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema()));

-- name: condition
-- How the server is doing: the store's schema, the server's version, the size of the tables, and what acknowledging hangs on.
SELECT (SELECT version FROM hervat WHERE one = 1), current_setting('server_version'),
    (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class AS c
        WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind = 'r'),
    current_setting('fsync')::boolean, current_setting('full_page_writes')::boolean, current_setting('data_checksums')::boolean;

-- name: checker
-- In which schema PostgreSQL's own check is, where it is there and this role may run it.
SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'amcheck' AND (
    SELECT bool_and(has_function_privilege(p.oid, 'EXECUTE')) FROM pg_depend AS d JOIN pg_proc AS p ON p.oid = d.objid
    WHERE d.classid = 'pg_proc'::regclass AND d.refobjid = e.oid AND d.deptype = 'e');

-- name: check_tables
-- What is wrong with the rows of tables, the first thing of each.
SELECT c.relname, (SELECT msg FROM {amcheck}.verify_heapam(c.oid::regclass) LIMIT 1) AS wrong
FROM pg_class AS c WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind = 'r' ORDER BY c.relname;

-- name: check_indexes
-- Go through every index, and see that every row is in it; what is wrong is raised.
SELECT {amcheck}.bt_index_check(c.oid::regclass, true)
FROM pg_class AS c WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind = 'i' ORDER BY c.relname;

-- name: bench_schema
-- A place to measure in, under its name.
CREATE SCHEMA {};

-- name: bench_no_schema
-- Throw such a place away.
DROP SCHEMA IF EXISTS {} CASCADE;

-- name: bench_table
-- What a server alone would cost: one table, two unique indexes.
CREATE TABLE message (source text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, sequence bigint, message bytea NOT NULL);
CREATE UNIQUE INDEX message_id ON message (source, id);
CREATE UNIQUE INDEX message_sequence ON message (source, sequence);

-- name: bench_put
-- Rows in a batch.
COPY message (source, id, sequence, message) FROM STDIN (FORMAT BINARY);
