"""Part by part the two computations say what they say of the whole, whatever the parts; a fault in any one of them stops the run."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from msgspec.structs import replace

from hervat.assemble import Node
from hervat.consumers.removed import REMOVED
from hervat.consumers.retention import first, removing
from hervat.consumers.retention.beside import Beside
from hervat.consumers.retention.chosen import Choice
from hervat.consumers.retention.desk import WAITING, Fault
from hervat.consumers.retention.parts import Part, Parts
from hervat.consumers.retention.recompute import Due, Place, Second, _Persons
from hervat.consumers.retention.weighed import Weighed
from hervat.errors import StoreFault
from hervat.retaining import desk_of
from tests.rooms.kept import LIGHT, Feeds, charge, histories, pn
from tests.rooms.nodes import FEW, at, fresh
from tests.rooms.test_retention import weighed
from tests.rooms.test_retention_run import THEFT, WHO, cases, forecast, judged, kept, run
from tests.rooms.test_retention_second import ON, one_of_each

DAY = timedelta(days=1)
LATER = ON + DAY
RULES = ("dismissal", "misdrijf", "overtreding")


def whole(node: Node) -> Part:
    """Every fact in one part, whatever it belongs to."""
    found: Part = defaultdict(list)
    for _, part in Parts(node.store, node.keys).all(1):
        for kind, said in part.items():
            found[kind] += said
    for said in found.values():
        said.sort(key=lambda one: one.rank)
    return found


def names(part: Part) -> set[tuple[str, ...]]:
    """Whom and what the facts of a part speak of, by the fields that say so."""
    fields = {"skn": "person", "kept": "person", "merged": "person", "to": "person", "pn": "case", "order": "order", "judgment": "judgment"}
    every = [(kind, one) for kind, of in part.items() for one in of]
    found = {(fields[field], one.data[field]) for _, one in every for field in fields.keys() & one.data.keys()}
    found |= {("merge", *one.name) for kind, one in every if kind == "persons-merged"}
    return found | {("merge", one.data["undoes"]["source"], one.data["undoes"]["id"]) for kind, one in every if kind == "persons-split"}


@given(feeds=histories(), on=st.dates(date(2020, 1, 1), date(2090, 1, 1)), at_once=st.sampled_from((1, 1, 2, 3, 40)), data=st.data())
def test_whatever_the_parts_the_second_says_what_it_says_of_the_whole(feeds: Feeds, on: date, at_once: int, data: st.DataObject) -> None:
    with fresh("memory") as node:
        at(node, on).receive(data.draw(st.permutations(feeds.all)))
        said = [(place, due) for _, part in Parts(node.store, node.keys).all(at_once) for place, due in _Persons(part).due(on, date.max)]
        assert sorted(said, key=repr) == sorted(_Persons(whole(node)).due(on, date.max), key=repr)
        facts = Counter(one.position for _, part in Parts(node.store, node.keys).all(at_once) for of in part.values() for one in of)
        assert facts == Counter(one.position for of in whole(node).values() for one in of)
        assert set(facts.values()) <= {1}
        named = Counter(name for _, part in Parts(node.store, node.keys).all(at_once) for name in names(part))
        assert set(named.values()) <= {1}
        event(f"due: {len(said)}")


@FEW
@given(feeds=histories(), at_once=st.integers(1, 40), data=st.data())
def test_whatever_the_groups_the_first_says_the_same(feeds: Feeds, at_once: int, data: st.DataObject) -> None:
    with fresh("memory") as node, pytest.MonkeyPatch.context() as patched:
        at(node, ON).receive(data.draw(st.permutations(feeds.all)))
        before = weighed(node)
        patched.setattr(first, "_AT_ONCE", at_once)
        assert weighed(node) == before


@pytest.fixture(scope="module")
def apart() -> Iterator[Node]:
    """A register in which every part has one person: for each rule one whose charge has come due, and some whose charge has not."""
    feeds = one_of_each()
    for number in (50, 51):
        feeds.person(f"S{number}")
        feeds.case(number, f"S{number}", date(1990, 1, 1), [charge(1, date(1990, 1, 1), "Sr 242", maximum={"years": 12})])
        feeds.judgment(number, date(2000, 1, 1), {1: "convicted"}, LIGHT)
    feeds.close("2300-01-01")
    with fresh("memory") as node, pytest.MonkeyPatch.context() as patched:
        patched.setattr(first, "_AT_ONCE", 1)
        patched.setattr(Second.due, "__defaults__", (1,))
        at(node, ON).receive(feeds.all)
        forecast(node, ON)
        yield at(node, LATER)


def otherwise(place: Place, state: str) -> Fault:
    """A first computation that says of one charge what is not so."""
    def fault(one: Weighed) -> Weighed:
        return replace(one, state=state) if (one.place, one.charge) == place else one

    return fault


def test_a_charge_too_many_or_too_few_in_any_part_stops_the_run(apart: Node) -> None:
    desk, before = desk_of(apart), apart.position
    assert run(apart, LATER, dry=True)["stopped"] == []
    places = {(one.place, one.charge): one.state for one in weighed(apart, LATER).values()}
    assert Counter(places.values()) == {"due": 17, "running": 2}
    assert sum(bool(part) for _, part in desk.second(LATER)) > 15
    faults = [otherwise(place, "running" if state == "due" else "due") for place, state in places.items()]
    for place, found in zip(places, desk.rehearsed(LATER, faults, **WHO), strict=True):
        (one,) = found["stopped"]
        assert (one["check"], one["position"], one["charge"], found["obstacles"]) == ("computations", *place, 1)
        assert (one["first"] is None) == (places[place] == "due")
    assert apart.position == before


def test_a_charge_too_few_or_too_many_by_the_second_in_any_part_stops_the_run(apart: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    sound, before = Second.due, apart.position
    due = {place for _, part in desk_of(apart).second(LATER) for place in part}
    others = {(one.place, one.charge) for one in weighed(apart, LATER).values()} - due
    assert due and others
    for place in due | others:

        def wrong(self: Second, on: date, place: Place = place) -> Iterator[tuple[int, dict[Place, Due]]]:
            for begun, part in sound(self, on):
                more = {place: Due("misdrijf", on, False)} if place not in due and begun >= place[0] else {}
                yield begun, {at: one for at, one in part.items() if at != place} | more

        monkeypatch.setattr(Second, "due", wrong)
        found = run(apart, LATER)
        assert {(one["position"], one["charge"]) for one in found["stopped"]} == {place}
    assert apart.position == before


def test_a_message_that_lies_not_among_the_links_of_what_it_names_is_a_fault() -> None:
    """Else it would be in a part of its own, and what it says would lengthen nothing."""
    with fresh("memory") as node:
        at(node, ON).receive(judged(THEFT).all)
        links: dict[bytes, dict[int, bool]] = node.store._links  # type: ignore[attr-defined]
        facts = {one.position for of in whole(node).values() for one in of}
        keys = [node.keys.index_of(name) for name in ("person:S1", f"case:{pn(1)}")]
        pairs = [(key, position) for key in keys for position in links[key]]
        assert {position for _, position in pairs} == facts
        for key, position in pairs:
            was = links[key].pop(position)
            with pytest.raises(StoreFault, match=rf"links of the message at position {position} are not whole"):
                list(desk_of(node).second(ON))
            links[key][position] = was
        assert list(desk_of(node).second(ON))


dues = st.dictionaries(
    st.tuples(st.integers(1, 5), st.integers(0, 3)),
    st.builds(Due, st.sampled_from(RULES), st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 2)), st.booleans()),
)


@given(one=dues, other=dues, data=st.data())
def test_however_far_one_is_ahead_what_differs_is_what_differs(one: dict[Place, Due], other: dict[Place, Due], data: st.DataObject) -> None:
    beside = Beside()
    for which, place in data.draw(st.permutations([*((0, place) for place in one), *((1, place) for place in other)])):
        (beside.second if which else beside.first)(place, (other if which else one)[place])
    wrong = sorted(place for place in one.keys() | other.keys() if one.get(place) != other.get(place))
    assert len(beside) == len(wrong)
    assert [((of.position, of.charge), of.first, of.second) for of in beside] == [(at, one.get(at), other.get(at)) for at in wrong]


@st.composite
def charges(draw: st.DrawFn) -> Weighed:
    day = st.none() | st.dates()
    hidden_on = draw(day)
    told: dict[str, Any] = {"pn": draw(st.sampled_from("ab")), "charge": draw(st.integers(0, 2**53)), "place": draw(st.integers(1, 2**40))}
    told |= {"rule": draw(st.sampled_from(RULES)), "day": draw(day), "why": draw(st.sampled_from(("term", "death", "dismissal")))}
    told |= {"is_rested_on": draw(st.booleans()), "hidden_on": hidden_on, "counted_from": draw(day)}
    return Weighed(state="due", unverified=tuple(draw(st.lists(st.sampled_from("xyz")))), **told)


@FEW
@given(listed=st.lists(charges(), max_size=8), least=st.integers(1, 4))
def test_what_is_chosen_is_told_as_it_was(listed: list[Weighed], least: int) -> None:
    choice, again = Choice(), Choice()
    for one in listed:
        choice.weigh(one)
    for chosen in choice:
        again.add(chosen)
    for found in (choice, again):
        told = [(c.place, c.charge, c.rule, c.day, c.why, c.counted_from, c.is_rested_on, c.is_hidden) for c in found]
        assert told == [
            (w.place, w.charge, w.rule, w.day, w.why, w.counted_from, w.is_rested_on, w.hidden_on is not None) for w in listed
        ]
        assert (len(found), found.counted()) == (len(listed), Counter(one.rule for one in listed))
        lists = list(found.together(least))
        assert [one for some in lists for one in some] == list(found)
        assert all(len(some) >= least for some in lists[:-1])
        assert all(some[-1].case != after[0].case for some, after in pairwise(lists))
    assert choice.unverified == {name for one in listed for name in one.unverified}


def test_cases_go_in_steps_and_what_ends_a_run_between_two_leaves_the_rest_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removing, "_AT_ONCE", 1)
    with fresh("sqlite") as node:
        at(node, ON - DAY).receive(judged(*[THEFT] * 3, "Sr 242").all)
        forecast(node, ON - DAY)
        run(node, ON)
        desk, strikes = desk_of(at(node, ON + WAITING)), list[int]()
        strike = desk._strike

        def ending(*asked: Any) -> int:
            if strikes:
                raise StoreFault("the disk is full")
            strikes.append(strike(*asked))
            return strikes[-1]

        desk._strike = ending
        with pytest.raises(StoreFault):
            desk.run(ON + WAITING, **WHO, dry=False)
        assert (len(kept(node)), len(cases(node))) == (3, 1)
        assert node.not_scrubbed() is not None
        found = run(node, ON + WAITING)
        assert (found["stopped"], found["remove"]["charges"], len(found["erasure"]["erased"])) == ([], {"misdrijf": 2}, 4)
        assert len(node.store.acts(REMOVED, node.position)) == 3
        assert (len(kept(node)), node.not_scrubbed(), found["erasure"]["scrubbed"]) == (1, None, "done")
        assert node.verify().ok
