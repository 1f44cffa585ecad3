"""For which periods the register is blind for an applicant: what may be missing of them, of which days, and why.

- A source that says until when it is complete is blind from the next day on. One that says nothing is blind for the whole calendar, and so
  is one of which something is missing, does not agree with what its sender says, or is held and about the applicant, or about nobody
  that is known: of which days that tells, nobody knows before it is read.
- What was known and lost its support is something held about the applicant.
- Blind for the whole calendar is also a source of which something was refused or is in conflict, that may be about the applicant and that
  it has not put right.
- A kind of message that tells of somebody's record and that nobody here sends is a blind spot as well.
- A register always is a little behind. For `TOLERATED` days the silence of a source is let be: no day that it lies in is blind; it is said
  which sources that was so of, and that the value is unverified. A source that declares a stock is not silent: it says that it has what is
  not here, and that is never let be.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

from hervat.clock import AMSTERDAM, legal_day, parse_rfc3339
from hervat.consumers import bottleneck
from hervat.consumers.blind import Unsettled, telling, unheard
from hervat.law.dated import Span
from hervat.partner import Partners


class Tolerance(Struct, frozen=True):
    """For how many days a source may be silent about how far it is complete; how sure that is, and where it comes from."""

    days: int
    certainty: str
    source: str


TOLERATED = Tolerance(bottleneck.TOLERATED.days, "unverified", "chosen here, as for bottlenecks: no text that was read says so")

Why = Literal["silent", "behind", "gap", "unreconciled", "held", "held-and-may-be-about-anyone", "refused", "conflict", "not-sent-here"]
_WHOLE = Span()


class Spot(Struct, frozen=True, kw_only=True):
    """A blind spot: why, of which source, or of which kind that nobody sends, and the days of which something may be missing."""

    why: Why
    of: str
    span: Span


class Blindness(Struct, frozen=True, kw_only=True, dict=True):
    """Every blind spot for an applicant; and the sources whose silence was let be, with the last day that each is complete for."""

    spots: tuple[Spot, ...]
    let_be: tuple[tuple[str, date], ...]

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The periods, each once, as the law asks for them."""
        found = sorted({one.span for one in self.spots}, key=lambda one: one.edges[0])
        return (_WHOLE,) if _WHOLE in found else tuple(found)


def blindness(
    rows: Sequence[Mapping[str, Any]],
    about: Collection[str],
    anyone: int,
    partners: Partners,
    on: date,
    unsettled: Unsettled,
) -> Blindness:
    """Where the register is blind for somebody in a decision on a day. `rows`: the horizon of every source; `about`: the sources of which
    something is held about the applicant; `anyone`: how many messages are held or missing and may be about anyone; `unsettled`: of what
    may be about the applicant as well.
    """
    told = telling(rows, partners)
    of = {row["source"] for row in told}
    about = {*about} | (unsettled.held & of)
    spots = [spot for row in told for spot in _spots(row, about, anyone, on)]
    spots += [Spot(why="refused", of=source, span=_WHOLE) for source in sorted(unsettled.refused & of)]
    spots += [Spot(why="conflict", of=source, span=_WHOLE) for source in sorted(unsettled.conflicts & of)]
    spots += [Spot(why="held", of=source, span=_WHOLE) for source in sorted(about - of)]
    spots += [Spot(why="not-sent-here", of=kind, span=_WHOLE) for kind in unheard(rows, partners)]
    days = {row["source"]: day for row in told if (day := _complete_day(row)) is not None and _is_let_be(row, day, on)}
    return Blindness(spots=tuple(spots), let_be=tuple(sorted(days.items())))


def _spots(row: Mapping[str, Any], about: Collection[str], anyone: int, on: date) -> Iterator[Spot]:
    source, day = row["source"], _complete_day(row)
    whole: tuple[tuple[Why, bool], ...] = (
        ("silent", day is None),
        ("gap", bool(row["gaps"])),
        ("unreconciled", row["unreconciled"]),
        ("held", source in about),
        ("held-and-may-be-about-anyone", bool(row["held"] and anyone)),
    )
    yield from (Spot(why=why, of=source, span=_WHOLE) for why, holds in whole if holds)
    if day is not None and day < on and not _is_let_be(row, day, on):
        yield Spot(why="behind", of=source, span=Span(day + timedelta(days=1)))


def _complete_day(row: Mapping[str, Any]) -> date | None:
    """The last legal day for which a source is complete; None where it does not say."""
    if row["complete_until"] is None:
        return None
    moment = parse_rfc3339(row["complete_until"])
    day = legal_day(moment)
    # Complete until a day begins is complete for the day before.
    begins = day > date.min and moment.astimezone(AMSTERDAM).time() == time.min
    return day - timedelta(days=1) if begins else day


def _is_let_be(row: Mapping[str, Any], day: date, on: date) -> bool:
    return day < on and (on - day).days <= TOLERATED.days and not any(one["count"] for one in row["stock"])
