"""Many applications assessed at once: for each the same proposal as for one alone, its receipts byte for byte, whatever the history."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.proposing import Proposed
from hervat.consumers.certificates.steps import Suspending
from hervat.consumers.ruling import Ruling
from hervat.doors.certificates import document
from hervat.errors import NotSo, Usage
from hervat.interim import InterimRule
from hervat.law.book import replay
from hervat.looking import Asked
from tests.rooms.certified import BSN, NUMBER, ON, OTHER_BSN, Said, all_of, application, sealed
from tests.rooms.nodes import EMBEDDED, FEW, fresh
from tests.rooms.test_certificates_search import BIRTHS, worlds

FEED = "urn:nld:oin:00000099000000008000:systeem:vog"
NUMBERS = (NUMBER, *(f"vog-{number}" for number in range(2, 8)))
RULE = InterimRule(name="r", authority="x", ground="x", purposes=("every",), does="decide", from_=date(2025, 1, 1))


@st.composite
def histories(draw: st.DrawFn) -> list[bytes]:
    """A world with more applications, some of strangers, some given twice or taken back; not all of it arrives, in any order."""
    said: list[Said] = draw(worlds())
    for number in draw(st.lists(st.sampled_from(NUMBERS), max_size=8)):
        purpose = draw(st.sampled_from(["aspect 84", "profile 65", "profile 85"]))
        bsn = draw(st.sampled_from([BSN, OTHER_BSN, "999990032"]))
        on = ON + timedelta(days=draw(st.integers(-30, 3)))
        said.append(application(purpose, number=number, bsn=bsn, birth=draw(BIRTHS), on=on))
    feeds = sealed(said)
    if draw(st.booleans()):
        feeds |= sealed([*said, ("vog", "message-retracted", {"retracts": {"source": FEED, "id": "vog-1"}, "ground": "x"})])
    whole = draw(st.permutations(all_of(feeds)))
    return whole[draw(st.integers(0, 2)) :]


STEPS = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(["propose", "suspend", "decide", "rule", "erase"])), max_size=5)


def act(node: Node, number: str, what: str) -> None:
    """One act, where it may be."""
    certificates = Certificates(node)
    try:
        if what == "propose":
            certificates.propose(number, ON)
        elif what == "suspend":
            certificates.step(number, ON, Suspending, None, {"by": "x", "ground": "x"})
        elif what == "decide":
            certificates.decide(number, "granted", ON, by="x", ground="x")
        elif what == "rule":
            Ruling(node.store, node.keys, node.decide).open(RULE, by="x", why="x")
        else:
            node.erase_message(1 + NUMBERS.index(number), None, by="x", ground="x")
    except (NotSo, Usage):
        event(f"no {what}")


def told(found: Proposed | NotSo) -> Any:
    return str(found) if isinstance(found, NotSo) else document(found)


def alone(node: Node, asked: Asked, position: int | None) -> Any:
    try:
        return told(Certificates(node).proposed(asked.number, asked.on, position, source=asked.source, place=asked.place))
    except NotSo as refused:
        return told(refused)


def ensure_the_same(engine: str, raws: list[bytes], steps: list[tuple[str, str]], asked: list[Asked], share: float) -> None:
    with fresh(engine) as node:
        half = len(raws) // 2
        node.receive(raws[:half])
        certificates = Certificates(node)
        before = [told(one) for one in certificates.proposed_on(asked)]
        assert before == [alone(node, one, None) for one in asked]
        for number, what in steps:
            act(node, number, what)
        node.receive(raws[half:])
        for position in (None, round(share * node.position)):
            found = list(certificates.proposed_on(asked, position))
            assert [told(one) for one in found] == [alone(node, one, position) for one in asked]
            event(f"{sum(isinstance(one, Proposed) for one in found)} proposals")
            assert all(replay(one) == one for each in found if isinstance(each, Proposed) for one in each.whole.receipts)


ASKED = st.lists(
    st.builds(
        Asked,
        st.sampled_from(NUMBERS),
        st.sampled_from([ON, ON + timedelta(days=40)]),
        st.sampled_from([None, None, FEED, "x"]),
        st.one_of(st.none(), st.none(), st.integers(1, 12)),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("engine", EMBEDDED)
@given(raws=histories(), steps=STEPS, asked=ASKED, share=st.floats(0.1, 1))
def test_many_at_once_are_proposed_on_as_one_by_one(
    engine: str, raws: list[bytes], steps: list[tuple[str, str]], asked: list[Asked], share: float
) -> None:
    ensure_the_same(engine, raws, steps, asked, share)


@pytest.mark.postgres
@FEW
@given(raws=histories(), steps=STEPS, asked=ASKED, share=st.floats(0.1, 1))
def test_many_at_once_on_a_server(raws: list[bytes], steps: list[tuple[str, str]], asked: list[Asked], share: float) -> None:
    ensure_the_same("postgres", raws, steps, asked, share)
