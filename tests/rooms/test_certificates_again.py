"""Decisions opened again: for any history, blind window and interim rule, exactly those that an uncut world would propose otherwise."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.again import OPENED_AGAIN, counting
from hervat.consumers.certificates.proposing import on_what_is_known
from hervat.consumers.certificates.steps import Consulting, Hearing, Intending, Objecting
from hervat.consumers.ruling import Ruling
from hervat.errors import NotSo
from hervat.interim import InterimRule
from hervat.journal.acts import acts_of
from hervat.reopening import Reopening
from tests.rooms.certified import APPLIED, FEEDS, ON, OTHER_BSN, Said, all_of, application, case, message, registered, sealed
from tests.rooms.nodes import fresh
from tests.rooms.test_certificates_search import CASES

NUMBERS = ("A0", "A1", "A2")
GROUND = {"by": "a test", "ground": "g"}


@st.composite
def worlds(draw: st.DrawFn) -> list[Said]:
    """Two persons, cases of both, three applications; perhaps a merge, a retraction, a correction of a number, and another identity."""
    cases = [said for number in range(draw(st.integers(1, 3))) for said in case(number, *draw(CASES))]
    asked = [("aspect 84", "999990019"), ("profile 65", "999990019"), ("aspect 84", OTHER_BSN)]
    said = [registered(), registered("S2", draw(st.sampled_from([None, OTHER_BSN]))), *cases]
    said += [application(purpose, number=number, bsn=bsn) for number, (purpose, bsn) in zip(NUMBERS, asked, strict=True)]
    day = {"decided_on": "2025-07-01", "ground": "x"}
    if draw(st.booleans()):
        said.append(("skdb", "persons-merged", {"kept": "S1", "merged": "S2", **day}))
        if draw(st.booleans()):
            named = {"source": FEEDS["skdb"], "id": "skdb-3"}
            said.append(("skdb", "persons-split", {"undoes": named, **day}))
    first, how = {"source": FEEDS["gps"], "id": "gps-1"}, draw(st.sampled_from(["stands", "is retracted", "has another charge"]))
    if how == "is retracted":
        said.append(("gps", "message-retracted", {"retracts": first, "ground": "x"}))
    elif how == "has another charge":
        # What was decided on the first charge loses its support.
        data = next(data for _, kind, data in cases if kind == "case-registered")
        charges = [one | {"charge": 2} for one in data["charges"]]
        said.append(("gps", "message-corrected", {"corrects": first, "data": data | {"charges": charges}}))
    if draw(st.booleans()):
        identity = {"set": "2", "surname": "A", "bsn": OTHER_BSN}
        said.append(("skdb", "identity-added", {"skn": "S1", "identity": identity, "leading": False}))
    if draw(st.booleans()):
        named = {"source": FEEDS["vog"], "id": "vog-1"}
        purpose, bsn = draw(st.sampled_from(["aspect 21", "aspect 84"])), draw(st.sampled_from([OTHER_BSN, "999990019"]))
        said.append(("vog", "message-corrected", {"corrects": named, "data": application(purpose, number="A0", bsn=bsn)[2]}))
    if draw(st.booleans()):
        # Somebody gets a number, or loses it.
        bsn = draw(st.sampled_from([None, OTHER_BSN]))
        said.append(("skdb", "message-corrected", {"corrects": {"source": FEEDS["skdb"], "id": "skdb-1"}, "data": registered(bsn=bsn)[2]}))
    return said


RULES = st.sampled_from(["decide", "ask", "both"])


def open_rules(node: Node, which: str) -> None:
    told: dict[str, Any] = {"authority": "a", "ground": "g", "purposes": ("every",), "from_": APPLIED}
    made = {
        "decide": [InterimRule(name="r", does="decide", **told)],
        "ask": [InterimRule(name="r", does="ask", ask="police", **told)],
        "both": [
            InterimRule(name="r", does="ask", ask="police", risk="vulnerable", **told),
            InterimRule(name="s", does="decide", risk="ordinary", **told),
        ],
    }
    for rule in made[which]:
        Ruling(node.store, node.keys, node.decide).open(rule, by="a", why="w")


def decide(node: Node, number: str) -> bool:
    """Grant, as people do; whether it could be: the application may not be there yet, or be decided on already."""
    at = Certificates(node)
    try:
        at.propose(number, ON)
        at.step(number, ON, Consulting, None, {"by": "a", "source": "police", "said": "nothing"})
        at.decide(number, "granted", ON, **GROUND)
    except NotSo:
        return False
    return True


def known(node: Node, number: str) -> Any:
    """What is proposed on what is known, what counts in it, what is asked for and for whom, without a position."""
    looked = Certificates(node).looked(number, ON)
    found = on_what_is_known(looked)
    return found.proposal, counting(looked, found), looked.requested.asked_for, looked.requested.bsn


def told(node: Node) -> list[tuple[int, str, str]]:
    """Everything that was told of decisions, in order."""
    read = acts_of(node.store, node.keys, (OPENED_AGAIN,), msgspec.json.decode, "act", node.position)
    return [(one["decision"], one["says"], one["basis"]) for _, act in read for one in act["differences"]]


@given(world=worlds(), rules=RULES, data=st.data())
def test_opened_again_is_what_an_uncut_world_would_propose_otherwise(world: list[Said], rules: str, data: st.DataObject) -> None:
    feeds = sealed(world)
    asked = feeds.pop("vog") if data.draw(st.booleans()) else []
    raws = [*asked, *data.draw(st.permutations(all_of(feeds)))]
    cuts = sorted(data.draw(st.lists(st.integers(len(asked), len(raws)), min_size=1, max_size=4)))
    then: dict[str, Any] = {}
    with fresh("memory") as node, fresh("memory") as uncut:
        uncut.receive(raws)
        open_rules(node, rules)
        done = 0
        for cut in [*cuts, len(raws)]:
            node.receive(raws[done:cut])
            done = cut
            for number in data.draw(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=2)):
                if decide(node, number):
                    with fresh("memory") as before:
                        before.receive(raws[:cut])
                        then[number] = known(before, number)
            if data.draw(st.booleans()):
                Reopening(node).step(ON)
        Reopening(node).step(ON)
        expected = {number for number, basis in then.items() if basis != known(uncut, number)}
        listed = Reopening(node).listing()
        assert {one.number for one in listed} == expected and len(listed) == len(expected)
        for one in listed:
            *before, bsn_then = then[one.number]
            *now, bsn_now = known(uncut, one.number)
            assert [one.difference.before, one.before, one.asked_before] == before
            assert ([one.difference.now, one.now, one.asked_now], one.of_another) == (now, bsn_then != bsn_now)
        event(f"{len(then)} decided, {len(expected)} otherwise")
        for decision in {each[0] for each in told(node)}:
            of_it = [each[1:] for each in told(node) if each[0] == decision]
            assert all(before != after for before, after in pairwise(of_it)) and of_it[0][0] == "opened"
        assert Reopening(node).step(ON)["position"] is None


def complete(*said: Said) -> dict[str, list[bytes]]:
    return sealed([registered(), *said])


THEFT, RAPE = case(1, date(2025, 1, 1), "registered"), case(2, date(2025, 2, 1), "registered", "Sr 242")
ASSAULT = case(3, date(2025, 2, 1), "registered", "Sr 302", maximum=8)


def later(*said: Said, before: int) -> list[bytes]:
    """Messages of the prosecution that come after others of it and its watermark."""
    return [message(name, before + number, kind, data) for number, (name, kind, data) in enumerate(said, 1)]


def test_the_worst_comes_first_with_what_differs_and_a_person_closes_it() -> None:
    with fresh("memory") as node:
        applied = [application("aspect 84", number="A0"), application("profile 65", number="A1", bsn=OTHER_BSN)]
        applied.append(application("profile 85", number="A2"))
        node.receive(all_of(complete(registered("S2", OTHER_BSN), *applied, *THEFT)))
        assert [decide(node, number) for number in NUMBERS] == [True, True, True]
        assert Reopening(node).step(ON) == {"position": node.position, "through": node.position - 1, "opened": 0, "withdrawn": 0}
        violent = [(name, kind, data | {"skn": "S2"}) for name, kind, data in ASSAULT]
        node.receive(later(*violent, *RAPE, before=2))
        assert Reopening(node).step(ON)["opened"] == 3
        listed = Reopening(node).listing()
        assert [one.number for one in listed] == ["A0", "A2", "A1"]
        assert [[entry[0] for entry in one.appeared] for one in listed] == [["10/000002-25#1"], ["10/000002-25#1"], ["10/000003-25#1"]]
        assert [(one.difference.before, one.difference.now) for one in listed] == [("assess", "assess")] * 2 + [("grant", "assess")]
        closed = Reopening(node).close("A0", "new-certificate-demanded", **GROUND)
        assert (closed["position"], closed["verdict"]) == (node.position, "new-certificate-demanded")
        assert [one.number for one in Reopening(node).listing()] == ["A2", "A1"]
        for number, why in (("A0", "no decision on it waits"), ("A9", "there is none of this number")):
            with pytest.raises(NotSo, match=why):
                Reopening(node).close(number, "no-consequence", **GROUND)
        # Another difference in the same decision is told again.
        node.receive(later(*case(4, date(2025, 3, 1), "registered"), before=4))
        assert Reopening(node).step(ON)["opened"] == 2
        assert {one.number for one in Reopening(node).listing()} == set(NUMBERS)


def test_what_is_no_more_so_is_withdrawn_and_told_again_where_it_comes_back() -> None:
    with fresh("memory") as node:
        node.receive(all_of(complete(application(number="A0"))))
        assert decide(node, "A0")
        node.receive(later(*THEFT, before=1))
        assert Reopening(node).step(ON)["opened"] == 1
        for number, target in ((3, "gps-2"), (4, "gps-3")):
            retraction = {"retracts": {"source": FEEDS["gps"], "id": target}, "ground": "x"}
            node.receive([message("gps", number, "message-retracted", retraction)])
            Reopening(node).step(ON)
            assert bool(Reopening(node).listing()) == (number == 4)
        assert [says for _, says, _ in told(node)] == ["opened", "withdrawn", "opened"]


def test_a_refusal_that_was_decided_on_again_leaves_the_list() -> None:
    with fresh("memory") as node:
        node.receive(all_of(complete(application(number="A0"), *THEFT)))
        at, by = Certificates(node), {"by": "a test"}
        at.propose("A0", ON)
        at.step("A0", ON, Intending, None, GROUND)
        at.step("A0", ON, Hearing, None, by)
        later_on = ON + timedelta(days=1)
        at.decide("A0", "refused", later_on, **GROUND)
        retraction = {"retracts": {"source": FEEDS["gps"], "id": "gps-1"}, "ground": "x"}
        node.receive([message("gps", 3, "message-retracted", retraction)])
        Reopening(node).step(ON)
        (one,) = Reopening(node).listing()
        assert (one.difference.before, one.difference.now, [entry[0] for entry in one.gone]) == ("assess", "grant", ["10/000001-25#1"])
        at.step("A0", later_on, Objecting, None, by)
        assert at.decide("A0", "granted", later_on, **GROUND)["stage"] == "granted"
        assert Reopening(node).listing() == []
        with pytest.raises(NotSo, match="no decision on it waits"):
            Reopening(node).close("A0", "decided-again", **GROUND)


def test_an_application_whose_number_was_corrected_is_looked_at_by_its_place_and_stops_no_other() -> None:
    with fresh("memory") as node:
        said = [registered("S2", OTHER_BSN), application(number="A0"), application(number="A1", bsn=OTHER_BSN)]
        node.receive(all_of(complete(*said)))
        assert decide(node, "A0") and decide(node, "A1")
        named = {"source": FEEDS["vog"], "id": "vog-1"}
        node.receive([message("vog", 3, "message-corrected", {"corrects": named, "data": application(number="A9")[2]})])
        node.receive(later(*THEFT, *case(2, date(2025, 2, 1), "registered", skn="S2"), before=1))
        assert Reopening(node).step(ON)["opened"] == 2
        listed = {one.number: one for one in Reopening(node).listing()}
        assert {number: (one.difference.before, one.difference.now) for number, one in listed.items()} == {
            "A9": ("grant", "assess"),
            "A1": ("grant", "assess"),
        }
        assert [len(one.appeared) for one in listed.values()] == [1, 1]


def test_an_application_whose_bsn_was_corrected_is_found_from_what_happens_to_the_right_person() -> None:
    with fresh("memory") as node:
        node.receive(all_of(complete(registered("S2", OTHER_BSN), application(number="A0"))))
        named = {"source": FEEDS["vog"], "id": "vog-1"}
        data = application(number="A0", bsn=OTHER_BSN)[2]
        node.receive([message("vog", 2, "message-corrected", {"corrects": named, "data": data})])
        assert decide(node, "A0")
        Reopening(node).step(ON)
        node.receive(later(*case(2, date(2025, 2, 1), "registered", skn="S2"), before=1))
        assert Reopening(node).step(ON)["opened"] == 1


def test_what_was_closed_and_withdrawn_and_is_so_again_is_looked_at_again() -> None:
    with fresh("memory") as node:
        node.receive(all_of(complete(application(number="A0"))))
        assert decide(node, "A0")
        node.receive(later(*THEFT, before=1))
        Reopening(node).step(ON)
        Reopening(node).close("A0", "no-consequence", **GROUND)
        for number, target in ((3, "gps-2"), (4, "gps-3")):
            retraction = {"retracts": {"source": FEEDS["gps"], "id": target}, "ground": "x"}
            node.receive([message("gps", number, "message-retracted", retraction)])
            Reopening(node).step(ON)
            assert bool(Reopening(node).listing()) == (number == 4)


def test_what_was_erased_is_no_difference() -> None:
    with fresh("memory") as node:
        node.receive(all_of(complete(application(number="A0"), application(number="A1"))))
        assert decide(node, "A0") and decide(node, "A1")
        node.receive(later(*RAPE, before=1))
        Reopening(node).step(ON)
        assert [one.number for one in Reopening(node).listing()] == ["A0", "A1"]
        node.erase_message(Certificates(node).looked("A0", ON).place, None, by="a", ground="g")
        Reopening(node).step(ON)
        assert [one.number for one in Reopening(node).listing()] == ["A1"]
        # What is erased of the applicant is known neither then nor now.
        node.erase_person("S1", by="a", ground="g")
        Reopening(node).step(ON)
        assert Reopening(node).listing() == []
