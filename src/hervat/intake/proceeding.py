"""Emergency procedures are opened and closed by acts in the journal.

- `procedure-opened` says all of a procedure; `procedure-closed` gives it its last day. A name never comes to mean another procedure, and
  what was closed stays closed: whoever wants more opens another.
- An act holds from its own position on; a report is judged by what was known at its own, and one that comes late by the day it speaks of.
"""

from collections.abc import Callable
from datetime import date

import msgspec
from msgspec import Struct

from hervat.errors import Usage
from hervat.journal.acts import act_in, acts_of
from hervat.journal.entry import Opened
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.procedure import CATEGORIES, SECTORS, EmergencyProcedure, ProcedureRoster, Procedures

PROCEDURE_OPENED, PROCEDURE_CLOSED = "procedure-opened", "procedure-closed"
PROCEDURE_ACTS = (PROCEDURE_OPENED, PROCEDURE_CLOSED)


class ProcedureOpened(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=PROCEDURE_OPENED):
    """Who opened a procedure, and why."""

    procedure: EmergencyProcedure
    by: str
    why: str


class ProcedureClosed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=PROCEDURE_CLOSED):
    """Who gave a procedure its last day, and why."""

    name: str
    until: date
    by: str
    why: str


_FLAGS = {
    "name": "--name",
    "authority": "--authority",
    "ground": "--ground",
    "sectors": "--sector",
    "categories": "--category",
    "receivers": "--receiver",
    "purpose": "--purpose",
}
ProcedureAct = ProcedureOpened | ProcedureClosed
_read: Callable[[bytes], ProcedureAct] = msgspec.json.Decoder(ProcedureAct).decode
_WHAT = "opening or closing of a procedure"


def read_procedure_act(opened: Opened) -> ProcedureAct:
    """An act as it lies in the journal; raises StoreFault where something else lies there."""
    return act_in(opened, _read, _WHAT)


def proceed(roster: ProcedureRoster, act: ProcedureAct, position: int) -> None:
    """Let an act hold from its position on."""
    known = roster.now
    after = (
        known.with_opened(position, act.procedure)
        if isinstance(act, ProcedureOpened)
        else known.with_closed(position, act.name, act.until)
    )
    roster.change(position, after)


def procedures_of(journal: Store, keys: NodeKeys, last: int) -> ProcedureRoster:
    """The procedures known at every position of a journal up to `last`."""
    roster = ProcedureRoster(Procedures.default())
    for position, act in acts_of(journal, keys, PROCEDURE_ACTS, _read, _WHAT, last):
        proceed(roster, act, position)
    return roster


def opening(known: Procedures, procedure: EmergencyProcedure, *, by: str, why: str) -> ProcedureOpened:
    """The act that opens a procedure; raises Usage where it has not the form of one, or cannot stand beside those that are known."""
    for given, allowed, flag in ((procedure.sectors, SECTORS, "--sector"), (procedure.categories, CATEGORIES, "--category")):
        unknown = next((one for one in given if one not in allowed), None)
        if unknown is not None:
            raise Usage(f"{flag} {unknown}: there is no such one; there are {', '.join(allowed)}")
    try:
        sound = msgspec.convert(msgspec.to_builtins(procedure), EmergencyProcedure)
    except msgspec.ValidationError as fault:
        flag = next((flag for field, flag in _FLAGS.items() if f"$.{field}" in str(fault)), "the procedure")
        raise Usage(
            f"{flag}: this has not the form required; a name and a purpose are up to 64 small letters, digits and hyphens, a text has 1 to "
            "1000 characters, and there is at least one sector, category and receiver"
        ) from fault
    known.ensure_apart(sound)
    return ProcedureOpened(procedure=sound, by=by, why=why)


def closing(known: Procedures, name: str, until: date, *, by: str, why: str) -> ProcedureClosed:
    """The act that closes a procedure; raises Usage for one that is unknown or closed, and for a day that cannot be its last."""
    procedure = known.get(name)
    if procedure is None:
        names = ", ".join(one.name for one in known) or "none"
        raise Usage(f"{name}: there is no such procedure; there are {names}")
    if known.closed(name) is not None:
        raise Usage(f"{name}: it was closed at position {known.closed(name)}, and {procedure.until} is its last day; open another")
    if until < procedure.from_:
        raise Usage(f"--until {until}: the procedure {name} begins on {procedure.from_}; give that day or a later one")
    if procedure.until is not None and procedure.until < until:
        raise Usage(f"--until {until}: the procedure {name} was opened until {procedure.until}; it cannot be made longer, open another")
    return ProcedureClosed(name=name, until=until, by=by, why=why)
