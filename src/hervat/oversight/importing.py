"""Reading a timeline out of a CSV file: date, actor, event, kind, certainty, source. Whole, or not at all.

`date` is written as `when.parse_when` reads it, and may be empty for what is undated; `kind` is a word of `SORTS`. Columns may come in
any order and further ones `known` (`WHO since WHEN`, several with a semicolon between them) and `certainty`, `source` may be absent.
"""

import csv
import io
from collections.abc import Iterator

import msgspec

from hervat.errors import Usage
from hervat.oversight.entries import SORTS, Knowing, TimelineEntry
from hervat.oversight.when import UNDATED, parse_when

_NEEDED = ("date", "actor", "event", "kind")
_MAY = ("certainty", "source", "known")
_LARGEST = 4_000_000
_SINCE = " since "


def entries_in(raw: bytes, where: str) -> list[TimelineEntry]:
    """Every entry of a file; `where` names it. Raises Usage with every line that is wrong, and why."""
    if len(raw) > _LARGEST:
        raise Usage(f"{where}: {len(raw)} bytes; a timeline of more than {_LARGEST} is divided")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Usage(f"{where}: byte {fault.start} is no UTF-8; save the file as UTF-8") from fault
    entries, wrong = list[TimelineEntry](), list[str]()
    for line, head, fields in _rows(text, where):
        try:
            entries.append(_entry(_named(head, fields)))
        except (Usage, msgspec.ValidationError) as fault:
            wrong.append(f"{where}, line {line}: {fault}")
    if wrong:
        raise Usage("; ".join([*wrong[:20], f"{len(wrong)} lines are wrong, and nothing was taken; mend them and import the file again"]))
    return entries


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
