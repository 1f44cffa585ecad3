"""Whether a node kept the gates of the letter's restart, found without asking the node: by the acts in the order of the journal, by the
plan, by when each message was admitted, and by what the rehearsal knows of the gate that it made fail.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from hervat.assemble import Node
from hervat.intake.switching import Isolated, LinkMoved, RestartBegun, RestartEnded
from hervat.journal.store import Row
from hervat.rehearsal.feeds import GPS, GRIP
from hervat.rehearsal.gated import OM_LINK, Record
from hervat.restart.acts import AnyOfRun, GateLost, GatePassed, StepDone
from hervat.restart.run import BY_HAND, OPENED, OPENING, At

_FEW: Final = 5
Acts = list[tuple[At, AnyOfRun]]


def broken(node: Node, record: Record, acts: Acts) -> list[str]:
    """What went through a gate that was not open, in sentences; empty where every gate was kept."""
    followed = _Followed(record)
    for at, act in acts:
        followed.follow(at.position, act)
    return [*followed.broken, *_admitted_outside(node, record, acts, followed), *_failing_let_through(record, acts)]


def governed(node: Node) -> Iterable[Row]:
    """Every message of the sources whose links the plan opens."""
    for feed in node.store.feeds():
        if feed.name in (GPS.source, GRIP.source):
            yield from node.store.rows_at(node.store.sequence_run(feed.number, 1, feed.highest).values()).values()


class _Followed:
    """The acts of a run gone through once: what was complete and passed at each, and between which positions each link was open."""

    def __init__(self, record: Record) -> None:
        self.plan = record.plan
        self.asked = {step.id: {one.gate for one in step.gates} & set(OPENING if step.feed else BY_HAND) for step in self.plan.steps}
        self.complete, self.passed, self.broken = set[str](), set[tuple[str, str]](), list[str]()
        self.since: dict[str, int] = {}
        self.opened: dict[str, list[range]] = {}

    def follow(self, position: int, act: AnyOfRun) -> None:
        if isinstance(act, StepDone):
            self._ensure_nothing_lacks(position, act.step)
            self.complete |= {act.step} if self.plan.step(act.step).act != "open" else set()
        elif isinstance(act, GatePassed | GateLost):
            (self.passed.add if isinstance(act, GatePassed) else self.passed.discard)((act.step, act.gate))
        elif isinstance(act, LinkMoved):
            self._moved(position, act)

    def _moved(self, position: int, act: LinkMoved) -> None:
        if act.state != "held":
            self._ensure_nothing_lacks(position, act.step)
        (self.complete.add if act.state == "live" else self.complete.discard)(act.step)
        if act.state not in OPENED:
            if act.step in self.since:
                self.opened.setdefault(act.step, []).append(range(self.since.pop(act.step), position))
            return
        self.since.setdefault(act.step, position)
        if missed := self.asked[act.step] - {gate for step, gate in self.passed if step == act.step}:
            self.broken.append(f"{act.step} was let through at position {position} without {', '.join(sorted(missed))}")

    def _ensure_nothing_lacks(self, position: int, id: str) -> None:
        if lacks := {wait.step for wait in self.plan.step(id).waits_for} - self.complete:
            self.broken.append(f"{id} went on at position {position} before {', '.join(sorted(lacks))} was complete")


def _admitted_outside(node: Node, record: Record, acts: Acts, followed: _Followed) -> Iterator[str]:
    """The messages that were admitted, or applied before that, while their link was closed."""
    ended = next((at.position for at, act in acts if isinstance(act, RestartEnded)), node.position + 1)
    closed = {GPS.source: _first(acts, Isolated), GRIP.source: _first(acts, RestartBegun)}
    numbers = {feed.number: feed.name for feed in node.store.feeds()}
    links = {step.feed: step.id for step in record.plan.steps if step.feed}
    rows = list(governed(node))
    for name, first in closed.items():
        if first is None:
            yield f"nothing ever closed {name}"
            continue
        since = followed.since.get(links[name], ended)
        let = [range(first), *followed.opened.get(links[name], []), range(since, node.position + 1)]
        of = [(row, row.admitted_at) for row in rows if numbers[row.source] == name and row.admitted_at is not None]
        wrong = [(row, at) for row, at in of if not _is_within(at, let) or (row.applied_at is not None and row.applied_at < at)]
        yield from (f"{row.id} was let through at position {row.applied_at or at}, of {links[name]}, closed" for row, at in wrong[:_FEW])
        if wrong[_FEW:]:
            yield f"and {len(wrong) - _FEW} messages more of {links[name]}"
        if links[name] in followed.since and not any(first < row.position < at for row, at in of):
            yield f"nothing of {links[name]} ever waited"


def _is_within(position: int, some: list[range]) -> bool:
    return any(position in one for one in some)


def _first(acts: Acts, sort: type[AnyOfRun]) -> int | None:
    return next((at.position for at, act in acts if isinstance(act, sort)), None)


def _failing_let_through(record: Record, acts: Acts) -> Iterator[str]:
    """What the gate that the rehearsal made fail let through all the same, until the rehearsal mended it."""
    gate, failed, mended = record.failing.gate, record.failed_at, record.mended_at
    if failed is None:
        if any(isinstance(act, LinkMoved) and act.step == OM_LINK and act.state in OPENED for _, act in acts):
            yield f"{OM_LINK} was let through before the rehearsal could make its gate {gate} fail"
        return
    lost = False
    for at, act in acts:
        if at.position <= failed or (mended is not None and at.position > mended):
            continue
        if isinstance(act, GatePassed) and (act.step, act.gate) == (OM_LINK, gate):
            yield f"the gate {gate} of {OM_LINK} was passed at position {at.position}, while {record.failing.what}"
        if isinstance(act, LinkMoved) and act.step == OM_LINK and act.state != "held":
            yield f"{OM_LINK} became {act.state} at position {at.position}, while {record.failing.what}"
        lost = lost or (isinstance(act, GateLost) and (act.step, act.gate) == (OM_LINK, gate))
    if record.failing.after and not lost:
        yield f"the gate {gate} of {OM_LINK} was not lost, although {record.failing.what}"
