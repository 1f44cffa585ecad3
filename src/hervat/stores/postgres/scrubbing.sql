-- What asks whether anything that was erased still lies in the tables or the log of a server, and writes the tables anew.

-- name: scrubbed_up_to
-- After which act of erasing the tables were written anew.
SELECT scrubbed FROM hervat WHERE one = 1;

-- name: put_scrubbed
-- The tables were written anew; what was erased before is in the log up to this file of it, and nowhere else.
UPDATE hervat SET scrubbed = %s, log = substr(pg_walfile_name(pg_current_wal_lsn()), 9), round = 1 WHERE one = 1;

-- name: scrubbed_log
-- Up to which file the log may hold what was erased, and for which time it is waited for.
SELECT log, round FROM hervat WHERE one = 1;

-- name: may_look
-- What this role is called, and whether it may see the files of the log.
SELECT quote_ident(current_user), has_function_privilege('pg_ls_waldir()', 'EXECUTE');

-- name: log_left
-- The first and the last of the files of the log that are there.
SELECT min(substr(name, 9)), max(substr(name, 9)) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$';

-- name: log_kept
-- The replication slots for which the server keeps files of the log up to one.
SELECT slot_name::text FROM pg_replication_slots
WHERE restart_lsn IS NOT NULL AND substr(pg_walfile_name(restart_lsn), 9) <= %s ORDER BY slot_name;

-- name: wait_again
-- The server uses a file of the log again under a later name: wait until all that are there now were written over.
UPDATE hervat SET log = %s, round = 2 WHERE one = 1;

-- name: owner
-- Whose the tables are, and whether this role may write them anew.
SELECT pg_get_userbyid(relowner)::text, pg_has_role(relowner, 'usage') FROM pg_class WHERE oid = 'entry'::regclass;

-- name: be_patient
-- Wait for a table for so long, unless the address says for how long; and how long it was.
SELECT before FROM (SELECT current_setting('lock_timeout') AS before OFFSET 0) AS was,
    LATERAL (SELECT set_config('lock_timeout', CASE before WHEN '0' THEN '10s' ELSE before END, false)) AS now;

-- name: be_patient_no_more
-- Wait for a table as before.
SELECT set_config('lock_timeout', %s, false);

-- name: scrub
-- Write the tables anew in which something was erased, and their indexes with them.
VACUUM (FULL) entry, message, link;

-- name: taken_along
-- Whether the tables were written anew without anything that was erased: what an act of erasing took away has its transaction, and a table
-- written anew has nothing left of what was taken away before its own relfrozenxid.
SELECT bool_and(age(relfrozenxid) < (SELECT age(xmin) FROM act WHERE position = %s))
FROM pg_class WHERE oid IN ('entry'::regclass, 'message'::regclass, 'link'::regclass);

-- name: reading
-- Who has one of these tables in use: the process, what it calls itself, its database, and since when its transaction is.
SELECT DISTINCT l.pid, a.application_name, a.datname::text, to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.granted AND l.pid IS DISTINCT FROM pg_backend_pid() AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.relation IN ('entry'::regclass, 'message'::regclass, 'link'::regclass) ORDER BY l.pid;

-- name: seeing
-- Who sees, or may yet see, what was there before an act of erasing: the same of each. Whoever writes, on any database, holds back what
-- all others see.
SELECT pid, application_name, datname::text, to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND (age(backend_xid) >= (SELECT age(xmin) FROM act WHERE position = %s)
    OR (age(backend_xmin) >= (SELECT age(xmin) FROM act WHERE position = %s) AND coalesce(datname = current_database(), true)))
ORDER BY pid;

-- name: seeing_prepared
-- The same of transactions that were prepared and left.
SELECT gid FROM pg_prepared_xacts WHERE age(transaction) >= (SELECT age(xmin) FROM act WHERE position = %s) ORDER BY gid;

-- name: seeing_slots
-- The same of replication slots.
SELECT slot_name::text FROM pg_replication_slots
WHERE age(xmin) >= (SELECT age(xmin) FROM act WHERE position = %s) ORDER BY slot_name;
