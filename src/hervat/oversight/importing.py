"""Reading a timeline out of a CSV file: date, actor, event, kind, certainty, source. Whole, or not at all.

- `date` is written as `when.parse_when` reads it, and may be empty for what is undated; `kind` is a word of `SORTS`. Columns may come in
  any order; those that are needed are `_NEEDED`. `known` has `WHO since WHEN`, several with a semicolon between them.
- A row may have an `id`. By that another row names it: in `same_act` where it is another moment of one act, in `corrects` where it takes
  its place, with `why`. Which rows only look as if they were one act is told (`alike`), and never decided here.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from hervat.errors import Usage
from hervat.oversight.entries import SORTS, Knowing, Tie, TimelineEntry
from hervat.oversight.when import UNDATED, parse_when

_NEEDED = ("date", "actor", "event", "kind")
_MAY = ("certainty", "source", "known", "id", "same_act", "corrects", "why")
_LARGEST = 4_000_000
_SINCE = " since "
_LINES = re.compile(r"([1-9][0-9]{0,6})=([1-9][0-9]{0,6})", re.ASCII)
_ONE_ACT = timedelta(days=1)


class TimelineFile(Struct, frozen=True, kw_only=True):
    """The entries of a file, on which line each ends, and what the file says of two of them."""

    where: str
    entries: tuple[TimelineEntry, ...]
    lines: tuple[int, ...]
    ties: tuple[Tie, ...] = ()

    def tied(self, pairs: Sequence[str]) -> "TimelineFile":
        """With the pairs of lines, each `LINE=LINE`, that somebody says are two moments of one act. Raises Usage for what is none."""
        places, ties = {line: place for place, line in enumerate(self.lines)}, list(self.ties)
        for pair in pairs:
            found = _LINES.fullmatch(pair)
            lines = [] if found is None else [int(found[1]), int(found[2])]
            if len({*lines} & {*places}) != 2:
                raise Usage(f"--same-act {pair}: give two lines of {self.where} on which entries end, such as 5=4")
            earlier, later = sorted(places[line] for line in lines)
            ties.append(Tie(later=later, earlier=earlier))
        return msgspec.structs.replace(self, ties=_told_once(ties, self.where, self.lines))

    def alike(self) -> list[tuple[int, int]]:
        """The lines of rows that look as if they were one act and are not said to be: of one kind, of somebody in common, and less than a
        day apart; of many such rows those that follow one another.
        """
        tied = {(tie.earlier, tie.later) for tie in self.ties}
        told = [(at, place) for place, entry in enumerate(self.entries) if (at := parse_when(entry.when).start) is not None]
        before, found = dict[tuple[str, str], tuple[datetime, int]](), set[tuple[int, int]]()
        for at, place in sorted(told):
            entry = self.entries[place]
            for key in {(entry.kind, party) for party in _parties(entry)}:
                if key in before and at - before[key][0] < _ONE_ACT:
                    found.add((min(place, before[key][1]), max(place, before[key][1])))
                before[key] = at, place
        return [(self.lines[earlier], self.lines[later]) for earlier, later in sorted(found - tied)]


def _parties(entry: TimelineEntry) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in re.split(r"[/,;]", entry.actor) if name.strip())


def timeline_in(raw: bytes, where: str) -> TimelineFile:
    """What a file says; `where` names it. Raises Usage with every line that is wrong, and why."""
    if len(raw) > _LARGEST:
        raise Usage(f"{where}: {len(raw)} bytes; a timeline of more than {_LARGEST} is divided")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Usage(f"{where}: byte {fault.start} is no UTF-8; save the file as UTF-8") from fault
    entries, lines, named, wrong = list[TimelineEntry](), list[int](), list[dict[str, str]](), list[str]()
    for line, head, fields in _rows(text, where):
        try:
            row = _named(head, fields)
            entries.append(_entry(row))
            named.append(row)
            lines.append(line)
        except (Usage, msgspec.ValidationError) as fault:
            wrong.append(f"{where}, line {line}: {fault}")
    _ensure_right(wrong)
    ties, wrong = _ties(named, lines, where)
    _ensure_right(wrong)
    found = tuple(lines)
    return TimelineFile(where=where, entries=tuple(entries), lines=found, ties=_told_once(ties, where, found))


def _ensure_right(wrong: Sequence[str]) -> None:
    if wrong:
        raise Usage("; ".join([*wrong[:20], f"{len(wrong)} lines are wrong, and nothing was taken; mend them and import the file again"]))


def _ties(rows: Sequence[Mapping[str, str]], lines: Sequence[int], where: str) -> tuple[list[Tie], list[str]]:
    """What rows say of one another, and what is wrong with that."""
    ties, wrong = list[Tie](), list[str]()
    places: dict[str, int] = {}
    for place, row in enumerate(rows):
        if (id := row.get("id", "")) and places.setdefault(id, place) != place:
            wrong.append(f"{where}, line {lines[place]}: the id {id!r} is that of line {lines[places[id]]}")
    for place, row in enumerate(rows):
        for column in ("same_act", "corrects"):
            told = row.get(column, "")
            other = places.get(told, place) if told else None
            if other is None:
                continue
            why = row.get("why") if column == "corrects" else None
            if other == place:
                wrong.append(f"{where}, line {lines[place]}: {column} names {told!r}, the id of no other row")
            elif column == "corrects" and (other > place or not why):
                wrong.append(f"{where}, line {lines[place]}: a row corrects one above it, and says why")
            else:
                ties.append(Tie(later=max(place, other), earlier=min(place, other), why=why))
    return ties, wrong


def _told_once(ties: Sequence[Tie], where: str, lines: Sequence[int]) -> tuple[Tie, ...]:
    """What is told of each later row once; raises Usage where it is told to be of two acts, or to take two places."""
    found: dict[tuple[int, bool], Tie] = {}
    for tie in ties:
        before = found.setdefault((tie.later, tie.why is not None), tie)
        if before.earlier != tie.earlier:
            both = f"line {lines[before.earlier]} and line {lines[tie.earlier]}"
            raise Usage(f"{where}, line {lines[tie.later]}: it names {both}; one at most")
    return tuple(found.values())


def _rows(text: str, where: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """The rows, each with the line on which it ends and the head."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip().casefold() for name in next(reader, [])]
        lacking = [name for name in _NEEDED if name not in head]
        strange = [name for name in head if name not in (*_NEEDED, *_MAY)]
        if lacking or strange or len(set(head)) < len(head):
            told = f"lacks {', '.join(lacking)}" if lacking else f"has {', '.join(strange)}" if strange else "names a column twice"
            raise Usage(f"{where}, line 1: the head {told}; columns are {', '.join(_NEEDED)}, and may be {', '.join(_MAY)}")
        for row in reader:
            if row:
                yield reader.line_num, head, row
    except csv.Error as fault:
        raise Usage(f"{where}, line {reader.line_num}: this is no CSV: {fault}") from fault


def _named(head: list[str], fields: list[str]) -> dict[str, str]:
    if len(fields) != len(head):
        raise Usage(f"{len(fields)} fields, the head has {len(head)}; quote what has a comma in it")
    return dict(zip(head, (field.strip() for field in fields), strict=True))


def _entry(row: dict[str, str]) -> TimelineEntry:
    when = row["date"] or UNDATED
    parse_when(when)
    known = [knowing_of(one) for one in row.get("known", "").split(";") if one.strip()]
    made = {
        "kind": ensure_kind(row["kind"]),
        "actor": row["actor"],
        "what": row["event"],
        "when": when,
        "known": known,
        "certainty": row.get("certainty") or None,
        "source": row.get("source") or None,
    }
    return msgspec.convert(made, TimelineEntry)


def ensure_kind(word: str) -> str:
    """A word for what an entry is; raises Usage for one that is not known."""
    if word.casefold() not in SORTS:
        raise Usage(f"the kind {word!r} is not known; kinds are {', '.join(SORTS)}")
    return word.casefold()


def knowing_of(text: str) -> Knowing:
    """Who knew it since when, of `WHO since WHEN`; raises Usage."""
    who, since_, when = text.strip().partition(_SINCE)
    if not since_ or not who.strip():
        raise Usage(f"{text.strip()!r} is to be WHO since WHEN, such as: OM since 2025-07-16 evening")
    parse_when(when)
    return Knowing(who=who.strip(), since=when.strip())
