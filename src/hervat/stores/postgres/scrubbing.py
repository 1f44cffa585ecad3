"""Scrubbing on a server: the tables written anew, and then the server's own log waited for.

- Tables are not written anew while somebody reads them, and what is written takes along what anybody on the server may still see: an old
  snapshot, in a standby or a slot as well, keeps the rows from before the erasure. By the `relfrozenxid` of a table that was written anew
  it is known what was taken along, whatever this role may see of others.
- The log has what was erased in its files up to the one that was written to then, and the server goes on using these under later names. So
  they are waited for twice over: until all up to that one are gone, and until all that were there by then are.
- Who is no superuser and has not been granted pg_monitor does not see the log; then that is told. Who hinders is seen by all.
"""

from typing import Any

from psycopg import errors

from hervat.journal.store import Hindrance
from hervat.stores.postgres.connection import Connection

_AGAIN = "then run hervat erase --pending"
_SOONER = "it goes by itself as the server goes on writing; sooner, as a superuser, a few times over: SELECT pg_switch_wal(); CHECKPOINT"


def scrub(connection: Connection, last: int) -> Hindrance | None:
    """Write the tables anew, if that was not done since the act of erasing at `last`; what hinders that nothing is left, or None."""
    if connection.ask("scrubbed_up_to")[0][0] < last:
        hindrance = _written_anew(connection, last)
        if hindrance is not None:
            return hindrance
        connection.ask("put_scrubbed", last)
    return unscrubbed(connection, last, writer=True)


def unscrubbed(connection: Connection, last: int, *, writer: bool) -> Hindrance | None:
    """What is not done yet of scrubbing up to the act at `last`, or None; a `writer` notes how far the log has come."""
    if connection.ask("scrubbed_up_to")[0][0] < last:
        return Hindrance("the tables are not written anew yet", "run hervat erase --pending")
    log, turn = connection.ask("scrubbed_log")[0]
    role, may_look = connection.ask("may_look")[0]
    if not may_look:
        return Hindrance(
            f"the tables were written anew; the server's write-ahead log may hold it until file {log} is gone, and the role {role} may "
            "not see when that is",
            f"as a superuser: GRANT pg_monitor TO {role}",
        )
    first, newest = connection.ask("log_left")[0]
    if first > log and turn > 1:
        return None
    if first > log:
        log, turn = newest, 2
        if writer:
            connection.ask("wait_again", log)
    told = f"the tables were written anew; the server's write-ahead log may hold it until file {log} is gone (round {turn} of 2)"
    slots = [f"the replication slot {name} keeps it back" for (name,) in connection.ask("log_kept", log)]
    if slots:
        return Hindrance("; ".join([told, *slots]), "see to whoever reads from that slot, or drop it: SELECT pg_drop_replication_slot(...)")
    return Hindrance(told, _SOONER, by_itself=True)


def _written_anew(connection: Connection, last: int) -> Hindrance | None:
    owner, owned = connection.ask("owner")[0]
    if not owned:
        return Hindrance(f"the tables belong to the role {owner}, and only that may write them anew", f"as {owner}: hervat erase --pending")
    patience = connection.ask("be_patient")[0][0]
    try:
        connection.ask("scrub")
    except errors.LockNotAvailable:
        return Hindrance(
            f"the tables are being read: {_list(map(_process, connection.ask('reading'))) or 'by somebody who is done by now'}",
            f"end that, {_AGAIN}",
        )
    finally:
        connection.ask("be_patient_no_more", patience)
    (clean,) = connection.ask("taken_along", last)[0]
    return None if clean else _still_seen(connection, last)


def _still_seen(connection: Connection, last: int) -> Hindrance:
    """Who it is that sees what was before the erasure."""
    seeing = [_process(one) for one in connection.ask("seeing", last, last)]
    seeing += [f"the prepared transaction {name}" for (name,) in connection.ask("seeing_prepared", last)]
    seeing += [f"the replication slot {name}" for (name,) in connection.ask("seeing_slots", last)]
    told = "the tables were written anew with what somebody on the server may still see from before"
    return Hindrance(f"{told}: {_list(seeing) or 'somebody who is gone by now'}", f"end that, {_AGAIN}")


def _process(found: Any) -> str:
    """A process of the server: its number and, where this role may know, what it calls itself, where it works and since when."""
    pid, name, database, since = found
    if pid is None:
        return "a prepared transaction"
    more = [name or "", f"on the database {database}" if database else "", f"since {since}" if since else ""]
    told = ", ".join(filter(None, more))
    return f"process {pid} of the server{f' ({told})' if told else ''}"


def _list(told: Any) -> str:
    return ", ".join(dict.fromkeys(told))
