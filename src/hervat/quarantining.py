"""The quarantine of a node: whose lane is open, what lies inside and who signed it, and the acts of those who let it through.

- A message is told with the batch by which it came: that says which key signed, and when by the signer's own word. A stolen key signs with
  any moment it likes, so what a revoked key signed is flagged whatever the moment; when it came into custody is the node's own word.
- Two persons let through or close; whoever opens needs no second, for nothing is lost by it.
- What is told names no person: the entry says the rest to whoever may see it, and `show` is for those who compare.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec

from hervat.assemble import BATCH, Node
from hervat.batch import BATCH_TAKEN, BatchTaken
from hervat.clock import parse_rfc3339
from hervat.errors import NotSo, Usage
from hervat.intake.preparing import read_refusal
from hervat.intake.quarantine import QuarantineClosed, QuarantineOpened, QuarantineReleased, lanes_of, oin_of
from hervat.journal.acts import acts_at, acts_of
from hervat.journal.entry import digest_of, open_entry, read_meta
from hervat.journal.gone import read_gone
from hervat.journal.store import HELD, REFUSED, STATES, WHOLE, Row
from hervat.partner import PartnerKey
from hervat.register.reading import document_of
from hervat.register.waiting import Waiting

_read: Callable[[bytes], BatchTaken] = msgspec.json.Decoder(BatchTaken).decode
Flag = Literal[
    "unsigned",
    "unknown-key",
    "revoked-key",
    "signed-before-revocation",
    "signed-after-revocation",
    "signed-before-theft",
    "signed-since-theft",
]
"""What is to be known of who signed what lies inside."""


class Quarantine:
    """The lanes of a node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._store = node.store

    def open(self, oin: str, *, by: str, why: str) -> dict[str, Any]:
        """Quarantine what comes from an organisation from now on; returns the act's position. Raises Usage for one that nobody knows, NotSo
        where that is so already.
        """
        if oin not in self._known():
            raise Usage(f"no organisation with the OIN {oin} is known, and nothing came from one; hervat partner list shows those that are")
        since = self._opened().get(oin)
        if since is not None:
            raise NotSo(f"what comes from {oin} is quarantined since position {since}; there is nothing to open")
        return self._node.admit(lambda inbox: inbox.quarantine(QuarantineOpened(oin=oin, by=by, why=why)))

    def release(self, oin: str, through: int, but: Collection[int], *, by: str, second: str, ground: str) -> dict[str, Any]:
        """Let through what lies inside up to a position, but for some; returns the act's position and what it came to. Raises Usage where
        what is named does not lie inside or there are no two persons, NotSo where nothing is left to let through.
        """
        _ensure_two(by, second)
        if not 1 <= through <= self._node.position:
            raise Usage(f"--through {through}: the positions of this journal are 1 to {self._node.position}; nothing was let through")
        gone = self._gone_inside(oin)
        inside = [at for at in [*(row.position for row in self._inside(oin)), *gone] if at <= through]
        strange = sorted(set(but) - set(inside))
        if strange:
            raise Usage(f"--but {strange[0]}: nothing of {oin} up to {through} lies in quarantine there; nothing was let through")
        if len(inside) == len(set(but)):
            raise NotSo(f"nothing of {oin} that came up to position {through} is left to let through")
        act = QuarantineReleased(oin=oin, through=through, but=tuple(sorted(set(but))), by=by, second=second, ground=ground)
        answer = self._node.admit(lambda inbox: inbox.quarantine(act))
        return answer | {"released": len(inside) - len(act.but), "kept": len(act.but)}

    def close(self, oin: str, *, by: str, second: str, why: str) -> dict[str, Any]:
        """Quarantine no more what comes from an organisation; what is inside stays there. Raises Usage without two persons, NotSo where no
        lane is open.
        """
        _ensure_two(by, second)
        if oin not in self._opened():
            raise NotSo(f"what comes from {oin} is not quarantined; there is nothing to close")
        act = QuarantineClosed(oin=oin, by=by, second=second, why=why)
        answer = self._node.admit(lambda inbox: inbox.quarantine(act))
        return answer | {"inside": len(self._inside(oin)) + len(self._gone_inside(oin))}

    def listing(self, oin: str | None = None, stolen_since: datetime | None = None, most: int | None = None) -> dict[str, Any]:
        """The lanes, and all that lies inside or the oldest `most` of it, of one organisation or of all, oldest first; `conflicts` has the
        acts that keep other content which came under the number or the id of a message. `gone` are the acts about numbers that were signed
        as erased, each let through or kept by its position, as a message is.
        """
        opened = self._opened()
        oins = [oin] if oin is not None else sorted(self._known())
        rows, gone = {one: self._inside(one) for one in oins}, {one: self._gone_inside(one) for one in oins}
        lanes = [
            {"oin": one, "name": self._node.roster().name_of(one), "opened": opened.get(one), "inside": len(inside) + len(gone[one])}
            for one, inside in rows.items()
            if inside or gone[one] or one in opened
        ]
        listed = sorted((row for inside in rows.values() for row in inside), key=lambda row: row.position)
        told = {"position": self._node.position, "lanes": lanes, "messages": list(self._told(listed[:most], stolen_since))}
        return told | {"gone": list(self._told_gone(sorted(at for one in gone.values() for at in one), stolen_since))}

    def show(self, position: int, stolen_since: datetime | None = None) -> dict[str, Any]:
        """One message that lies inside, with all that it says. Raises NotSo where none does at that position."""
        row = self._store.rows_at([position]).get(position) if 1 <= position <= self._node.position else None
        if row is None or not row.quarantined:
            raise NotSo(f"no message lies in quarantine at position {position}; hervat quarantine list shows those that do")
        (told,) = self._told([row], stolen_since)
        opened = open_entry(self._node.keys, self._store.entries_at([position])[position])
        refusal = None if row.refusal is None else read_refusal(row.refusal)
        why = None if refusal is None else {"code": refusal.code, "path": refusal.path, "reason": refusal.reason}
        return told | {"refusal": why, "message": document_of(opened) if row.refusal is None else None}

    def suspects(self, key: str, oin: str | None = None) -> dict[str, Any]:
        """Everything that came by a batch which a key signed, wherever it is and whatever became of it; what was applied first. Raises
        NotSo where no batch was signed by that key.
        """
        batches = [one for one in self._batches() if one.act.key == key and oin in (None, one.act.oin)]
        if not batches:
            raise NotSo(f"no batch that came here was signed with a key {key!r}; hervat partner list shows the keys, revoked ones too")
        others = list(self._node.conflicts())
        found = [told for batch in batches for told in self._of_batch(batch, others)]
        counts: dict[str, int] = {}
        for one in found:
            counts[one["state"]] = counts.get(one["state"], 0) + 1
        found.sort(key=lambda one: (one["state"] != "applied", one["position"] or 0))
        told = {"key": key, "position": self._node.position, "batches": [_batch(one) for one in batches]}
        return told | {"counts": counts, "messages": found}

    def _known(self) -> set[str]:
        """Every organisation that is known, or of which something came."""
        named = {oin for feed in self._store.feeds() if (oin := oin_of(feed.name)) is not None}
        return named | {partner.oin for partner in self._node.roster().now}

    def _opened(self) -> dict[str, int]:
        return lanes_of(self._store, self._node.keys, self._node.position).opened

    def _inside(self, oin: str) -> list[Row]:
        numbers = [feed.number for feed in self._store.feeds() if oin_of(feed.name) == oin]
        rows = [row for number in numbers for row in self._store.not_admitted(number) if row.quarantined]
        return sorted(rows, key=lambda row: row.position)

    def _gone_inside(self, oin: str) -> list[int]:
        """The acts about numbers that were signed as erased, of which some lie inside."""
        numbers = [feed.number for feed in self._store.feeds() if oin_of(feed.name) == oin]
        return sorted({one.at for number in numbers for one in self._store.gone(number) if one.since is None})

    def _told_gone(self, positions: Sequence[int], stolen_since: datetime | None) -> Iterator[dict[str, Any]]:
        acts = acts_at(self._store, self._node.keys, positions, read_gone, "act about numbers that are gone")
        for position, act in acts:
            said = act.manifest
            yield {
                "position": position,
                "source": said.source,
                "numbers": [one.sequence for one in act.whole],
                "key": said.key,
                "made_at": said.made_at,
                "flags": list(self._flags_of(said.from_, said.key, said.made_at, stolen_since)),
            }

    def _batches(self) -> "list[_Taken]":
        acts = acts_of(self._store, self._node.keys, (BATCH_TAKEN,), _read, "batch that was taken", self._node.position)
        return [_Taken(position, act) for position, act in acts]

    def _told(self, rows: list[Row], stolen_since: datetime | None) -> Iterator[dict[str, Any]]:
        names = {feed.number: feed.name for feed in self._store.feeds()}
        batches, others = _BySource(self._batches()), dict[int, list[int]]()
        for one in self._node.conflicts():
            others.setdefault(one["with"] or 0, []).append(one["position"])
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            entries = self._store.entries_at([row.position for row in some])
            for row in some:
                source, entry = names[row.source], entries[row.position]
                batch = batches.of(source, row.position)
                yield {
                    "position": row.position,
                    "source": source,
                    "id": row.id,
                    "sequence": row.sequence,
                    "kind": row.kind,
                    "state": STATES[row.state],
                    "digest": digest_of(self._node.keys, entry).hex(),
                    "received_at": read_meta(entry).received_at,
                    "batch": None if batch is None else _batch(batch),
                    "flags": list(self._flags(batch, stolen_since)),
                    "conflicts": others.get(row.position, []),
                }

    def _flags(self, batch: "_Taken | None", stolen_since: datetime | None) -> Iterator[Flag]:
        """What is to be known of who signed, by the keys that are known now."""
        if batch is None:
            yield "unsigned"
        else:
            yield from self._flags_of(batch.act.oin, batch.act.key, batch.act.made_at, stolen_since)

    def _flags_of(self, oin: str, key_id: str, made: str, stolen_since: datetime | None) -> Iterator[Flag]:
        key, made_at = self._key(oin, key_id), parse_rfc3339(made)
        if key is None:
            yield "unknown-key"
        elif key.revoked_at is not None:
            yield "revoked-key"
            yield "signed-before-revocation" if made_at < key.revoked_at else "signed-after-revocation"
        if stolen_since is not None:
            yield "signed-before-theft" if made_at < stolen_since else "signed-since-theft"

    def _key(self, oin: str, key_id: str) -> PartnerKey | None:
        partner = self._node.roster().now.get(oin)
        return None if partner is None else next((key for key in partner.keys if key.id == key_id), None)

    def _of_batch(self, batch: "_Taken", conflicts: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Every number that a batch speaks of, with what became of it: in a conflict, what else had come under that number by then."""
        act = batch.act
        number = next((feed.number for feed in self._store.feeds() if feed.name == act.source), 0)
        found = self._store.sequence_run(number, act.first, act.last)
        rows = self._store.rows_at(found.values())
        reasons = {one["position"]: one["reason"] for one in self._waiting(row for row in rows.values() if row.state == HELD)}
        others = {
            one["sequence"]: one["position"]
            for one in conflicts
            if one["source"] == act.source and one["position"] < batch.position and act.first <= (one["sequence"] or 0) <= act.last
        }
        for sequence in range(act.first, act.last + 1):
            at = found.get(sequence)
            row = None if at is None else rows[at]
            new = at is not None and act.entered[0] <= at <= act.entered[1]
            how = "new" if new else "conflict" if sequence in others else "duplicate" if at is not None else "not-here"
            told = {"sequence": sequence, "how": how, "batch": batch.position, "made_at": act.made_at}
            if how == "conflict" or row is None:
                yield told | {"position": others.get(sequence), "id": None, "kind": None, "state": how, "reason": None, "applied_at": None}
                continue
            yield told | {
                "position": at,
                "id": row.id,
                "kind": row.kind,
                "state": _state(row),
                "reason": reasons.get(row.position),
                "applied_at": row.applied_at,
            }

    def _waiting(self, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
        return Waiting(self._store, self._store, self._node.keys).tell(list(rows))


class _Taken(NamedTuple):
    """A batch that was taken, and where that stands."""

    position: int
    act: BatchTaken


class _BySource:
    """By which batch a message came."""

    def __init__(self, batches: Iterable[_Taken]) -> None:
        self._batches: dict[str, list[_Taken]] = {}
        for one in sorted(batches, key=_begin):
            self._batches.setdefault(one.act.source, []).append(one)

    def of(self, source: str, position: int) -> _Taken | None:
        """The batch of a source that entered at positions around this one."""
        listed = self._batches.get(source, [])
        before = bisect_right(listed, position, key=_begin)
        return listed[before - 1] if before and position <= listed[before - 1].act.entered[1] else None


def _begin(one: _Taken) -> int:
    return one.act.entered[0]


def _batch(one: _Taken) -> dict[str, Any]:
    act = one.act
    said = {"position": one.position, "oin": act.oin, "key": act.key, "made_at": act.made_at, "source": act.source}
    return said | {"first": act.first, "last": act.last, "root": act.root, "carried": act.carried}


def _state(row: Row) -> str:
    """What became of a message, in one word."""
    if row.erased >= WHOLE:
        return "erased"
    if row.quarantined and row.state != REFUSED:
        return "quarantined"
    return "retracted" if row.retracted else STATES[row.state]


def _ensure_two(by: str, second: str) -> None:
    """Raises Usage where one person stands for two."""
    if by.strip().casefold() == second.strip().casefold():
        raise Usage("--second is another person than --by: one alone lets nothing through")
