"""An assessment of a register that is not complete says cannot-say; of the completed one, it is that of a world that was never cut."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.doors.public_order import Assessed, assessed
from hervat.law.immigration import Application, Residence
from hervat.law.immigration.naturalisation import NATURALISATION
from hervat.law.immigration.sliding_scale import SLIDING_SCALE
from hervat.law.value import Outcome
from tests.rooms.messages import set_hash
from tests.rooms.nodes import fresh

ON = date(2020, 1, 1)
NUMBERS = {"skdb": 1, "gps": 2, "grip": 3, "execute": 4, "gratie": 5, "ecris": 10}
FEEDS = {name: f"urn:nld:oin:00000099{number:09d}000:systeem:{name}" for name, number in NUMBERS.items()}
SKN = "S1"
QUESTIONS = {
    "immigration": (SLIDING_SCALE, Residence(ground="regular", decision="withdrawal", since=date(2000, 1, 1)).facts()),
    "naturalisation": (NATURALISATION, Application(applied_on=date(2019, 6, 1)).facts()),
}
every_question = pytest.mark.parametrize("question", QUESTIONS)

Said = tuple[str, str, dict[str, Any]]


def case(number: int, done: date, months: int, conditional: int, hours: int, ended: str, maximum: int) -> list[Said]:
    """A case with one misdrijf, as far as it came: registered, judged, final, carried out, pardoned."""
    pn, judgment = f"10/{number:06d}-01", f"j{number}"
    day = [(done + timedelta(days=30 * step)).isoformat() for step in range(6)]
    charge = {
        "charge": 1,
        "article": "Sr 310",
        "label": "l",
        "class": "misdrijf",
        "maximum": {"years": maximum},
        "period": {"from": done.isoformat(), "to": (done + timedelta(days=number)).isoformat()},
    }
    prison = {"sentence": "1", "kind": "imprisonment", "months": months + conditional}
    held_over = {"conditional": {"months": conditional, "probation_years": 2}} if conditional else {}
    service = [{"sentence": "2", "kind": "community-service", "hours": hours}] if hours else []
    sentences = [prison | held_over, *service]
    verdict = [{"charge": 1, "verdict": "convicted"}]
    judged = {"judgment": judgment, "court": "Utrecht", "instance": 1, "pn": pn, "given_on": day[2]}
    told: list[Said] = [
        ("gps", "case-registered", {"pn": pn, "skn": SKN, "office": "Utrecht", "received_on": day[1], "charges": [charge]}),
        ("grip", "judgment-given", judged | {"verdicts": verdict, "sentences": sentences}),
        ("grip", "judgment-final", {"judgment": judgment, "final_on": day[3]}),
        ("execute", "sentence-started", {"judgment": judgment, "sentence": "1", "started_on": day[4]}),
        ("execute", "sentence-ended", {"judgment": judgment, "sentence": "1", "ended_on": day[5]}),
        ("gratie", "pardon-granted", {"judgment": judgment, "decree": "d", "decided_on": day[4], "remits": [{"sentence": "1"}]}),
    ]
    return told[: {"registered": 1, "judged": 2, "final": 3, "carried out": 5, "pardoned": 6}[ended]]


def sealed(said: list[Said]) -> dict[str, list[bytes]]:
    """Every feed with its messages in sequence, and its watermark at the end: everything until long after is there."""
    feeds: dict[str, list[bytes]] = defaultdict(list)
    for name, kind, data in said:
        feeds[name].append(_message(name, len(feeds[name]) + 1, kind, data))
    for name in FEEDS:
        before = feeds[name]
        claim = {"through_sequence": len(before), "count": len(before), "complete_until": "2025-01-01T00:00:00Z"}
        before.append(_message(name, len(before) + 1, "watermark", claim | {"set_hash": set_hash(before)}))
    return feeds


def _message(name: str, sequence: int, kind: str, data: dict[str, Any], **more: str) -> bytes:
    envelope = {"specversion": "1.0", "id": f"{name}-{sequence}", "source": FEEDS[name], "type": f"nl.hervat.{kind}.v1"}
    told = {"time": "2020-01-01T08:00:00Z", "sequence": str(sequence), "sequencetype": "Integer"}
    return rfc8785.dumps(envelope | told | more | {"datacontenttype": "application/json", "data": data})


REGISTERED: Said = ("skdb", "person-registered", {"skn": SKN, "identity": {"set": "1", "surname": "A"}})
ABROAD: Said = (
    "ecris",
    "foreign-conviction-notified",
    {
        "skn": SKN,
        "member_state": "BE",
        "reference": "r",
        "decided_on": "2003-05-01",
        "final_on": "2003-06-01",
        "offences": [{"ecris": "1502 00", "date": "2003-01-01"}],
        "sanctions": [{"ecris": "1001", "months": 3}],
    },
)
CASES = st.tuples(
    st.dates(date(2001, 1, 1), date(2016, 12, 31)),
    st.integers(1, 20),
    st.integers(0, 3),
    st.sampled_from([0, 0, 60, 240]),
    st.sampled_from(["registered", "judged", "final", "carried out", "carried out", "pardoned"]),
    st.sampled_from([4, 8]),
)


@st.composite
def worlds(draw: st.DrawFn) -> list[Said]:
    cases = [case(number, *draw(CASES)) for number in range(draw(st.integers(0, 4)))]
    abroad = [ABROAD] if draw(st.integers(0, 3)) == 0 else []
    return [REGISTERED, *(said for one in cases for said in one), *abroad]


def ask(node: Node, question: str) -> Assessed:
    rule, told = QUESTIONS[question]
    return assessed(node, SKN, rule, told, ON)


def answered(found: Assessed) -> tuple[Any, ...]:
    """The answer without the positions it rests on."""
    result = found.result
    assert result is not None
    return result.outcome, result.value, result.missing, result.unverified, result.changes_on, result.because, found.blind


@every_question
@given(world=worlds(), data=st.data())
def test_cut_it_cannot_say_and_completed_it_is_the_answer_of_an_uncut_world(question: str, world: list[Said], data: st.DataObject) -> None:
    whole = [raw for feed in sealed(world).values() for raw in feed]
    missing = data.draw(st.sets(st.sampled_from(range(len(whole))), min_size=1))
    here = data.draw(st.permutations([raw for at, raw in enumerate(whole) if at not in missing]))
    later = data.draw(st.permutations([raw for at, raw in enumerate(whole) if at in missing]))
    with fresh("memory") as uncut, fresh("memory") as cut:
        uncut.receive(whole)
        cut.receive(here)
        blind = ask(cut, question)
        assert blind.blind
        assert blind.result is None or blind.result.outcome is Outcome.CANNOT_SAY
        cut.receive(later)
        expected = ask(uncut, question)
        assert expected.blind == ()
        assert answered(ask(cut, question)) == answered(expected)
        event(expected.result.outcome if expected.result is not None else "unknown")


@every_question
def test_whom_the_register_does_not_know_is_not_answered(question: str) -> None:
    with fresh("memory") as node:
        node.receive([raw for feed in sealed([REGISTERED]).values() for raw in feed])
        rule, told = QUESTIONS[question]
        assert assessed(node, "S9", rule, told, ON).result is None
        known = assessed(node, SKN, rule, told, ON).result
        assert known is not None and known.outcome is not Outcome.CANNOT_SAY
        before = assessed(node, SKN, rule, told, ON, position=0)
        assert before.result is None and before.blind


def test_a_kind_that_nobody_sends_is_a_blind_spot() -> None:
    with fresh("memory") as node:
        feeds = sealed([REGISTERED])
        node.receive([raw for name, feed in feeds.items() if name != "ecris" for raw in feed])
        found = ask(node, "immigration")
        assert found.blind == ("no source for foreign-conviction-notified",)
        assert found.result is not None and found.result.outcome is Outcome.CANNOT_SAY


def test_a_source_must_be_complete_up_to_the_day_of_the_decision() -> None:
    with fresh("memory") as node:
        node.receive([raw for feed in sealed([REGISTERED]).values() for raw in feed])
        rule, told = QUESTIONS["immigration"]
        # Complete until one o'clock on 1 January 2025 in Amsterdam.
        assert assessed(node, SKN, rule, told, date(2025, 1, 1)).blind == ()
        assert set(assessed(node, SKN, rule, told, date(2025, 1, 2)).blind) == set(FEEDS.values())


FINAL = {"judgment": "of nobody", "final_on": "2019-01-01"}


@pytest.mark.parametrize(
    ("late", "blind"),
    [
        pytest.param(("skdb", 2, "person-registered", {"skn": "S3", "identity": REGISTERED[2]["identity"]}, {}), {"skdb"}, id="a gap"),
        pytest.param(("grip", 1, "judgment-final", FINAL, {"subject": SKN}), {"grip"}, id="held about the person"),
        pytest.param(("grip", 1, "judgment-final", FINAL, {}), {"grip"}, id="held about anyone"),
        pytest.param(("grip", 1, "judgment-final", FINAL, {"subject": "S2"}), set(), id="held about somebody else"),
    ],
)
def test_what_is_missing_or_held_beyond_what_a_source_says_is_a_blind_spot(
    late: tuple[str, int, str, dict[str, Any], dict[str, str]], blind: set[str]
) -> None:
    """It comes after the watermark, which goes on holding: only what lies beyond it tells."""
    name, beyond, kind, data, more = late
    feeds = sealed([REGISTERED, ("skdb", "person-registered", {"skn": "S2", "identity": {"set": "1", "surname": "B"}})])
    with fresh("memory") as node:
        node.receive([raw for feed in feeds.values() for raw in feed])
        assert ask(node, "immigration").blind == ()
        node.receive([_message(name, len(feeds[name]) + beyond, kind, data, **more)])
        assert set(ask(node, "immigration").blind) == {FEEDS[one] for one in blind}
