"""The rehearsal `wrong-order`: the letter with the courts' link opened before OM's, and what each way of carrying messages makes of it.

- The same messages, five times over: without a cut; back in the right order and in the wrong one, to a register that holds what it cannot
  understand yet; and both again over a relay that hands on in order of arrival to one that cannot (`relay.py`).
- What a receiver took in the end is laid beside the world's own truth, charge by charge and signal by signal.
- Harm is counted in days, without weights: for how long after the cut each decision was not known, and for how long somebody went on
  unscreened. What is never known counts until the last day.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hervat.assemble import Node
from hervat.clock import parse_rfc3339
from hervat.journal.entry import read_meta
from hervat.rehearsal.beside import Differing, differing
from hervat.rehearsal.days import CUT_ON
from hervat.rehearsal.letter import Progress, Run, Where, run_world
from hervat.rehearsal.network import Delivery, cut, uncut, wrong_order
from hervat.rehearsal.relay import PATIENCE, Relay, Relayed
from hervat.rehearsal.world import OUTCOMES, World

RIGHT, WRONG = "in_order", "wrong_order"
STORES: Final = ("no_cut", RIGHT, WRONG, f"relayed_{RIGHT}", f"relayed_{WRONG}")
_SAYS: Final = {"case-dismissed": "dismissals", "penalty-order-issued": "penalty orders", "judgment-given": "judgments"}
_SHOWN: Final = 3


@dataclass(slots=True, frozen=True)
class Carried:
    """One way of carrying: the run of its receiver, and what became of what came where a relay carried it."""

    run: Run
    relayed: Relayed | None


def run(world: World, where: Callable[[str], Where], progress: Progress, patience: timedelta = PATIENCE) -> dict[str, Any]:
    """Carry the same messages in all five ways, and compare; `patience` is that of the relay."""
    arrived = {"no_cut": list(uncut(world)), RIGHT: list(cut(world)), WRONG: list(wrong_order(world))}
    carried: dict[str, Carried] = {}
    for name in STORES:
        relayed = Relay(patience).carry(arrived[name.removeprefix("relayed_")]) if name.startswith("relayed_") else None
        deliveries = arrived[name] if relayed is None else relayed.taken
        carried[name] = Carried(run_world(name, world, deliveries, where(name), progress), relayed)
    end = max(deliveries[-1].at for deliveries in arrived.values())
    told = {name: _told(world, one, end, _arrivals(arrived[name.removeprefix("relayed_")])) for name, one in carried.items()}
    digests = {carried[name].run.digest["register"] for name in STORES[:3]}
    return {
        "scenario": "wrong-order",
        "seed": world.seed,
        "scale": world.scale,
        "synthetic": True,
        "messages": len(world.messages),
        "patience_days": patience.days,
        "ways": told,
        "same_world": len(digests) == 1,
        "ok": len(digests) == 1 and all(_right(told[name]) for name in STORES[:3]) and told[STORES[-1]]["lost"] > 0,
    }


def _right(told: dict[str, Any]) -> bool:
    """Whether a way brought what the world knows to be true."""
    return not (told["charges"]["otherwise"] or told["signals"]["never_told"] or told["lost"])


def _arrivals(deliveries: list[Delivery]) -> int:
    return len({delivery.raw for delivery in deliveries})


def _told(world: World, one: Carried, end: datetime, came: int) -> dict[str, Any]:
    """What came of one way, as the report has it."""
    of, relayed = one.run, one.relayed
    waited = sum(some.count for some in of.waited.values())
    return {
        "store": of.store,
        "came": came,
        "held_on_arrival": waited if relayed is None else 0,
        "most_held": of.most_held["held"] if relayed is None else 0,
        "refused_on_arrival": 0 if relayed is None else len(relayed.refused | relayed.unsound),
        "lost": 0 if relayed is None else len(relayed.lost - world.never_applied.keys()),
        "still_offered": 0 if relayed is None else len(relayed.offered - world.never_applied.keys()),
        "lost_by_feed": {} if relayed is None else _by_feed(relayed.lost - world.never_applied.keys()),
        "charges": _charges(differing(world, of), len(world.truth)),
        "signals": _signals(world, of, end),
        "days_not_known": _days(world, of, end),
        "digest": of.digest,
    }


def _by_feed(names: set[tuple[str, str]]) -> dict[str, int]:
    return dict(sorted(Counter(source.rpartition(":")[2] for source, _ in names).items()))


def _charges(found: dict[tuple[str, int], Differing], compared: int) -> dict[str, Any]:
    """Of how many charges the register shows something else than is so, and what: the truth first."""
    sorts = Counter(
        f"{_outcome(one.known)}, shown as {_outcome(one.shown)}" for one in found.values() if _outcome(one.known) != _outcome(one.shown)
    )
    same = len(found) - sorts.total()
    return {
        "compared": compared,
        "otherwise": len(found),
        "sorts": dict(sorts.most_common()) | ({"the outcome right, its day, its finality or its person not": same} if same else {}),
        "first": [f"{pn} charge {charge}" for pn, charge in list(found)[:_SHOWN]],
    }


def _outcome(told: Any) -> str:
    return "nothing" if told is None else str(told[1])


def _signals(world: World, of: Run, end: datetime) -> dict[str, int]:
    """What had to be told about people who are screened, and how many days they went on unscreened, after the cut."""
    never = days = 0
    for pair, so in world.pairs.items():
        if not so.due or so.on < CUT_ON:
            continue
        spoken = [of.spoken[one] for one in (pair, *so.others) if one in of.spoken]
        on = min((day for one in spoken if (day := one.told_on) is not None), default=None)
        stands = any(one.stands for one in spoken)
        never += not stands
        days += max(0, ((on if stands and on is not None else end.date()) - so.on).days)
    return {"never_told": never, "days_unscreened": days}


def _days(world: World, of: Run, end: datetime) -> dict[str, float]:
    """For how many days decisions since the cut were not known to the receiver, by what was decided."""
    known = _known_at(of)
    begun = datetime.combine(CUT_ON, datetime.min.time(), UTC)
    days = dict.fromkeys(_SAYS.values(), 0.0)
    for sent in world.messages:
        name = (sent.source, sent.id)
        if sent.kind in OUTCOMES and sent.event_at >= begun and name not in world.never_applied and name not in world.refused:
            days[_SAYS[sent.kind]] += max(timedelta(0), known.get(name, end) - sent.event_at) / timedelta(days=1)
    return {name: round(count) for name, count in days.items()}


def _known_at(of: Run) -> dict[tuple[str, str], datetime]:
    """When each message that was ever applied was first applied, by source and id."""
    with Node.opened(of.where.url, keys=of.where.keys) as node:
        names = {feed.number: feed.name for feed in node.store.feeds()}
        lives = {position: applied for position, applied in node.store.lives() if applied is not None}
        rows = node.store.rows_at(lives)
        entries = node.store.entries_at(set(lives.values()))
        moments = {position: parse_rfc3339(read_meta(entry).received_at) for position, entry in entries.items()}
        return {(names[row.source], row.id or ""): moments[lives[position]] for position, row in rows.items()}


_WAYS: Final = ("no cut", "in order", "wrong order", "relay", "relay, wrong")
_ROWS: Final[tuple[tuple[str, Callable[[dict[str, Any]], Any]], ...]] = (
    ("held on arrival", lambda one: one["held_on_arrival"]),
    ("most held at the end of a day", lambda one: one["most_held"]),
    ("refused on arrival", lambda one: one["refused_on_arrival"]),
    ("lost for good", lambda one: one["lost"]),
    ("still offered at the end", lambda one: one["still_offered"]),
    ("charges shown otherwise than they are", lambda one: one["charges"]["otherwise"]),
    ("signals never told", lambda one: one["signals"]["never_told"]),
    ("days somebody went on unscreened", lambda one: one["signals"]["days_unscreened"]),
    ("days judgments were not known", lambda one: one["days_not_known"]["judgments"]),
    ("days dismissals were not known", lambda one: one["days_not_known"]["dismissals"]),
    ("days penalty orders were not known", lambda one: one["days_not_known"]["penalty orders"]),
)


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The report for a person to read, line by line."""
    ways = [found["ways"][name] for name in STORES]
    yield f"The wrong order, seed {found['seed']}, scale {found['scale']}: every person and number is synthetic."
    yield f"{found['messages']} messages. In the wrong order the courts' link opened before OM's. A relay hands on in order of arrival, and"
    yield f"offers again for {found['patience_days']} days what the receiver refused; its receiver cannot hold."
    yield ""
    yield f"{'the same messages':<38}" + "".join(f"{name:>14}" for name in _WAYS)
    for title, count in _ROWS:
        yield f"{title:<38}" + "".join(f"{count(one):>14}" for one in ways)
    yield ""
    last = ways[-1]
    yield f"What the relay's receiver shows in the end after the wrong order, of {last['charges']['compared']} charges:"
    yield from (f"  {count:>6}  {sort}" for sort, count in last["charges"]["sorts"].items())
    lost = ", ".join(f"{feed} {count}" for feed, count in last["lost_by_feed"].items()) or "nothing"
    yield f"Lost there, by feed: {lost}."
    yield f"Same world, whatever the order, where messages are held: {'yes' if found['same_world'] else 'NO'}."
    yield "As it should go." if found["ok"] else "NOT AS IT SHOULD GO."

