"""The law of retention restated for the second computation: plain dates and dicts, and the values of `restated.toml`.

It shares nothing with `hervat.law`, so that a fault in one of the two is found because they differ. An end is two days, as what cannot be
told may move it; where they are equal that is the day on which the entry is due.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any, NamedTuple

NEVER = date.max
_ARTICLE = re.compile(r"([A-Za-z]+) ([0-9]{1,4})([a-z]{0,12})(?: lid [0-9]+[a-z]*|\([0-9]+\))?")
_NUMBER = re.compile(r"([0-9]+)([a-z]*)")
VALUES: Mapping[str, Any] = tomllib.loads(resources.files(__package__).joinpath("restated.toml").read_text(encoding="utf-8"))

Plain = Mapping[str, Any]
"""The data of a message, or a part of it, as JSON has it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A charge and how it ended: `by` dismissal, judgment, order or nothing (None), the day its term counts from, what was imposed; `done`
    are the first and last day of the offence; `others` the days and maxima of the other misdrijven judged, None where that is not known.
    `sentences` is None where a conviction does not tell what it imposed.
    """

    charge: Plain
    by: str | None
    start: date | None
    code: str | None
    sentences: Sequence[Plain] | None
    others: Sequence[tuple[date, Plain | None]] | None
    died_on: date | None
    registered_on: date


class End(NamedTuple):
    """Not before the one day, not after the other."""

    first: date
    last: date


def due(one: Ended, on: date, complete_until: date) -> tuple[str, date | None] | None:
    """By which rule an entry is due on a day, and since when (None where only that it is, is known); None where it is not."""
    if on < VALUES["decided_from"] or not _in_order(one):
        return None
    if one.by == "dismissal" and not _is_kept(one):
        known = one.code in VALUES["dismissed"]["removing"] and one.start is not None
        return ("dismissal", one.start) if known and one.start is not None and one.start <= min(on, complete_until) else None
    rule: str = one.charge["class"]
    end = _misdrijf(one) if rule == "misdrijf" else _overtreding(one, on)
    if end is None or end.last > min(on, complete_until):
        return None
    return rule, end.first if end.first == end.last else None


def _in_order(one: Ended) -> bool:
    """Whether the days that count lie after the offence and the registration, and a death after how it ended."""
    begun = max(date.fromisoformat(one.charge["period"]["from"]), one.registered_on)
    ended = begun if one.start is None else one.start
    return begun <= ended and (one.died_on is None or ended <= one.died_on)


def _is_kept(one: Ended) -> bool:
    until = VALUES["dismissed"]["keeping_until"].get(one.code)
    return one.code in VALUES["dismissed"]["keeping"] or (until is not None and one.start is not None and one.start < until)


def _misdrijf(one: Ended) -> End | None:
    """When the term of a misdrijf ends; None where that cannot be told."""
    values, maximum = VALUES["misdrijf"], one.charge.get("maximum")
    first, last = (date.fromisoformat(one.charge["period"][end]) for end in ("from", "to"))
    if last < first:
        return None
    end = End(NEVER, NEVER)
    if one.start is not None:
        own = _own(one, first, last)
        if own is None or one.others is None:
            return None
        end = End(*(_lengthened(one.start, years, one.others, at) for at, years in enumerate(own)))
    if one.died_on is not None:
        if maximum is None:
            return None
        heavy = _is_heavy(maximum, one.start or first)
        dead = later(one.died_on, years=values["heavy_after_death" if heavy else "other_after_death"])
        end = End(min(end.first, dead), min(end.last, dead))
    return end


def _own(one: Ended, first: date, last: date) -> tuple[int, int] | None:
    """The years of its own term, the fewest and the most it can be."""
    sexual, eighty = _is_sexual(one.charge["article"], first, last), VALUES["misdrijf"]["eighty"]
    if sexual:
        return eighty, eighty
    years = _by_maximum(one)
    if years is None or sexual is False:
        return None if years is None else (years, years)
    return min(years, eighty), max(years, eighty)


def _by_maximum(one: Ended) -> int | None:
    values, maximum, start = VALUES["misdrijf"], one.charge.get("maximum"), one.start or NEVER
    custody = NEVER
    if one.by == "judgment":
        if one.sentences is None:
            return None
        lengths = [_length(each) for each in one.sentences if each["kind"] not in VALUES["sentences"]["no_custody"]]
        if None in lengths:
            return None
        custody = max((_added(start, each) for each in lengths if each is not None), default=start)
        if custody > later(start, years=values["longest_custody_above"]):
            return int(values["eighty"])
    if maximum is None:
        return None
    if not _is_heavy(maximum, start):
        return int(values["other"])
    long = one.by == "judgment" and custody > later(start, years=values["long_custody_above"])
    return int(values["heavy"] + (values["long_custody_adds"] if long else 0))


def _is_heavy(maximum: Plain, day: date) -> bool:
    return _added(day, maximum) >= later(day, years=VALUES["misdrijf"]["heavy_from"])


def _lengthened(start: date, years: int, others: Iterable[tuple[date, Plain | None]], at: int) -> date:
    """The end after what was judged while it ran; what has no maximum lengthens it by the fewer years (`at` 0) or by the more (1)."""
    values = VALUES["misdrijf"]
    end = later(start, years=years)
    for day, maximum in sorted(others, key=lambda other: other[0]):
        if start < day < end:
            heavy = at == 1 if maximum is None else _is_heavy(maximum, day)
            end = max(end, later(day, years=values["heavy" if heavy else "other"]))
    return end


def _is_sexual(text: str, first: date, last: date) -> bool | None:
    """Whether an article is a sex offence; None where it cannot be read, or where that differs between the days."""
    read = _ARTICLE.fullmatch(text)
    if read is None:
        return None
    law = {name.lower(): name for name in VALUES["articles"]["laws"]}.get(read[1].lower())
    if law is None:
        return None
    number = int(read[2]), read[3]
    lists = [one["runs"] for one in VALUES["misdrijf"]["sexual"] if first < one.get("until", NEVER) and last >= one.get("from", date.min)]
    found = {any(law == of and _numbered(begin) <= number <= _numbered(end) for of, begin, end in runs) for runs in lists}
    return found.pop() if len(found) == 1 else None


def _numbered(text: str) -> tuple[int, str]:
    read = _NUMBER.fullmatch(text)
    return (int(read[1]), read[2]) if read is not None else (0, "")


def _overtreding(one: Ended, on: date) -> End | None:
    values = VALUES["overtreding"]
    end = End(NEVER, NEVER)
    if one.start is not None:
        short, long = (later(one.start, years=values[name]) for name in ("short", "long"))
        kinds = {each["kind"] for each in one.sentences or ()} if one.by != "dismissal" else set[str]()
        known = {*values["long_with"], *VALUES["sentences"]["no_custody"]}
        if one.sentences is None or not kinds <= known:
            return None
        if not kinds.isdisjoint(values["long_with"]):
            end = End(long, long)
        elif "fine" not in kinds:
            end = End(short, short)
        elif short <= on < long:
            return None
        else:
            end = End(short, long)
    if one.died_on is not None:
        dead = later(one.died_on, years=values["after_death"])
        end = End(min(end.first, dead), min(end.last, dead))
    return end


def _length(measure: Plain) -> Plain | None:
    return measure if any(measure.get(unit) for unit in ("days", "weeks", "months", "years", "life")) else None


def _added(day: date, length: Plain) -> date:
    """The first day after a length that begins on a day."""
    if length.get("life"):
        return NEVER
    whole = later(day, years=length.get("years") or 0, months=length.get("months") or 0)
    days = (length.get("days") or 0) + 7 * (length.get("weeks") or 0)
    return whole + timedelta(days=days) if days <= (NEVER - whole).days else NEVER


def later(day: date, *, years: int, months: int = 0) -> date:
    """The same day so many years and months later; where that month has no such day, the first of the next."""
    ahead = 12 * (day.year + years) + day.month - 1 + months
    year, month = ahead // 12, ahead % 12 + 1
    if year > NEVER.year:
        return NEVER
    for one in range(day.day, 27, -1):
        try:
            found = date(year, month, one)
        except ValueError:
            continue
        return found if one == day.day else found + timedelta(days=1)
    return date(year, month, day.day)
