"""The receipts of messages as a series: custody, then applied, held again, applied again, or refused, as the journal has it.

- `custody` is the signed receipt, the same bytes as the first time. The turns after it are told from the row and its turns, each at a
  position and at the moment of the entry there.
- Of what is not the asker's nothing is looked up: it is told as what is not here.
"""

from collections.abc import Iterator, Sequence

import msgspec

from hervat.assemble import Node
from hervat.doors.http.signing import receipt_at
from hervat.doors.http.wire import Name, RefusalTold, Series, Turned
from hervat.intake.preparing import message_key, read_refusal
from hervat.journal.entry import Entry, read_meta
from hervat.journal.store import APPLIED, HELD, REFUSED, STATES, Row, Turn
from hervat.message import SOURCE
from hervat.register.waiting import Waiting


def series_of(node: Node, oin: str, asked: Sequence[Name]) -> list[Series]:
    """The series of each message that is the organisation's own."""
    store = node.store
    idents = {name: node.keys.index_of(message_key(name.source, name.id)) for name in asked if _is_of(oin, name.source)}
    rows = store.rows_by_ident(idents.values())
    positions = [row.position for row in rows.values()]
    turns = {position: sorted(found, key=lambda turn: turn.at) for position, found in store.turns(positions).items()}
    moments = {*positions, *(row.applied_at for row in rows.values() if row.applied_at), *(t.at for found in turns.values() for t in found)}
    entries = store.entries_at(moments)
    held = {told["position"]: told for told in Waiting(store, store, node.keys).tell([row for row in rows.values() if row.state == HELD])}
    told = []
    for name in asked:
        row = rows.get(idents.get(name, b""))
        if row is None:
            told.append(Series(source=name.source, id=name.id, status=404))
            continue
        why = held.get(row.position, {})
        told.append(
            Series(
                source=name.source,
                id=name.id,
                status=200,
                state=STATES[row.state],  # type: ignore[arg-type]
                reason=why.get("reason"),
                needs=why.get("needs"),
                custody=msgspec.Raw(receipt_at(node.keys, entries[row.position])),
                turns=list(_turns(row, turns.get(row.position, []), entries)),
            )
        )
    return told


def _is_of(oin: str, source: str) -> bool:
    named = SOURCE.fullmatch(source)
    return named is not None and named["oin"] == oin


def _turns(row: Row, turns: Sequence[Turn], entries: dict[int, Entry]) -> Iterator[Turned]:
    """What became of a message after custody, in order: its first application has its own place in the row, every later turn is kept."""
    first = [] if row.applied_at is None else [Turn(row.applied_at, row.position, APPLIED)]
    applied = False
    for turn in sorted([*first, *turns], key=lambda turn: turn.at):
        at = read_meta(entries[turn.at]).received_at
        if turn.state == APPLIED:
            yield Turned(receipt="applied-again" if applied else "applied", position=turn.at, at=at)
            applied = True
        elif turn.state == HELD:
            yield Turned(receipt="held-again", position=turn.at, at=at)
        else:
            yield Turned(receipt="refused", position=turn.at, at=at, refusal=refusal_in(row))


def refusal_in(row: Row) -> RefusalTold | None:
    """Why a message is refused, where it is."""
    if row.state != REFUSED or row.refusal is None:
        return None
    found = read_refusal(row.refusal)
    return RefusalTold(code=found.code, path=found.path, reason=found.reason)
