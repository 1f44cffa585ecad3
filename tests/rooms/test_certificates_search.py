"""A certificate assessed on a register that is not complete cannot be said; on the completed one it is as in a world never cut."""

from datetime import date
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.proposing import Proposed
from hervat.law.book import replay
from hervat.law.certificates import Proposal
from tests.rooms.certified import NUMBER, ON, OTHER_BSN, Said, all_of, application, case, registered, sealed
from tests.rooms.nodes import fresh

CASES = st.tuples(
    st.dates(date(2012, 1, 1), date(2025, 8, 1)),
    st.sampled_from(["registered", "dismissed", "judged", "acquitted", "final", "carried out"]),
    st.sampled_from(["Sr 310", "Sr 242", "Sr 302", "Sr 9999"]),
    st.sampled_from(["S1", "S1", "S2"]),
    st.sampled_from([4, 8]),
)
BIRTHS = st.sampled_from(["1985-05-17", "2004-01-01", "2002"])


@st.composite
def worlds(draw: st.DrawFn) -> list[Said]:
    """Two persons, of whom the second may have the number as well; their cases; an application."""
    second = registered("S2", draw(st.sampled_from([None, OTHER_BSN, OTHER_BSN, "999990019"])))
    cases = [said for number in range(draw(st.integers(0, 3))) for said in case(number, *draw(CASES))]
    return [registered(), second, *cases, application(draw(st.sampled_from(["aspect 84", "profile 65"])), birth=draw(BIRTHS))]


def ask(node: Node) -> Proposed:
    return Certificates(node).proposed(NUMBER, ON)


def answered(found: Proposed) -> tuple[Any, ...]:
    """The answer without the positions it rests on."""
    whole, looked = found.whole, found.looked
    entries = {entry.about: (one.outcome, one.value) for entry, one in zip(looked.entries, whole.entries, strict=True)}
    return found.proposal, whole.lookback.value, entries, looked.skns, looked.custody, found.term.value, looked.blindness


@given(world=worlds(), data=st.data())
def test_cut_it_cannot_say_and_completed_it_is_the_answer_of_an_uncut_world(world: list[Said], data: st.DataObject) -> None:
    feeds = sealed(world)
    asked, whole = feeds.pop("vog"), all_of(feeds)
    missing = data.draw(st.sets(st.sampled_from(range(len(whole))), min_size=1))
    here = data.draw(st.permutations([raw for at, raw in enumerate(whole) if at not in missing]))
    later = data.draw(st.permutations([raw for at, raw in enumerate(whole) if at in missing]))
    with fresh("memory") as uncut, fresh("memory") as cut:
        uncut.receive([*whole, *asked])
        cut.receive([*asked, *here])
        blind = ask(cut)
        assert blind.looked.blindness.spots and blind.proposal is Proposal.CANNOT_SAY
        cut.receive(later)
        expected, found = ask(uncut), ask(cut)
        assert expected.looked.blindness.spots == () and expected.on_known is None
        assert answered(found) == answered(expected)
        assert all(replay(receipt) == receipt for one in (blind, found) for receipt in one.whole.receipts)
        event(expected.proposal)


@given(world=worlds())
def test_two_persons_with_one_number_are_never_granted(world: list[Said]) -> None:
    with fresh("memory") as node:
        node.receive(all_of(sealed(world)))
        found = ask(node)
        assert found.looked.skns in (("S1",), ("S1", "S2"))
        event(f"{len(found.looked.skns)} with the number")
        assert len(found.looked.skns) == 1 or found.proposal is Proposal.ASSESS
        assert {entry.about for entry in found.looked.entries} >= {
            f"{said[2]['pn']}#1" for said in world if said[1] == "case-registered" and said[2]["skn"] in found.looked.skns
        }


@given(world=worlds(), data=st.data())
def test_what_was_known_at_a_position_is_what_a_node_cut_off_there_says(world: list[Said], data: st.DataObject) -> None:
    raws = data.draw(st.permutations(all_of(sealed(world))))
    last = data.draw(st.integers(1, len(raws)))
    with fresh("memory") as node, fresh("memory") as earlier:
        node.receive(raws)
        earlier.receive(raws[:last])
        if any(b"certificate-requested" in raw for raw in raws[:last]):
            event("the application is there")
            assert answered(Certificates(node).proposed(NUMBER, ON, last)) == answered(ask(earlier))
