"""The rehearsal `returning-intruder`: a partner comes back after the cut, and among its true messages are forged ones, signed with its key.

- The lane holds all. What lies inside is laid beside the true sender's own list; what is not on it stays inside, the rest is let through by
  two people. The true sender takes back what it never sent, and where a forgery stood first sends its own once more (the contract, 3.11); a
  forgery is let through with what takes it back, at once, and so is applied to nothing.
- After every step it is looked at whether anything is gone that was shown before, and whether a forgery counts for anything.
- The end is laid beside a register in which nobody ever forged; and the same arrivals go to a register without a lane.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hervat.assemble import Node
from hervat.batch import BATCH_TAKEN, BatchTaken
from hervat.clock import SteppedClock, parse_rfc3339
from hervat.intake.partnering import Wish
from hervat.intake.quarantine import oin_of
from hervat.journal.entry import digest_of
from hervat.journal.store import APPLIED, STATES, Row
from hervat.journal.tree import Frontier, leaf_hash
from hervat.partner import PartnerKey
from hervat.quarantining import Quarantine
from hervat.rehearsal.feeds import GPS
from hervat.rehearsal.intruding import (
    BACK,
    BEFORE,
    KINDS,
    LATER,
    NEW_KEY,
    STOLEN_KEY,
    THEFT,
    Batch,
    Forgery,
    World,
    digest_in,
)
from hervat.rehearsal.letter import Progress, Where
from hervat.stores.opening import place_of

OM: Final = oin_of(GPS.source) or ""
_ONE: Final = {"by": "A. de Eerste"}
_TWO: Final = {**_ONE, "second": "B. de Tweede"}
Charges = dict[str, tuple[str, str]]
"""By case and charge: under whose number it is shown, and what became of it."""


class Register:
    """A register to which the prosecution service comes back."""

    def __init__(self, node: Node, world: World, clock: SteppedClock) -> None:
        self.node, self.world, self._clock = node, world, clock

    def before(self) -> None:
        """All that was there before the cut; and the theft is known, and another key."""
        self._clock.set(parse_rfc3339(BEFORE))
        self.node.set_partner(OM, Wish(keys=(_key(STOLEN_KEY, BEFORE),)), by=_ONE["by"], why="its key")
        self.node.receive(self.world.persons)
        self.take(self.world.before())
        self._clock.set(parse_rfc3339(BACK) - timedelta(hours=1))
        self.node.set_partner(OM, Wish(keys=(_key(NEW_KEY, THEFT),), revoke=(STOLEN_KEY,)), by=_ONE["by"], why="stolen")
        self._clock.set(parse_rfc3339(BACK))

    def take(self, batch: Batch) -> None:
        """Take a batch, and say by which came what is new of it."""
        before, tree = self.node.position, Frontier()
        self.node.receive(batch.raws)
        new = list(self.node.store.rows_at(range(before + 1, self.node.position + 1)))
        if not new:
            return
        tree.extend([leaf_hash(bytes.fromhex(digest_in(raw))) for raw in batch.raws])
        act = BatchTaken(
            oin=OM,
            key=batch.key,
            made_at=batch.made_at,
            source=GPS.source,
            first=batch.first,
            last=batch.first + len(batch.raws) - 1,
            root=tree.root().hex(),
            entered=(min(new), max(new)),
            carried=batch.carried,
        )
        self.node.decide(BATCH_TAKEN, act)

    def charges(self) -> Charges:
        """Every charge that is shown."""
        return {
            f"{case.prosecution_number}#{one.charge}": (person.skn, one.outcome)
            for person in self.node.persons()
            for case in person.cases
            for one in case.charges
        }

    def facts(self, renamed: dict[str, str]) -> str:
        """A digest of all facts, in which what had to be sent under another id stands under its own."""
        ids = {f'"id":"{new}"'.encode(): f'"id":"{old}"'.encode() for new, old in renamed.items()}
        lines = list[bytes]()
        for line in (line for person in self.node.persons() for line in person.facts()):
            for new, old in ids.items():
                line = line.replace(new, old)
            lines.append(line)
        return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()

    def standing(self) -> Iterator[tuple[Row, str]]:
        """All that stands here in the name of the prosecution service since the cut, with its digest."""
        feed = next(feed for feed in self.node.store.feeds() if feed.name == GPS.source)
        rows = self.node.store.rows_at(self.node.store.sequence_run(feed.number, self.world.known + 1, feed.highest).values())
        entries = self.node.store.entries_at(rows)
        for position, row in sorted(rows.items()):
            yield row, digest_of(self.node.keys, entries[position]).hex()

    def forged(self) -> Iterator[tuple[Row, Forgery]]:
        """The forgeries in custody, by the book."""
        for row, digest in self.standing():
            if digest in self.world.forgeries:
                yield row, self.world.forgeries[digest]

    def horizon(self) -> dict[str, Any]:
        """What is known of the source of the prosecution service."""
        return next(row for row in self.node.horizon() if row["source"] == GPS.source)


Some = TypeVar("Some", bound=Register)


class Returned(Register):
    """A register with a lane, and those who look at what lies inside."""

    def __init__(self, node: Node, world: World, clock: SteppedClock) -> None:
        super().__init__(node, world, clock)
        self.quarantine = Quarantine(node)
        self.told: dict[str, Any] = {}
        self._removed: set[str] = set()
        self._counted: set[int] = set()
        self._released = 0
        self._shown: Charges = {}

    def comes_back(self, truly: Charges, progress: Progress) -> None:
        """The whole return. `truly`: what is shown at the end where nobody forged, by which nothing may go meanwhile."""
        self._shown = {name: found for name, found in self.charges().items() if name in truly}
        self.quarantine.open(OM, **_ONE, why="it comes back after an intrusion")
        self.node.receive(self.world.courts)
        for done, batch in enumerate(self.world.arriving):
            progress("returning-intruder", done, len(self.world.arriving))
            self.take(batch)
            self._look()
        self.told["inside"] = len(self.quarantine.listing(OM)["messages"])
        strange = self._compare("first")
        self._let_through(strange, "laid beside their own list")
        self._corrected()
        left = self._compare("second")
        retracted = {at for at in left if self.node.store.rows_at([at])[at].ident in self._taken_back()}
        self.told["retracted_by_its_sender"] = len(retracted)
        self._let_through(left - retracted, "they took back what they never sent")
        self.told["left_inside"] = self.quarantine.close(OM, **_TWO, why="all is through")["inside"]

    def _look(self) -> None:
        """Whether anything is gone that was shown, or a forgery counts for anything."""
        now = self.charges()
        self._removed |= {name for name, (skn, _) in self._shown.items() if now.get(name, ("", ""))[0] != skn}
        self._counted |= {row.position for row, _ in self.forged() if row.state == APPLIED and not row.retracted}

    def _compare(self, which: str) -> set[int]:
        """The positions of what lies inside and is not on the true sender's own list, by number and digest."""
        inside, own = self.quarantine.listing(OM, parse_rfc3339(THEFT))["messages"], self.world.om.list
        strange = {one["position"] for one in inside if own.get(one["sequence"]) != one["digest"]}
        by_the_book = {row.position for row, _ in self.forged() if row.quarantined}
        self.told[which] = {"inside": len(inside), "not_on_their_list": len(strange), "right": strange == by_the_book}
        self.told.setdefault("flags", dict(sorted(Counter(flag for one in inside for flag in one["flags"]).items())))
        return strange

    def _let_through(self, but: set[int], ground: str) -> None:
        self._released = self.quarantine.release(OM, self.node.position, but, **_TWO, ground=ground)["position"]
        self._look()

    def _corrected(self) -> None:
        """The true sender is shown every conflict, and what stands here in its name; what it sends then lies in the lane as well."""
        om, rows = self.world.om, dict[int, Row]()
        own = om.list
        for row, digest in self.standing():
            if own.get(row.sequence or 0) != digest:
                rows[row.position] = row
                om.lost(row.sequence or 0, digest)
        first, settled = om.last + 1, dict[int, tuple[str, int]]()
        for one in self.node.conflicts():
            if one["open"]:
                settled.setdefault(one["with"], (one["id"] or "", one["sequence"] or 0))
        for at, (id, number) in settled.items():
            if at in rows:
                om.again(number, renamed=rows[at].id == id)
            else:
                om.restate(number)
        for row in rows.values():
            om.retract(row.id or "")
        om.mark()
        self.told["conflicts"] = {"forged_stood": len(settled.keys() & rows.keys()), "true_stood": len(settled.keys() - rows.keys())}
        self.take(Batch([om.sent[number] for number in range(first, om.last + 1)], first, NEW_KEY, LATER, "wire"))
        self._look()

    def _taken_back(self) -> set[bytes]:
        """The names of what a retraction names that was let through, or is on the true sender's list."""
        own = self.world.om.list
        listed = [one for one in self.quarantine.listing(OM)["messages"] if one["kind"] == "message-retracted"]
        rows = self.node.store.rows_at([one["position"] for one in listed if own.get(one["sequence"]) == one["digest"]])
        return {row.target for row in rows.values() if row.target is not None}

    def found(self) -> dict[str, Any]:
        """What came of every forgery: none may be applied before it was released together with what takes it back."""
        forged = list(self.forged())
        early = (row for row, _ in forged if row.applied_at is not None and (not row.retracted or row.applied_at < self._released))
        applied = {row.position for row in early} | self._counted
        ends = Counter(_end(row) for row, _ in forged)
        away = {one.number for one in self.world.forgeries.values()} - {one.number for _, one in forged}
        ends["turned away: the true one stood"] = len(away)
        suspects = self.quarantine.suspects(STOLEN_KEY)
        new = {one["position"] for one in suspects["messages"] if one["how"] == "new"}
        others = {one["sequence"] for one in self.node.conflicts()}
        listed = {row.position for row, _ in forged} <= new and away <= others
        return self.told | {
            "forged": dict(Counter(one.kind for one in self.world.forgeries.values())),
            "forged_where": dict(Counter(one.place for one in self.world.forgeries.values())),
            "became": dict(sorted(ends.items())),
            "removed": len(self._removed),
            "applied_unseen": len(applied),
            "signed_with_the_stolen_key": {"listed": len(suspects["messages"]), "states": dict(sorted(suspects["counts"].items()))},
            "all_forged_listed": listed,
            "conflicts_open": sum(one["open"] for one in self.node.conflicts()),
        }


def _end(row: Row) -> str:
    """What became of a forgery in custody."""
    if row.retracted:
        return "taken back by the true sender: applied to nothing"
    return "inside still" if row.quarantined else STATES[row.state]


@contextmanager
def _opened(place: Where, world: World, sort: type[Some]) -> Iterator[Some]:
    """A register with all that was there before the cut."""
    clock = SteppedClock(parse_rfc3339(BEFORE))
    with Node.opened(place.url, writer=True, clock=clock, keys=place.keys) as node:
        register = sort(node, world, clock)
        register.before()
        yield register


def _harm(register: Register, truly: Charges) -> dict[str, Any]:
    """What the forgeries came to in a register, and how it differs from what is true."""
    counted = Counter(forgery.kind for row, forgery in register.forged() if row.state == APPLIED)
    shown = register.charges()
    there = truly.keys() & shown.keys()
    return {
        "applied": {kind: counted[kind] for kind in KINDS},
        "charges": {
            "no longer shown": len(truly.keys() - shown.keys()),
            "under somebody else": sum(truly[name][0] != shown[name][0] for name in there),
            "with another outcome": sum(truly[name][0] == shown[name][0] and truly[name] != shown[name] for name in there),
        },
    }


def _key(id: str, valid_from: str) -> PartnerKey:
    """A key of the prosecution service, made of its name: it is nobody's."""
    raw = Ed25519PrivateKey.from_private_bytes(id.encode().ljust(32, b"\0")).public_key().public_bytes_raw()
    return PartnerKey(id=id, algorithm="ed25519", public=base64.b64encode(raw).decode(), valid_from=parse_rfc3339(valid_from))


def run(seed: int, scale: float, where: Callable[[str], Where], progress: Progress) -> dict[str, Any]:
    """The return with a lane, beside a register in which nobody forged, and one without a lane."""
    world = World(seed, scale)
    places = {name: where(name) for name in ("without_intruder", "with_lane", "without_lane")}
    with _opened(places["without_intruder"], world, Register) as clean:
        clean.node.receive([world.om.sent[number] for number in range(world.known + 1, world.true + 1)])
        clean.node.receive(world.courts)
        truly, digest, facts = clean.charges(), clean.node.digest(), clean.facts({})
    with _opened(places["without_lane"], world, Register) as bare:
        bare.node.receive(world.courts)
        for batch in world.arriving:
            bare.take(batch)
        unguarded = _harm(bare, truly)
    with _opened(places["with_lane"], world, Returned) as register:
        register.comes_back(truly, progress)
        found, shown, ended = register.found(), register.charges(), register.node.digest()
        same = register.facts(world.om.renamed) == facts
        horizon, verified = register.horizon(), register.node.verify().ok
    compared = {
        "equal": same and shown == truly and (bool(world.om.renamed) or ended == digest),
        "digests": {"without_intruder": digest["register"], "with_lane": ended["register"]},
        "under_another_id": len(world.om.renamed),
        "charges": len(truly),
        "differing": sorted(name for name in truly.keys() | shown.keys() if truly.get(name) != shown.get(name))[:20],
        "complete_until": horizon["complete_until"],
        "unreconciled": horizon["unreconciled"],
        "held": horizon["held"],
        "refused": horizon["refused"],
        "verified": verified,
    }
    sound = not (found["removed"] or found["applied_unseen"] or found["conflicts_open"] or compared["unreconciled"])
    sound = sound and not (found["left_inside"] or compared["held"] or compared["refused"])
    sound = sound and found["first"]["right"] and found["second"]["right"] and found["all_forged_listed"]
    return {
        "scenario": "returning-intruder",
        "seed": seed,
        "scale": scale,
        "synthetic": True,
        "ok": bool(sound and compared["equal"] and verified),
        "world": {"people": world.people, "before": world.known, "backlog": world.true - world.known, "batches": len(world.arriving)},
        "with_lane": found,
        "compared": compared,
        "without_lane": unguarded,
        "stores": {name: place_of(place.url).shown for name, place in places.items()},
    }
