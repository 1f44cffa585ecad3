"""Corrections of applications on which steps were taken: no step is lost, and what was granted for another is opened again."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.applications import REQUESTED
from hervat.consumers.certificates.steps import Deciding
from hervat.errors import NotSo
from hervat.reopening import Reopening
from hervat.standing import CERTIFICATES, bottlenecks
from tests.rooms.certified import FEEDS, ON, OTHER_BSN, all_of, application, case, message, registered, sealed
from tests.rooms.nodes import fresh

GROUND = {"by": "a test", "ground": "g"}
NUMBERS = ("A0", "A1", "A2")
STEPS = st.tuples(st.sampled_from(NUMBERS), st.sampled_from(["propose", "grant"]))
CORRECTIONS = st.tuples(st.integers(0, 2), st.sampled_from(NUMBERS))


def corrected(sequence: int, target: int, *purposes: str, number: str, bsn: str = "999990019") -> bytes:
    """The application in the message `target` as it is put right."""
    new = application(*purposes, number=number, bsn=bsn)[2]
    return message("vog", sequence, "message-corrected", {"corrects": {"source": FEEDS["vog"], "id": f"vog-{target}"}, "data": new})


def take(node: Node, number: str, step: str) -> None:
    """A step on each procedure under a number; where there are several, none without saying on which."""
    at = Certificates(node)
    several = at.procedures(number)
    if len(several) > 1:
        for act in (at.propose, partial(at.decide, outcome="granted", **GROUND), at.shown, at.proposed, at.looked):
            with pytest.raises(NotSo, match="name one with --place"):
                act(number=number, on=ON)
    for one in several:
        try:
            at.propose(number, ON, place=one.place)
            if step == "grant":
                at.decide(number, "granted", ON, place=one.place, **GROUND)
        except NotSo as refused:
            assert "what may follow" in str(refused)
            event("may not follow")


@given(done=st.lists(st.one_of(STEPS, CORRECTIONS), max_size=8))
def test_whatever_numbers_are_corrected_into_no_step_is_lost(done: list[tuple[object, str]]) -> None:
    with fresh("memory") as node:
        node.receive(all_of(sealed([registered(), *(application(number=number) for number in NUMBERS)])))
        sequence = 3
        for what, other in done:
            if isinstance(what, int):
                sequence += 1
                node.receive([corrected(sequence, what + 1, number=other)])
            else:
                take(node, str(what), other)
        at, places = Certificates(node), [row.position for row in node.store.of_kind(REQUESTED, node.position)]
        stepped = {place: steps for place in places if (steps := at.procedure.steps(place))}
        of = {number: [place for place in stepped if at.number_at(place, node.position) == number] for number in NUMBERS}
        found = {position for steps in stepped.values() for position, one in steps if isinstance(one, Deciding)}
        event(f"{len(found)} decisions; most procedures on a number: {max(map(len, of.values()))}")
        for number, begun in of.items():
            under = {one.place: at.shown(number, ON, place=one.place)[2] for one in at.procedures(number)}
            assert not begun or under == {place: stepped[place] for place in begun}
        undecided = {one.place for one in at.undecided(ON)}
        assert undecided <= {one.place for number in NUMBERS for one in at.procedures(number)}
        assert {place for place in stepped if at.procedure.state(place).is_open} == undecided & stepped.keys()
        assert all(one.place in stepped or not of[one.requested.number] for one in at.undecided(ON))
        (bottleneck,) = [one for one in bottlenecks(node) if one.name == CERTIFICATES]
        assert bottleneck.affected == len(undecided)
        # What counts now counts for all of them, and each is looked at again.
        ((_, kind, data),) = case(1, ON - timedelta(days=90), "registered")
        node.receive([message("gps", 2, kind, data)])
        Reopening(node).step(ON)
        listed = Reopening(node).listing()
        assert {one.difference.decision for one in listed} == found
        while listed:
            one, *listed = listed
            if listed and one.number in {other.number for other in listed}:
                with pytest.raises(NotSo, match="name one with --place"):
                    Reopening(node).close(one.number, "no-consequence", **GROUND)
                closed = Reopening(node).close(one.number, "no-consequence", **GROUND, place=one.difference.application)
            else:
                closed = Reopening(node).close(one.number, "no-consequence", **GROUND)
            assert closed["decision"] == one.difference.decision
        assert Reopening(node).listing() == []


@pytest.mark.parametrize(
    ("purposes", "bsn", "of_another"), [(("profile 65",), "999990019", False), (("aspect 84",), OTHER_BSN, True)]
)
def test_a_grant_for_another_purpose_or_another_number_is_opened_again_though_nothing_counts(
    purposes: tuple[str, ...], bsn: str, of_another: bool
) -> None:
    with fresh("memory") as node:
        node.receive(all_of(sealed([registered(), application("aspect 84", number="A0")])))
        take(node, "A0", "grant")
        assert Reopening(node).step(ON)["opened"] == 0
        node.receive([corrected(2, 1, "aspect 84", number="A0")])
        assert Reopening(node).step(ON)["opened"] == 0
        node.receive([corrected(3, 1, *purposes, number="A0", bsn=bsn)])
        assert Reopening(node).step(ON)["opened"] == 1
        (one,) = Reopening(node).listing()
        assert (one.before, one.now, one.asked_before, one.asked_now) == ((), (), ("aspect 84",), purposes)
        assert one.of_another is of_another
        node.receive([corrected(4, 1, "aspect 84", number="A0")])
        assert Reopening(node).step(ON)["withdrawn"] == 1
