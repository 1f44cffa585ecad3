"""The rehearsal `purge`: jobs that select too much or too little, stopped before a row is hidden or goes; and the sound one.

- In January 2021 a faulty job at the UK's Police National Computer deleted offence records that had to stay, and left others that were due.
  What was published of it is in `PUBLISHED`; everything else here is synthetic, and how these jobs are wrong is invented.
- A job is wrong in the first computation, and the second finds it. What both believe, because a source told it, the forecast of the days
  before finds: here a source tells of deaths that were none.
- The sound job hides what is due, and thirty days later removes it. Proofs that were made before are then laid beside what is left.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from hervat.assemble import Node
from hervat.clock import SteppedClock, end_of
from hervat.consumers.retention.desk import WAITING, Desk, Fault
from hervat.consumers.retention.weighed import Weighed
from hervat.errors import NotSo
from hervat.journal.proof import reader
from hervat.journal.tree import verify_inclusion
from hervat.reader import FOLD_AT_ONCE
from hervat.register.groups import chunks
from hervat.register.reading import Reading
from hervat.rehearsal.letter import Progress, Where
from hervat.rehearsal.oldrecords import NAMES, ROWS, TODAY, marks, records, sent_on, taken_back, wrong_deaths
from hervat.rehearsal.sources import Sources
from hervat.retaining import desk_of
from hervat.stores.opening import place_of

PUBLISHED: Final = {"offence records wrongly deleted": 209_550, "of persons": 112_697}
_BY, _GROUND = "a rehearsal", "Wjsg 4 and 6"
_PROOFS: Final = 500
_YEAR: Final = timedelta(days=365)
_ONE_IN: Final = 3
_SUM: Final = 2**256
_REGISTERING: Final = ("case-registered", "charges-amended")


def too_much(one: Weighed) -> Weighed:
    """A job that takes what comes due within a year for what is due."""
    soon = one.state == "running" and one.day is not None and one.day <= TODAY + _YEAR
    return replace(one, state="due") if soon else one


def too_little(one: Weighed) -> Weighed:
    """A job that forgets the overtredingen."""
    return replace(one, state="running") if one.rule == "overtreding" and one.state == "due" else one


@dataclass(slots=True)
class Proofs:
    """Inclusion proofs of some entries, as somebody outside kept them, with the checkpoint under which they were made."""

    size: int
    root: bytes
    checkpoint: str
    paths: dict[int, list[bytes]]

    @classmethod
    def made(cls, node: Node) -> "Proofs":
        """Of `_PROOFS` entries, evenly over the journal."""
        tree, size = reader(node.store), node.position
        positions = range(1, size + 1, max(size // _PROOFS, 1))
        return cls(size, tree.root(), node.checkpoint(), {at: list(tree.inclusion(at - 1)) for at in positions})

    def verify(self, node: Node) -> dict[str, int]:
        """How many there are, how many of their entries were erased in whole or in part, and how many do not verify any more."""
        entries, rows = node.store.entries_at(self.paths), node.store.rows_at(self.paths)
        held = {at: verify_inclusion(entries[at].leaf, at - 1, self.size, path, self.root) for at, path in self.paths.items()}
        erased, failed = sum(row.erased > 0 for row in rows.values()), sum(not one for one in held.values())
        return {"made": len(held), "erased_since": erased, "failed": failed}


def run(seed: int, scale: float, where: Callable[[str], Where], progress: Progress) -> dict[str, Any]:
    """The register, the jobs that are stopped, and the one that goes through."""
    forecast_on = TODAY - timedelta(days=6)
    rows, sources, place = round(ROWS * scale), Sources(NAMES, sent_on(forecast_on)), where("purge")
    clock = SteppedClock(end_of(forecast_on))
    with Node.opened(place.url, writer=True, clock=clock, keys=place.keys) as node:
        stream = records(sources, seed, rows)
        node.receive(stream, helped=True, progress=lambda received: progress("receiving", node.position, rows / 4))
        proofs, desk, shown = Proofs.made(node), desk_of(node), _shown(node)
        forecast = desk.record_forecast(forecast_on, by=_BY, ground=_GROUND)
        persons = forecast["persons"]
        sources.time = sent_on(TODAY)
        clock.set(end_of(TODAY))
        attempts = [*_attempts(desk, {"selects too much": too_much, "selects too little": too_little})]
        first = sources.sequence["skdb"] + 1
        node.receive(wrong_deaths(sources, _ONE_IN))
        attempts += _attempts(desk, {"both believe what a source told wrongly": same})
        node.receive(taken_back(sources, first, sources.sequence["skdb"]))
        untouched = _shown(node) == shown
        hidden = desk.run(TODAY, by=_BY, ground=_GROUND, dry=False)
        sources.time = sent_on(TODAY + WAITING)
        clock.set(end_of(TODAY + WAITING))
        node.receive(marks(sources))
        removed = desk.run(TODAY + WAITING, by=_BY, ground=_GROUND, dry=False)
        left = _charges_left(node)
        verified = proofs.verify(node)
        grown = _grown(node, proofs.checkpoint)
        messages = sum(sources.sequence.values())
    rested_on = _rows(removed, "rested_on")
    sound = {"hidden": _rows(hidden, "hide"), "removed": _rows(removed, "remove"), "newly_hidden": _rows(removed, "hide")}
    erasure = removed.get("erasure") or {"erased": (), "scrubbed": None}
    stopped = all(one["stopped"] and one["journal_untouched"] for one in attempts)
    through = not hidden["stopped"] and not removed["stopped"] and sound["removed"] == sound["hidden"] - rested_on
    return {
        "scenario": "purge",
        "seed": seed,
        "scale": scale,
        "synthetic": True,
        "ok": stopped and untouched and through and left == rows - sound["removed"] < rows and grown and not verified["failed"],
        "published": PUBLISHED,
        "register": {"rows": rows, "persons": persons, "messages": messages},
        "stopped": attempts,
        "nothing_changed_meanwhile": untouched,
        "sound": sound | {"rested_on": rested_on, "entries_erased": len(erasure["erased"]), "scrubbed": erasure["scrubbed"]},
        "rows_left": left,
        "proofs": verified | {"journal_only_grew": grown},
        "store": place_of(place.url).shown,
    }


def same(one: Weighed) -> Weighed:
    """No fault."""
    return one


def _attempts(desk: Desk, jobs: dict[str, Fault]) -> Iterator[dict[str, Any]]:
    """Runs that must be stopped, one after another."""
    runs = desk.rehearsed(TODAY, list(jobs.values()), by=_BY, ground=_GROUND)
    for name in jobs:
        before = desk.position
        found = next(runs)
        checks = Counter(one["check"] for one in found["stopped"])
        yield {
            "job": name,
            "selected": _rows(found, "hide"),
            "stopped": bool(found["stopped"]),
            "by": next(iter(checks), None),
            "rows_that_differ": _differing(found),
            "first": found["stopped"][:1],
            "journal_untouched": desk.position == before,
        }


def _rows(found: dict[str, Any], name: str) -> int:
    return sum(found[name]["charges"].values())


def _differing(found: dict[str, Any]) -> int:
    """How many rows one computation says and the other does not, or how far what is due is from what was forecast."""
    counts = [abs(one["due"] - one["forecast"]) for one in found["stopped"] if one["check"] == "forecast"]
    return sum(counts) if counts else int(found["obstacles"])


def _charges_left(node: Node) -> int:
    """How many charges the register still has, shown or hidden."""
    reading, count = Reading(node.store, node.store, node.keys), 0
    for rows in chunks(node.store, FOLD_AT_ONCE):
        said = (one.data for one in reading.messages([row for row in rows if row.kind in _REGISTERING]))
        count += len({(data.pn, one.charge) for data in said for one in data.charges})
    return count


def _shown(node: Node) -> tuple[int, int]:
    """How many persons there are, and the sum of the SHA-256 digests of what is shown of each: equal exactly where every fact is, in
    whatever order; the register is too large here for the list that `hervat digest` sorts.
    """
    count = total = 0
    for person in node.persons():
        count += 1
        total = (total + int.from_bytes(sha256(msgspec.json.encode(person)).digest())) % _SUM
    return count, total


def _grown(node: Node, checkpoint: str) -> bool:
    """Whether the journal begins with all that a checkpoint of before saw."""
    try:
        node.prove_growth(checkpoint)
    except NotSo:
        return False
    return True


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The report for a person to read, line by line."""
    register, sound, proofs = found["register"], found["sound"], found["proofs"]
    yield f"The purge, seed {found['seed']}, scale {found['scale']}: every row is synthetic, but for what was published:"
    yield "  " + "; ".join(f"{name}: {number:,}" for name, number in found["published"].items())
    yield ""
    yield f"A register of {register['rows']:,} rows (charges) of {register['persons']:,} persons, from {register['messages']:,} messages."
    for one in found["stopped"]:
        was = f"stopped by the {one['by']}, {one['rows_that_differ']:,} rows differ" if one["stopped"] else "NOT STOPPED"
        yield f"A job that {one['job']}: would hide {one['selected']:,} rows; {was}; the journal is {_as_it_was(one)}."
    meanwhile = "every fact is still shown" if found["nothing_changed_meanwhile"] else "FACTS ARE MISSING"
    yield f"After these three {meanwhile}."
    removed = f"after the waiting time removed {sound['removed']:,}, {found['rows_left']:,} left"
    yield f"The sound job: hidden {sound['hidden']:,} rows; {removed};"
    yield f"  {sound['entries_erased']:,} entries erased, whole or in part; from the files: {sound['scrubbed']}."
    kept = "all verify" if not proofs["failed"] else f"{proofs['failed']} FAIL"
    yield f"Of {proofs['made']:,} proofs made before, {proofs['erased_since']:,} are of entries that were erased since: {kept}."
    grown = "begins with all that was seen before" if proofs["journal_only_grew"] else "WAS REWRITTEN"
    yield f"The journal {grown}."
    yield "Rehearsed as it should go." if found["ok"] else "NOT AS IT SHOULD GO."


def _as_it_was(attempt: dict[str, Any]) -> str:
    return "as it was" if attempt["journal_untouched"] else "CHANGED"
