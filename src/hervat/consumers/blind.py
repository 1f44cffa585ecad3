"""Where the register is blind for a decision about a person on a day: which sources may know what is not known here.

A source must be complete up to that day, by its own word, with nothing of it missing, and nothing held that is about the person or may
be. It is asked for the day and not for a moment of it. A kind of message that tells of somebody's record and that nobody here sends is a
blind spot as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hervat.clock import legal_day, parse_rfc3339
from hervat.kinds import KINDS, EmergencyReport
from hervat.message import SOURCE
from hervat.needs import roles_of
from hervat.partner import Partners
from hervat.register.told import DATED_BY

TELLING = tuple(kind for kind, struct in KINDS.items() if struct in DATED_BY and struct is not EmergencyReport)
_TELL = frozenset().union(*map(roles_of, TELLING))


def blind(answer: Mapping[str, Any], partners: Partners, on: date) -> tuple[str, ...]:
    """The sources that may know what is not known here; and `no source for KIND`, where nobody sends a kind. `answer`: of `Node.person`."""
    rows, anyone = answer["horizon"]["sources"], answer["horizon"]["unattributed"] > 0
    about = {one["source"] for one in answer["held"]}
    doubtful = {row["source"] for row in rows if row["source"] in about or (row["held"] and anyone)}
    behind = [row["source"] for row in telling(rows, partners) if row["source"] in doubtful or not _complete(row, on)]
    return (*sorted(behind), *(f"no source for {kind}" for kind in unheard(rows, partners)))


def telling(rows: Sequence[Mapping[str, Any]], partners: Partners) -> list[Mapping[str, Any]]:
    """Those of the sources, each by its row of the horizon, that may tell of somebody's record or of who somebody is."""
    return [row for row in rows if not _roles(row["source"], partners).isdisjoint(_TELL)]


def unheard(rows: Sequence[Mapping[str, Any]], partners: Partners) -> Iterator[str]:
    """The kinds that tell of somebody's record and that no source here may send."""
    roles = frozenset[str]().union(*(_roles(row["source"], partners) for row in rows))
    yield from (kind for kind in TELLING if not roles & roles_of(kind))


def _roles(source: str, partners: Partners) -> frozenset[str]:
    named = SOURCE.fullmatch(source)
    return (partners.roles(named["oin"]) if named is not None else None) or frozenset()


def _complete(row: Mapping[str, Any], on: date) -> bool:
    until = row["complete_until"]
    told = until is not None and legal_day(parse_rfc3339(until)) >= on
    return told and not row["gaps"] and not row["unreconciled"]
