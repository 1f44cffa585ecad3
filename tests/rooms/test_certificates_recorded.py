"""What is looked up for an application: whose record it is joined with, as which entries, and where the register is blind for it."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
import rfc8785

from hervat.certifying import Certificates
from hervat.consumers.blind import Unsettled
from hervat.consumers.certificates.blindness import TOLERATED, Blindness, blindness
from hervat.consumers.certificates.looked import Looked
from hervat.consumers.certificates.recorded import convictions_in, custody, entries
from hervat.errors import NotSo
from hervat.intake.ceilings import Ceiling
from hervat.law.certificates import Entry
from hervat.law.dated import Span
from hervat.law.value import NONE
from hervat.partner import Partners
from tests.rooms.certified import (
    BSN,
    FEEDS,
    NUMBER,
    ON,
    OTHER_BSN,
    TELLING,
    Said,
    all_of,
    application,
    case,
    message,
    registered,
    sealed,
)
from tests.rooms.nodes import fresh
from tests.rooms.story import Story

DAY = timedelta(days=1)
WHOLE = Span()


def recorded(story: Story) -> tuple[Entry, ...]:
    """The entries of person A; every message lies at position 7."""
    return entries([story.of()], lambda named: 7, convictions_in(story.messages))


def begun(charges: int = 1) -> Story:
    story = Story()
    story.person("A")
    story.case(charges=charges)
    return story


def first(story: Story, verdict: str) -> None:
    story.judgment("1994-01-01", "first", c1=verdict)


def order(story: Story) -> None:
    story.order("1994-02-01")


def annulled(story: Story) -> None:
    first(story, "convicted")
    story.final("1994-02-01", "first")
    story.tell("judgment-annulled", source="zm", judgment="first", decided_on="2024-01-01", ground="g")


@pytest.mark.parametrize(
    ("tell", "outcome", "final", "code", "decided_on"),
    [
        (lambda story: None, "open", False, None, NONE),
        (lambda story: story.tell("summons-issued", pn="10/000001-25", charges=[1], hearing_on="2025-09-01"), "open", False, None, NONE),
        (lambda story: story.dismissal("2025-02-01", "40"), "dismissed", False, "40", date(2025, 2, 1)),
        (lambda story: story.dismissal("2025-02-01", "20", conditional=True), "dismissed", False, "20", date(2025, 2, 1)),
        (lambda story: story.order("2025-02-01"), "penalty-order", False, None, date(2025, 2, 1)),
        (lambda story: story.judgment("2025-03-01"), "convicted", False, None, date(2025, 3, 1)),
        (lambda story: (order(story), story.tell("penalty-order-opposed", order="o", opposed_on="1994-03-01")), "open", False, None, NONE),
        (lambda story: first(story, "summons-void"), "open", False, None, NONE),
        (lambda story: (first(story, "not-competent"), story.judgment("2025-03-01")), "convicted", False, None, date(2025, 3, 1)),
        (lambda story: (first(story, "convicted"), story.judgment("2025-03-01")), "convicted", False, None, date(2025, 3, 1)),
        (lambda story: (annulled(story), story.judgment("2025-03-01")), "convicted", False, None, date(2025, 3, 1)),
        (
            lambda story: (story.judgment("2025-03-01", c1="acquitted"), story.final("2025-03-20")),
            *("acquitted", True, None, date(2025, 3, 1)),
        ),
    ],
)
def test_a_charge_is_an_entry_with_what_became_of_it(tell: Any, outcome: str, *, final: bool, code: str | None, decided_on: Any) -> None:
    story = begun()
    tell(story)
    (found,) = recorded(story)
    assert (found.about, found.position) == ("10/000001-25#1", 7)
    assert (found.outcome, found.final, found.dismissal_code, found.decided_on) == (outcome, final, code, decided_on)
    assert (found.offence.article, found.offence.ecris, found.offence.from_) == ("Sr 310", NONE, date(2024, 12, 1))


def test_the_first_decision_dates_an_entry_and_a_court_comes_before_the_prosecution() -> None:
    story = begun()
    story.order("2025-02-01")
    story.judgment("2025-03-01")
    story.appeal("2025-03-05")
    story.judgment("2025-08-01", "h", instance=2, on_appeal_of="j")
    (found,) = recorded(story)
    assert (found.outcome, found.decided_on) == ("convicted", date(2025, 3, 1))


def test_of_an_annulled_judgment_the_outcome_is_not_told_to_the_law() -> None:
    story = begun()
    story.judgment("2025-03-01")
    story.final("2025-03-20")
    story.tell("judgment-annulled", source="zm", judgment="j", decided_on="2025-09-01", ground="g")
    (found,) = recorded(story)
    assert found.outcome is None


def test_what_is_hidden_is_no_entry() -> None:
    story = begun(charges=2)
    story.dismissal("2025-02-01", "01")
    assert [one.about for one in recorded(story)] == ["10/000001-25#2"]


def abroad(story: Story, offences: list[dict[str, Any]], sanctions: list[dict[str, Any]]) -> None:
    told = {"member_state": "BE", "reference": "r", "decided_on": "2025-02-01", "final_on": "2025-03-01"}
    story.tell("foreign-conviction-notified", source="ecris", skn="A", **told, offences=offences, sanctions=sanctions)


def test_a_conviction_abroad_is_an_entry_for_each_offence_and_one_where_it_names_none() -> None:
    story = Story()
    story.person("A")
    abroad(story, [{"ecris": "1502 00", "date": "2025-01-04"}, {"ecris": "1000"}], [])
    first, second = recorded(story)
    assert (first.about, first.outcome, first.final, first.position) == ("BE/r#1", "convicted", True, 7)
    assert (first.offence.article, first.offence.ecris, first.offence.to) == (NONE, "1502 00", date(2025, 1, 4))
    assert (second.about, second.offence.from_, second.decided_on) == ("BE/r#2", None, date(2025, 2, 1))
    bare = Story()
    bare.person("A")
    abroad(bare, [], [])
    assert [(one.about, one.offence.ecris) for one in recorded(bare)] == [("BE/r#1", None)]


@pytest.mark.parametrize(
    ("sanctions", "periods"),
    [([{"ecris": "1001", "months": 3}], (Span(date(2025, 2, 1)),)), ([{"ecris": "8001", "amount_eur": "100.00"}], ())],
)
def test_who_was_sentenced_abroad_to_what_lasts_is_taken_to_be_in_custody_since(sanctions: Any, periods: Any) -> None:
    story = Story()
    story.person("A")
    abroad(story, [], sanctions)
    assert custody([story.of()]) == periods


def test_custody_is_from_the_first_day_of_a_sentence_to_its_last_and_of_no_fine() -> None:
    story = begun()
    story.judgment("2025-03-01")
    story.final("2025-03-20")
    assert custody([story.of()]) == ()
    story.tell("sentence-started", source="cjib", judgment="j", sentence="1", started_on="2025-06-01")
    assert custody([story.of()]) == (Span(date(2025, 6, 1)),)
    story.tell("sentence-ended", source="cjib", judgment="j", sentence="1", ended_on="2025-08-01")
    assert custody([story.of()]) == (Span(date(2025, 6, 1), date(2025, 8, 2)),)
    assert custody([story.of(valid_on="2025-07-01")]) == (Span(date(2025, 6, 1)),)


def test_with_more_persons_or_more_applications_there_is_an_entry_of_which_nothing_is_told() -> None:
    other = case(2, date(2025, 2, 1), "registered", skn="S2")
    twice = [application(), application()]
    found = looked(registered(), registered("S2"), *THEFT, *other, *twice).entries[2:]
    assert [one.about for one in found] == ["2 persons have this BSN", "more than one message gives this application"]
    assert all(one.outcome is None for one in found)


def row(until: str | None = "2025-10-01T22:00:00Z", source: str = FEEDS["gps"], **more: Any) -> dict[str, Any]:
    return {"source": source, "complete_until": until, "gaps": [], "unreconciled": False, "held": 0, "stock": []} | more


def blind(*rows: dict[str, Any], held: Any = (), anyone: int = 0) -> Blindness:
    others = [row(source=FEEDS[name]) for name in TELLING if name not in {one["source"].rpartition(":")[2] for one in rows}]
    return blindness([*others, *rows], {one["source"] for one in held}, anyone, Partners.default(), ON, Unsettled())


@pytest.mark.parametrize(
    ("found", "spans"),
    [
        (blind(), ()),
        (blind(row(None)), (WHOLE,)),
        (blind(row("2025-08-12T12:00:00Z")), (Span(date(2025, 8, 13)),)),
        (blind(row("2025-08-11T22:00:00Z")), (Span(date(2025, 8, 12)),)),
        (
            blind(row("2025-08-12T12:00:00Z"), row("2025-07-17T12:00:00Z", FEEDS["grip"])),
            (Span(date(2025, 7, 18)), Span(date(2025, 8, 13))),
        ),
        (blind(row("2025-08-12T12:00:00Z"), row(None, FEEDS["grip"])), (WHOLE,)),
        (blind(row(gaps=[{"first": 1, "last": 1}])), (WHOLE,)),
        (blind(row(unreconciled=True)), (WHOLE,)),
        (blind(held=[{"source": FEEDS["gps"]}]), (WHOLE,)),
        (blind(held=[{"source": "urn:of-nobody"}]), (WHOLE,)),
        (blind(row(held=1), anyone=1), (WHOLE,)),
        (blind(row(held=1)), ()),
        (blind(anyone=1), ()),
        (blind(row("2025-09-28T12:00:00Z")), ()),
        (blind(row("2025-09-27T12:00:00Z")), (Span(date(2025, 9, 28)),)),
        (blind(row("2025-09-30T12:00:00Z", stock=[{"count": 1}])), (Span(date(2025, 10, 1)),)),
        (blind(row("2025-09-30T12:00:00Z", stock=[{"count": 0}])), ()),
        (blind(row(None, "urn:nld:oin:00000099000000008000:systeem:vog")), ()),
    ],
)
def test_for_which_days_the_register_is_blind(found: Blindness, spans: tuple[Span, ...]) -> None:
    assert found.spans == spans


def test_silence_that_is_let_be_is_said_and_its_value_is_unverified() -> None:
    assert TOLERATED.certainty == "unverified"
    assert blind(row("2025-09-28T12:00:00Z")).let_be == ((FEEDS["gps"], date(2025, 9, 28)),)
    assert blind(row("2025-09-27T12:00:00Z")).let_be == ()


def test_a_kind_that_nobody_sends_is_a_blind_spot() -> None:
    found = blindness([row(source=FEEDS[name]) for name in TELLING if name != "ecris"], [], 0, Partners.default(), ON, Unsettled())
    assert [(one.why, one.of) for one in found.spots] == [("not-sent-here", "foreign-conviction-notified")]


def looked(*said: Said, then: Any = lambda node: None, on: date = ON) -> Looked:
    with fresh("memory") as node:
        node.receive(all_of(sealed(said)))
        then(node)
        return Certificates(node).looked(NUMBER, on)


THEFT = case(1, date(2025, 1, 1), "final")


def test_an_application_is_joined_with_whoever_has_its_bsn() -> None:
    nobody = looked(registered(bsn=None), *THEFT, application())
    assert (nobody.skns, nobody.entries, nobody.blindness.spans) == ((), (), ())
    one = looked(registered(), *THEFT, application())
    assert (one.skns, [entry.about for entry in one.entries]) == (("S1",), ["10/000001-25#1"])
    assert one.application().position == one.told_at == one.place
    other = case(2, date(2025, 2, 1), "registered", skn="S2")
    several = looked(registered(), registered("S2"), *THEFT, *other, application())
    assert several.skns == ("S1", "S2")
    assert [entry.about for entry in several.entries] == ["10/000001-25#1", "10/000002-25#1", "2 persons have this BSN"]


def test_nothing_of_a_day_after_the_decision_counts() -> None:
    early = looked(registered(), *THEFT, application(on=date(2025, 1, 2)), on=date(2025, 1, 7))
    assert [(entry.outcome, entry.decided_on) for entry in early.entries] == [("open", NONE)]


def test_of_an_application_the_version_that_counts_is_joined() -> None:
    named = {"source": FEEDS["vog"], "id": "vog-1"}

    def corrected(node: Any) -> None:
        node.receive([message("vog", 2, "message-corrected", {"corrects": named, "data": application(bsn=OTHER_BSN)[2]})])

    found = looked(registered(), *THEFT, application(), then=corrected)
    assert (found.requested.bsn, found.skns, found.told_at - found.place > 0) == (OTHER_BSN, (), True)

    def again(node: Any) -> None:
        node.receive([message("vog", 2, "certificate-requested", application(bsn=OTHER_BSN)[2])])

    twice = looked(registered(), *THEFT, application(), then=again)
    assert twice.requested.given_again and [one.about for one in twice.entries] == ["more than one message gives this application"]


def test_an_application_that_does_not_count_is_named_with_what_became_of_it() -> None:
    named = {"source": FEEDS["vog"], "id": "vog-1"}
    retraction = message("vog", 2, "message-retracted", {"retracts": named, "ground": "x"})
    renamed = message("vog", 2, "message-corrected", {"corrects": named, "data": application(number="vog-9")[2]})
    with pytest.raises(NotSo, match=r"application vog-1: there is none"):
        looked(registered())
    with pytest.raises(NotSo, match=r"application vog-1: it was retracted"):
        looked(application(), then=lambda node: node.receive([retraction]))
    with pytest.raises(NotSo, match=r"application vog-1: there is none"):
        looked(application(), then=lambda node: node.receive([renamed]))

    with fresh("memory") as node:
        node.ceiling(FEEDS["vog"], Ceiling(hold=True), by="a test", why="x")
        node.receive(all_of(sealed([registered(), application()])))
        with pytest.raises(NotSo, match=r"application vog-1: it is here and held \(ceiling\) at position"):
            Certificates(node).looked(NUMBER, ON)
        node.ceiling(FEEDS["vog"], Ceiling(), by="a test", why="x")
        assert Certificates(node).looked(NUMBER, ON).skns == ("S1",)
        with pytest.raises(NotSo, match="at position 3"):
            Certificates(node).looked(NUMBER, ON, position=3)


def test_what_is_held_and_names_the_number_of_nobody_is_a_blind_spot() -> None:
    with fresh("memory") as node:
        feeds = sealed([application()])
        node.receive(all_of(feeds))
        assert Certificates(node).looked(NUMBER, ON).blindness.spans == ()
        node.ceiling(FEEDS["skdb"], Ceiling(hold=True), by="a test", why="x")
        node.receive([message("skdb", 2, "person-registered", registered("S9")[2], subject="S9")])
        found = Certificates(node).looked(NUMBER, ON)
        assert (found.skns, [one["kind"] for one in found.held], found.blindness.spans) == ((), ["person-registered"], (WHOLE,))
        assert [one.of for one in found.blindness.spots if one.why == "held"] == [FEEDS["skdb"]]


def test_a_persons_number_is_that_of_any_identity_set() -> None:
    second = ("skdb", "identity-added", {"skn": "S1", "identity": {"set": "2", "surname": "A", "bsn": BSN}, "leading": False})
    assert looked(registered(bsn=OTHER_BSN), second, *THEFT, application()).skns == ("S1",)


def test_what_the_police_reported_for_another_purpose_is_not_seen_here() -> None:
    report = {"police_report": "R1", "skn": "S1", "category": "sexual", "authority": "x", "reported_on": "2025-08-14"}
    told = {"data": report | {"period": {"from": "2025-06-01", "to": "2025-06-02"}}, "type": "nl.hervat.emergency-report.v1"}
    police = "urn:nld:oin:00000099000000006000:systeem:bvh"
    raw = rfc8785.dumps(json.loads(message("gps", 1, "x", {})) | told | {"source": police, "id": "p-1", "subject": "S1"})
    with fresh("memory") as node:
        node.receive(all_of(sealed([registered(), application()])))
        node.ceiling(police, Ceiling(hold=True), by="a test", why="x")
        assert node.receive([raw])["held"] == 1
        assert [one["kind"] for one in node.person("S1")["held"]] == ["emergency-report"]
        assert Certificates(node).looked(NUMBER, ON).held == []
        node.ceiling(police, Ceiling(), by="a test", why="x")
        found = Certificates(node).looked(NUMBER, ON)
        assert (found.held, found.entries, found.blindness.spots) == ([], (), ())
