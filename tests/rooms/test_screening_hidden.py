"""What retention hides is told to nobody: after every step receivers of signals hold for true what an asker at the register is shown."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from random import Random

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.consumers.removed import HIDDEN, REMOVED
from hervat.consumers.retention import recompute
from hervat.consumers.retention.acts import HiddenAct, Named, RemovedAct
from hervat.consumers.retention.desk import WAITING
from hervat.screening import screening_of, work_list_of
from tests.rooms.kept import FEEDS, LIGHT, SKNS, Feeds, charge, histories
from tests.rooms.nodes import THOROUGH, at, fresh
from tests.rooms.test_retention_run import DAY, ON, WHO, forecast, run
from tests.rooms.test_screening_removed import begun, receive

BSNS = dict(zip(SKNS, ("999990019", "999990020", "999990032"), strict=True))
EVER = "1950-01-01"
REGISTERING = ("case-registered", "charges-amended")
Shown = dict[str, set[int]]


@pytest.fixture(autouse=True)
def population() -> Iterator[None]:
    """The register of persons sends as well."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(FEEDS, "prk", "urn:nld:oin:00000099000000007000:systeem:prk")
        yield


@st.composite
def screened(draw: st.DrawFn) -> Feeds:
    """A history in which everybody is screened, and was before anything happened."""
    feeds = draw(histories())
    for skn, bsn in BSNS.items():
        feeds.tell("skdb", "identity-added", skn=skn, identity={"set": "2", "surname": skn, "bsn": bsn}, leading=True)
        feeds.tell("prk", "screening-enrolled", enrolment=f"E-{skn}", sector="childcare", bsn=bsn, from_=EVER)
    return feeds


def shown(node: Node) -> Shown:
    """The charges that an asker is shown, by case."""
    found: Shown = defaultdict(set)
    for skn in SKNS:
        for case in node.person(skn).get("cases", ()):
            found[case["prosecution_number"]].update(one["charge"] for one in case["charges"])
    return {pn: charges for pn, charges in found.items() if charges}


def held_for_true(node: Node) -> Shown:
    """The charges of which the receivers know that they were registered, by case, by the signals that stand."""
    told, found = screening_of(node).told(), defaultdict[str, set[int]](set)
    for work in work_list_of(node).behind([one for one in told.last.values() if one.stands], told.told_at):
        assert work.visible and work.told is not None
        if work.kind in REGISTERING:
            found[work.told["pn"]].update(one.charge for one in work.charges)
    return dict(found)


def stepped(node: Node, day: date) -> None:
    """A step, after which what was told, what a second computation says and what an asker is shown are one."""
    screening_of(at(node, day)).step(day)
    checked = screening_of(node).check()
    assert checked.ok and not checked.pending and not checked.to_withdraw, checked.difference
    assert held_for_true(node) == shown(node)


def hide(node: Node, day: date, places: list[tuple[int, int]]) -> None:
    """An act of retention as a run puts it down; it hides what of these was due on the day."""
    node.decide(HIDDEN, HiddenAct(on=day, charges=tuple(Named(*place, "misdrijf", None) for place in places), **WHO))


@THOROUGH
@given(feeds=screened(), data=st.data())
def test_what_is_held_for_true_is_what_an_asker_is_shown(feeds: Feeds, data: st.DataObject) -> None:
    first = [raw for raw in feeds.all if any(kind in raw for kind in (b"person-registered", b"identity-added", b"screening-enrolled"))]
    raws, day = [raw for raw in feeds.all if raw not in first], date(2024, 1, 1)
    Random(data.draw(st.integers(0, 9999))).shuffle(raws)
    with fresh("memory") as node:
        node.receive(first)
        while raws:
            some = data.draw(st.integers((len(raws) + 1) // 2, len(raws)))
            node.receive(raws[:some])
            raws = raws[some:]
            registering = [row.position for kind in REGISTERING for row in node.store.of_kind(kind, node.position)]
            before = shown(node)
            for _ in range(data.draw(st.integers(0, 2)) if registering else 0):
                day += data.draw(st.integers(1, 15_000)) * DAY
                named = data.draw(st.sets(st.sampled_from(registering), min_size=1))
                hide(node, day, [(place, charge) for place in sorted(named) for charge in data.draw(st.sampled_from([(1, 2), (1,)]))])
            event(f"hid something: {shown(node) != before}")
            if data.draw(st.booleans()) or not raws:
                stepped(node, day)


def test_what_is_hidden_is_withdrawn_once_and_a_message_that_lengthens_its_term_brings_it_back() -> None:
    with fresh("memory") as node:
        feeds = begun()
        receive(at(node, ON - DAY), feeds, "2200-01-01")
        forecast(node, ON - DAY)
        assert screening_of(node).step(ON - DAY)["delivered"] == 3
        assert run(node, ON)["hide"]["charges"] == {"misdrijf": 1}
        checked = screening_of(node).check()
        assert checked.ok and checked.to_withdraw == 3
        assert [screening_of(at(node, day)).step(day)["withdrawn"] for day in (ON, ON + DAY)] == [3, 0]
        feeds.case(2, "S1", date(2009, 1, 1), [charge(1, date(2009, 1, 1), maximum={"years": 4})])
        lengthens = feeds.judgment(2, date(2009, 6, 1), {1: "convicted"}, LIGHT)
        receive(node, feeds, "2201-01-01")
        assert screening_of(at(node, ON + 2 * DAY)).step(ON + 2 * DAY)["delivered"] == 3 + 2
        feeds.tell("grip", "message-retracted", retracts=lengthens, ground="g")
        receive(node, feeds, "2202-01-01")
        assert screening_of(at(node, ON + 3 * DAY)).step(ON + 3 * DAY)["withdrawn"] == 3 + 1
        assert screening_of(node).check().ok


@pytest.mark.parametrize("between", [True, False], ids=["a step while it waits", "none"])
def test_what_was_removed_is_held_for_true_by_nobody(between: bool) -> None:
    with fresh("memory") as node:
        receive(at(node, ON - DAY), begun(), "2200-01-01")
        forecast(node, ON - DAY)
        screening_of(node).step(ON - DAY)
        run(node, ON)
        if between:
            assert screening_of(node).step(ON)["withdrawn"] == 3
        assert run(node, ON + WAITING)["remove"]["charges"] == {"misdrijf": 1}
        assert screening_of(node).step(ON + WAITING)["withdrawn"] == (0 if between else 3)
        checked = screening_of(node).check()
        assert checked.ok and checked.delivered == 0, checked.difference
        assert not [one for one in screening_of(node).told().last.values() if one.stands]


def test_a_fault_in_what_either_computation_hides_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with fresh("memory") as node:
        receive(at(node, ON - DAY), begun(), "2200-01-01")
        hide(node, ON - DAY, [(row.position, 1) for row in node.store.of_kind("case-registered", node.position)])
        monkeypatch.setattr(recompute._Persons, "named_and_due", lambda *_: iter(()))
        assert screening_of(node).step(ON)["delivered"] == 0
        found = screening_of(node).check()
        assert found.differences == 3 and "the first never told it" in (found.difference or "")


@pytest.mark.parametrize("whole", [True, False], ids=["all of it", "a part of it"])
def test_what_somebody_erases_is_withdrawn_only_where_retention_had_removed_all_of_it(whole: bool) -> None:
    with fresh("memory") as node:
        receive(at(node, ON - DAY), begun(), "2200-01-01")
        assert screening_of(node).step(ON - DAY)["delivered"] == 3
        (case,) = node.store.of_kind("case-registered", node.position)
        struck = node.erase_message(case.position, None if whole else "charge:1", by="retention", ground="a term")["position"]
        node.decide(REMOVED, RemovedAct(on=ON, erased=struck, charges=(), keys=(), **WHO))
        if not whole:
            node.erase_message(case.position, None, by="somebody", ground="asked for")
        screening_of(node).step(ON)
        stands = {one.message for one in screening_of(node).told().last.values() if one.stands}
        assert (case.position in stands) == (not whole)
        assert screening_of(node).check().ok
