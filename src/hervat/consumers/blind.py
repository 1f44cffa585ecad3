"""Where the register is blind for a decision about a person on a day: which sources may know what is not known here.

A source must be complete up to that day, by its own word, with nothing of it missing, nothing held that is about the person or may be, and
nothing of it refused or in conflict that may be about the person and that it has not put right. It is asked for the day and not for a
moment of it. A kind of message that tells of somebody's record and that nobody here sends is a blind spot as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from hervat.clock import legal_day, parse_rfc3339
from hervat.intake.preparing import AMENDING
from hervat.kinds import KINDS, EmergencyReport
from hervat.message import SOURCE
from hervat.needs import roles_of
from hervat.partner import Partners, Roster
from hervat.process import PROCESS
from hervat.register.told import DATED_BY

TELLING = tuple(
    kind for kind, struct in KINDS.items() if struct in DATED_BY and struct is not EmergencyReport and kind not in PROCESS
)
TELL = frozenset[str]().union(*map(roles_of, TELLING))
"""The roles that may tell of somebody's record."""

Rows = Sequence[Mapping[str, Any]]


class Unsettled(NamedTuple):
    """The sources of which something that may be about a person came and does not count: it was refused, and neither corrected nor
    retracted; it is in conflict with what stands, which was not amended since; or it is held, and names the person in nothing of its own.
    """

    refused: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


def may_tell(kind: str | None) -> bool:
    """Whether a message may tell of somebody's record or of who somebody is; of one that could not be read as a kind nobody knows."""
    return kind not in KINDS or kind in TELLING or kind in AMENDING


def blind(answer: Mapping[str, Any], unsettled: Unsettled, partners: Partners, on: date) -> tuple[str, ...]:
    """The sources that may know what is not known here; and `no source for KIND`, where nobody sends a kind. `answer`: of `Node.person`."""
    rows, anyone = answer["horizon"]["sources"], answer["horizon"]["unattributed"] > 0
    about = {one["source"] for one in answer["held"]} | unsettled.refused | unsettled.conflicts | unsettled.held
    doubtful = {row["source"] for row in rows if row["source"] in about or (row["held"] and anyone)}
    behind = [row["source"] for row in telling(rows, partners) if row["source"] in doubtful or not complete_for(row, on)]
    return (*sorted(behind), *(f"no source for {kind}" for kind in unheard(rows, partners)))


def telling(rows: Rows, partners: Partners) -> list[Mapping[str, Any]]:
    """Those of the sources, each by its row of the horizon, that may tell of somebody's record or of who somebody is."""
    return [row for row in rows if not _roles(row["source"], partners).isdisjoint(TELL)]


def unheard(rows: Rows, partners: Partners) -> Iterator[str]:
    """The kinds that tell of somebody's record and that no source here may send."""
    roles = frozenset[str]().union(*(_roles(row["source"], partners) for row in rows))
    yield from (kind for kind in TELLING if not roles & roles_of(kind))


class Complete(NamedTuple):
    """The day before which every source that may tell of somebody's record is complete; None where something stands `against` it."""

    until: date | None
    against: tuple[str, ...]


def complete(rows: Rows, unattributed: int, roster: Roster) -> Complete:
    """Up to when the register is complete, whoever is asked about; `unattributed` messages are held or missing and may concern anyone.

    A source of an organisation that may tell no more goes on counting: what it told is still here. An organisation that may tell, and of
    which no source was ever heard, is a blind spot, whoever else has its role.
    """
    known = [row for row in rows if not roster.ever(oin_of(row["source"])).isdisjoint(TELL)]
    behind = [row["source"] for row in known if not _whole(row) or (row["held"] and unattributed)]
    silent = (f"no source of {oin}" for oin in _silent(rows, roster.now))
    against = (*sorted(behind), *silent, *(f"no source for {kind}" for kind in unheard(rows, roster.now)))
    return Complete(None if against else min(legal_day(parse_rfc3339(row["complete_until"])) for row in known), against)


def oin_of(source: str) -> str:
    """The organisation of a source; nothing where its name tells none."""
    named = SOURCE.fullmatch(source)
    return "" if named is None else named["oin"]


def _silent(rows: Rows, partners: Partners) -> Iterator[str]:
    heard = {oin_of(row["source"]) for row in rows if row["received"]}
    yield from (one.oin for one in partners if one.oin not in heard and not TELL.isdisjoint(one.roles))


def _roles(source: str, partners: Partners) -> frozenset[str]:
    return partners.roles(oin_of(source)) or frozenset()


def _whole(row: Mapping[str, Any]) -> bool:
    return row["complete_until"] is not None and not row["gaps"] and not row["unreconciled"]


def complete_for(row: Mapping[str, Any], on: date) -> bool:
    """Whether a source, by its row of the horizon, is complete up to a day, by its own word, with nothing of it missing."""
    return _whole(row) and legal_day(parse_rfc3339(row["complete_until"])) >= on
