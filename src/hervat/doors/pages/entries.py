"""One entry of the journal as a page: what stands open, what became of it, how it is sealed; and its content, when asked for."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from hervat import kinds
from hervat.assemble import Node
from hervat.consumers.touched import touched
from hervat.doors import words as plain
from hervat.doors.pages.givers import Givers
from hervat.doors.pages.held import reason_of, told_key
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short
from hervat.errors import StoreFault
from hervat.intake.folding import CONFLICT
from hervat.intake.residue import part
from hervat.journal.entry import HEAD, MESSAGE, RAW, Opened, open_entry
from hervat.journal.proof import receipt_of
from hervat.journal.store import APPLIED, HELD, REFUSED, STATES, Row, pairs_of
from hervat.register.hiding import Hidden
from hervat.register.people import People
from hervat.register.purpose import Sight
from hervat.register.reading import Reading
from hervat.register.told import Told
from hervat.register.waiting import Waiting

PAGE = 100


def entry_sheet(node: Node, position: int, words: Wording, *, content: bool) -> dict[str, Any]:
    """Everything on the page of an entry that exists; its content only where that was asked for."""
    entry = node.store.entries_at([position])[position]
    opened = open_entry(node.keys, entry)
    row = node.store.rows_at([position]).get(position)
    is_message = opened.meta.sort == MESSAGE
    return {
        "meta": opened.meta,
        "system": short(opened.meta.source or ""),
        "partner": Givers(node).sender(opened.meta.source or ""),
        "leaf": entry.leaf.hex(),
        "parts": [
            {"name": one.name, "commitment": one.commitment.hex(), "erased": one.content is None} for one in opened.segments
        ],
        "state": _state(node, row, words),
        "receipt": plain.as_document(msgspec.json.decode(receipt_of(node.keys, opened, entry.leaf))) if is_message else None,
        "content": _content(node, opened, row, words) if content else None,
    }


def _content(node: Node, opened: Opened, row: Row | None, words: Wording) -> dict[str, str]:
    about = _about(node, opened, row)
    if about is not None and _is_of_police(node, about):
        return {"note": words("entry.police_content"), "text": ""}
    if about is not None and _tells_of_hidden(node, about):
        return {"note": words("entry.hidden_content"), "text": ""}
    try:
        payload = opened.payload
    except StoreFault:
        return {"note": words("entry.erased_content"), "text": ""}
    if any(segment.name == RAW for segment in opened.segments):
        return {"note": words("entry.not_json"), "text": payload.decode("utf-8", "backslashreplace")}
    return {"note": "", "text": msgspec.json.format(payload, indent=2).decode()}


def _about(node: Node, opened: Opened, row: Row | None) -> Row | None:
    """The message that an entry is: itself, or what it was in conflict with; None for another act."""
    if row is None and opened.meta.kind == CONFLICT:
        head = part(opened, HEAD)
        first = msgspec.json.decode(head)["with"] if head else 0
        row = node.store.rows_at([first]).get(first)
    return row


def _is_of_police(node: Node, row: Row) -> bool:
    """Whether a message is a report by the police, or an amendment of one."""
    reading = Reading(node.store, node.store, node.keys)
    return Sight(reading, node.store, node.rosters().procedures, None).report_of(row) is not None


def _tells_of_hidden(node: Node, row: Row) -> bool:
    """Whether a message names a charge that is hidden from every answer, or is about what was decided on one; or about a case of which all
    is hidden. In every version: what an amendment brings, and what it came instead of, are of the same case.
    """
    reading = Reading(node.store, node.store, node.keys)
    near = touched(node.store, [row.position])
    rows = list(reading.around({topic for one in near for _, topic in pairs_of(one.needs + one.gives)}).rows.values())
    messages = list(reading.messages(rows))
    whole = Told(messages)
    hidden = node.past.withheld.hide(reading, rows, messages, node.position)(whole, People(whole))
    if not hidden.charges:
        return False
    decided = {key: found for one in messages for key, found in _decided(one.data)}
    told = [one.data.get("data", one.data) for one in reading.own(near).values()]
    return any(_is_hidden(data, decided, hidden) for data in told)


def _decided(data: Any) -> Iterator[tuple[tuple[str, str], set[tuple[str, int]]]]:
    """The charges that a judgment or an order is about, by its number."""
    if isinstance(data, kinds.JudgmentGiven):
        yield ("judgment", data.judgment), {(data.pn, one.charge) for one in data.verdicts}
    if isinstance(data, kinds.PenaltyOrderIssued):
        yield ("order", data.order), {(data.pn, one) for one in data.charges}


def _is_hidden(data: dict[str, Any], decided: Mapping[tuple[str, str], set[tuple[str, int]]], hidden: Hidden) -> bool:
    named = {one["charge"] if isinstance(one, dict) else one for one in (*data.get("verdicts", ()), *data.get("charges", ()))}
    charges = {(data.get("pn"), number) for number in named}
    for name in ("judgment", "order"):
        charges |= decided.get((name, str(data.get(name))), set())
    return data.get("pn") in hidden.cases or not charges.isdisjoint(hidden.charges)


def _state(node: Node, row: Row | None, words: Wording) -> dict[str, Any]:
    """What became of a message, in a sentence; what it waits for; its turns."""
    if row is None:
        return {"text": words("entry.act"), "waits": [], "turns": [], "refusal": None, "version": None}
    waits: list[dict[str, str]] = []
    if row.state == HELD:
        (told,) = Waiting(node.store, node.store, node.keys).tell([row])
        waits = [told_key(key, words, Givers(node)) for key in told["needs"]]
    turns = node.store.turns([row.position]).get(row.position, [])
    return {
        "text": _became(row, words),
        "waits": waits,
        "turns": [words("entry.turn", position=turn.at, state=words.term("states", STATES[turn.state])) for turn in turns],
        "refusal": _refusal(row)["reason"] if row.state == REFUSED else None,
        "version": row.version,
    }


def _became(row: Row, words: Wording) -> str:
    if row.retracted:
        return words("entry.retracted")
    if row.state == APPLIED:
        return words("entry.applied", position=row.applied_at)
    if row.state == REFUSED:
        refusal = _refusal(row)
        return words("entry.refused", code=refusal["code"], path=refusal["path"] or "/")
    reason = words.term("reasons", reason_of(row))
    if row.applied_at is not None:
        return words("entry.held_again", position=row.applied_at, reason=reason)
    return words("entry.held", reason=reason)


def _refusal(row: Row) -> dict[str, str]:
    found: dict[str, str] = msgspec.json.decode(row.refusal or "{}")
    return {"code": "", "path": "", "reason": ""} | found


def refused_page(node: Node, after: int) -> dict[str, Any]:
    """A page of what was refused, from above a position."""
    names = {feed.number: feed.name for feed in node.store.feeds()}
    rows = list(islice((row for row in node.store.refused() if row.position > after), PAGE + 1))
    shown = [_refused(row, names[row.source]) for row in rows[:PAGE]]
    return {"shown": shown, "next": rows[PAGE - 1].position if len(rows) > PAGE else None}


def open_conflicts(node: Node) -> list[dict[str, Any]]:
    """The conflicts that their senders have not settled, the latest first, no more than a page of them."""
    found = [one | {"system": short(one["source"])} for one in node.conflicts() if one["open"]]
    return found[: -PAGE - 1 : -1]


def _refused(row: Row, source: str) -> dict[str, Any]:
    return {"position": row.position, "id": row.id, "kind": row.kind, "system": short(source), **_refusal(row)}


def positions_of(node: Node, named: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Where messages lie in the journal, by (source, id)."""
    idents = {node.keys.index_of(f"message:{source}/{id}"): (source, id) for source, id in named}
    return {idents[ident]: row.position for ident, row in node.store.rows_by_ident(idents).items()}
