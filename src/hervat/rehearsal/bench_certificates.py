"""The benchmark `certificates`: what is proposed on applications, one by one, a few and many at once, on a warm register.

- The register is the letter's, as it ends: of a few messages that stay held nobody can say whom they are about, so it is blind for all,
  and what is known is weighed beside what is blind. An interim rule says to decide on what is known.
- Applications are added to it: a part of people in the register (`rates.KNOWN_APPLICANTS`), the others of people whom it does not know.
- The baseline: what lies around the same applicants looked up one by one and opened, and no law.
- A few at once are sixteen, as a desk takes them that works through a queue; the milliseconds are those until each of them is answered,
  and those of all sixteen.
- While it is measured nothing is written.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from random import Random
from typing import Any, NamedTuple, TypeVar

import msgspec

from hervat.assemble import MOST, Node
from hervat.certifying import Certificates
from hervat.clock import Clock
from hervat.consumers.certificates.proposing import Proposed
from hervat.consumers.ruling import Ruling
from hervat.errors import NotSo
from hervat.interim import EVERY, InterimRule
from hervat.looking import Asked
from hervat.message import Message
from hervat.register.reading import Reading
from hervat.rehearsal import names
from hervat.rehearsal.days import LAST, iso, on
from hervat.rehearsal.elsewhere import PURPOSES
from hervat.rehearsal.feeds import VOG
from hervat.rehearsal.network import cut
from hervat.rehearsal.rates import KNOWN_APPLICANTS
from hervat.rehearsal.world import World
from hervat.stores.baseline import Ground

T = TypeVar("T")
BATCH = 1000
_LEAST, _MOST, _AT_NATIONAL_SCALE = 100, 10_000, 50_000
_WARMING, _FEW = 200, 16
_TODAY = on(LAST)
_RULE = InterimRule(
    name="bench", authority="the bench", ground="to be measured", purposes=(EVERY,), does="decide", from_=on(LAST)
)


def measure_certificates(scale: float, seed: int, ground: Ground, clock: Clock) -> dict[str, Any]:
    """Assessments a second, and milliseconds of those that were taken one by one, beside the baseline."""
    lines, count = [delivery.raw for delivery in cut(World(seed, scale))], min(_MOST, max(_LEAST, round(_AT_NATIONAL_SCALE * scale)))
    store, keys = ground.store("certificates"), ground.folder / "certificates.key"
    with Node.opened(store, writer=True, keys=keys) as node:
        node.receive(lines, batch=BATCH, together=MOST)
        highest = max(feed.highest for feed in node.store.feeds() if feed.name == VOG.source)
        known = sorted({identity.bsn for person in node.persons() for identity in person.identities if identity.bsn})
        given = list(applications(Random(f"{seed}/applications"), count, known, highest + 1))
        node.receive([raw for _, _, raw in given], batch=BATCH, together=MOST)
        Ruling(node.store, node.keys, node.decide).open(_RULE, by="the bench", why="measured")
    with Node.opened(store, keys=keys) as node:
        figures = _figures(node, [Asked(number, _TODAY) for number, _, _ in given], [bsn for _, bsn, _ in given], clock)
        found = {"messages": len(lines), "applications": count, "known_applicants": KNOWN_APPLICANTS._asdict(), **figures}
    ground.clear()
    return found


def applications(rng: Random, count: int, known: Sequence[str], first: int) -> Iterator[tuple[str, str, bytes]]:
    """Applications: the number, the BSN of the applicant, and the message, from the sequence `first` on."""
    unknown = names.strangers()
    for number in range(count):
        bsn = rng.choice(known) if known and rng.random() < KNOWN_APPLICANTS.value else next(unknown)
        purposes = [{"kind": kind, "number": of} for kind, of in rng.sample(PURPOSES, rng.randint(1, 2))]
        told = {"application": f"bench-{number}", "bsn": bsn, "birth": names.birth(rng), "purposes": purposes}
        envelope = {
            "specversion": "1.0",
            "id": f"bench-{number}",
            "source": VOG.source,
            "type": "nl.hervat.certificate-requested.v1",
            "time": f"{iso(LAST)}T12:00:00Z",
            "sequence": str(first + number),
            "sequencetype": "Integer",
            "datacontenttype": "application/json",
            "data": told | {"applied_on": iso(LAST - rng.randint(0, 20))},
        }
        yield f"bench-{number}", bsn, msgspec.json.encode(envelope)


def _figures(node: Node, asked: Sequence[Asked], bsns: Sequence[str], clock: Clock) -> dict[str, Any]:
    baseline = _spent(partial(_opened, node), bsns, clock)
    warm = _warm(node, asked)
    one_by_one = _spent(lambda one: warm.proposed(one.number, one.on), asked, clock)
    warm = _warm(node, asked)
    answered: list[float] = []
    fews = [asked[at : at + _FEW] for at in range(0, len(asked), _FEW)]
    few_at_once = _spent(lambda few: answered.extend(_each_answered(warm, few, clock)), fews, clock)
    said = Counter[str]()
    at_once = _spent(lambda all: said.update(map(_word, Certificates(node).proposed_on(all))), [asked], clock)
    spent = {"baseline": baseline, "one_by_one": one_by_one, "in_sixteens": few_at_once, "in_batches": at_once}
    rates = {name: len(asked) / sum(of.each) for name, of in spent.items()}
    return {
        "proposed": dict(said),
        "a_second": {name: round(rate) for name, rate in rates.items()},
        "a_processor_second": {name: round(len(asked) / of.processor) for name, of in spent.items()},
        "milliseconds": {name: _milliseconds(spent[name].each) for name in ("baseline", "one_by_one")}
        | {"in_sixteens": _milliseconds(answered), "all_sixteen": _milliseconds(few_at_once.each)},
        "of_baseline": {name: round(rate / rates["baseline"], 2) for name, rate in rates.items() if name != "baseline"},
    }


def _warm(node: Node, asked: Sequence[Asked]) -> Certificates:
    """Certificates of which some were asked already."""
    warm = Certificates(node)
    for one in asked[:_WARMING]:
        warm.proposed(one.number, one.on)
    return warm


def _opened(node: Node, bsn: str) -> list[Message]:
    """The baseline: what lies around an applicant, opened and read."""
    reading = Reading(node.store, node.store, node.keys)
    found = reading.around([node.keys.index_of(f"bsn:{bsn}")])
    return list(reading.messages(list(found.rows.values())))


def _word(found: Proposed | NotSo) -> str:
    return "not-so" if isinstance(found, NotSo) else found.proposal.value


class _Spent(NamedTuple):
    """Seconds that each piece of work took by the clock, and of the processor all of them."""

    each: list[float]
    processor: float


def _spent(work: Callable[[T], object], asked: Iterable[T], clock: Clock) -> _Spent:
    each, before = [], os.times()
    for one in asked:
        began = clock.monotonic()
        work(one)
        each.append(clock.monotonic() - began)
    after = os.times()
    return _Spent(each, after.user + after.system - before.user - before.system)


def _each_answered(warm: Certificates, few: Sequence[Asked], clock: Clock) -> Iterator[float]:
    """Seconds from when some were asked until the answer to each was there."""
    began = clock.monotonic()
    for _ in warm.proposed_on(few):
        yield clock.monotonic() - began


def _milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Of the median, of the slowest of a hundred, and of the slowest of all."""
    listed = sorted(seconds)
    shares = {"p50": 0.5, "p99": 0.99}
    found = {name: round(1000 * listed[int(share * len(listed))], 2) for name, share in shares.items()}
    return found | {"max": round(1000 * listed[-1], 2)}
