"""Process traffic: where it is shown, what goes with its case, what contradicts, and the custody that it tells."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.consumers.contradicted import own
from hervat.consumers.spells import Spell, spells
from hervat.journal.store import WHOLE
from hervat.message import Message
from tests.rooms.messages import PNS
from tests.rooms.nodes import fresh
from tests.rooms.story import OTHER, PN, Story, told
from tests.rooms.wire import Wire

D1, D2, D3, D4, D5 = (f"2025-03-0{day}" for day in range(1, 6))


def begun() -> Story:
    story = Story()
    story.person("A")
    story.case()
    return story


def started(story: Story, on: str, skn: str = "A", **due: str) -> Message:
    return story.tell("custody-started", source="dji", skn=skn, pn=PN, from_=on, **due)


def shown(story: Story, skn: str = "A", valid_on: str | None = None) -> list[tuple[str, str]]:
    return [(one.kind, one.message.id) for one in story.the_case(skn, valid_on).process]


def test_each_kind_is_listed_in_its_case_in_order_with_what_it_says() -> None:
    story = begun()
    story.judgment(D2)
    story.final(D3)
    story.tell("victim-informed", source="slh", pn=PN, about="outcome", informed_on=D5)
    story.tell("supervision-started", source="rec", judgment="j", sentence="1", from_=D4, until="2027-03-04")
    story.tell("advice-delivered", source="rec", advice="v", delivered_on=D3)
    story.tell("advice-requested", source="om", on=D2, pn=PN, advice="v", about="risk", due_on=D5)
    story.tell("file-released", source="om", pn=PN, to="the bar", released_on=D2)
    story.tell("hearing-scheduled", source="zm", on=D1, pn=PN, court="Utrecht", on_="2025-09-01")
    process = story.the_case().process
    assert [one.kind for one in process] == [
        "hearing-scheduled", "advice-requested", "file-released", "advice-delivered", "supervision-started", "victim-informed",
    ]  # fmt: skip
    assert process[0].on == date(2025, 9, 1) and process[0].court == "Utrecht"
    fact = {"kind": "supervision-started", "judgment": "j", "sentence": "1", "from": D4, "until": "2027-03-04"}
    assert story.of().as_json()["cases"][0]["process"][4] == fact | {"message": {"source": "urn:rec", "id": "rec-1"}}
    assert sum(b'"process"' in line for line in story.of().facts()) == 6
    assert not any(b'"process"' in line for line in story.of().without_process().facts())


def test_what_is_dated_later_does_not_count_on_a_day_and_a_hearing_is_known_from_its_message_on() -> None:
    story = begun()
    started(story, D2, release_due=D5)
    story.tell("hearing-scheduled", source="zm", on=D3, pn=PN, court="Utrecht", on_="2025-09-01")
    story.tell("custody-ended", source="dji", pn=PN, released_on=D4)
    assert [len(shown(story, valid_on=day)) for day in (D1, D2, D3, D4)] == [0, 1, 2, 3]


def test_it_is_hidden_with_its_case_and_comes_back_with_it() -> None:
    story = begun()
    story.case(OTHER)
    started(story, D1)
    story.tell("advice-requested", source="om", pn=PN, advice="v", about="x", due_on=D5)
    before = story.of()
    dismissal = story.dismissal(D3, code="01")
    story.tell("advice-delivered", source="rec", advice="v", delivered_on=D3)
    assert not any(PN.encode() in line or b"advice" in line for line in story.of().facts())
    story.messages.remove(dismissal)
    assert len(story.of().cases[0].process) == len(before.cases[0].process) + 1


def test_it_stays_with_a_case_of_which_one_charge_is_hidden_but_not_on_a_judgment_that_is() -> None:
    story = Story()
    story.person("A")
    story.case(charges=2)
    started(story, D1)
    story.judgment(D2, c1="convicted")
    story.tell("supervision-started", source="rec", judgment="j", sentence="1", from_=D3, until=D5)
    story.dismissal(D3, code="01")
    assert [kind for kind, _ in shown(story)] == ["custody-started"]


def test_it_moves_with_its_case_and_then_custody_is_of_somebody_else() -> None:
    story = begun()
    story.person("B")
    started(story, D1)
    assert story.of().contradictions == ()
    story.move("A", "B", D3)
    assert shown(story, "B") == [("custody-started", "dji-1")]
    (found,) = story.of("B").contradictions
    assert (found.what, found.message.id) == ("custody-of-another", "dji-1")
    assert found.detail == f"custody in case {PN} is of A, but the case is of B"
    assert own(story.of("B")) == ()
    assert story.of("A").contradictions == ()
    story.merge("B", "A", D4)
    assert story.of("B").contradictions == ()


def test_who_is_named_by_custody_and_known_to_nobody_is_a_contradiction() -> None:
    story = begun()
    started(story, D1, skn="Z")
    assert told(story.of().contradictions) == [("custody-of-another", "dji-1")]


def test_of_an_advice_that_is_asked_for_again_the_last_request_counts() -> None:
    story = begun()
    story.person("B")
    story.case(OTHER, "B")
    story.tell("advice-requested", source="om", on=D1, pn=PN, advice="v", about="x", due_on=D5)
    story.tell("advice-requested", source="zm", on=D2, pn=OTHER, advice="v", about="y", due_on=D5)
    story.tell("advice-delivered", source="rec", advice="v", delivered_on=D3)
    assert shown(story) == []
    assert [kind for kind, _ in shown(story, "B")] == ["advice-requested", "advice-delivered"]
    for skn in ("A", "B"):
        assert told(story.of(skn).contradictions) == [("advice-given-again", "om-3")]
    assert own(story.of("A")) == () and len(own(story.of("B"))) == 1
    story.dismissal(D4, code="01", pn=OTHER)
    assert story.of("A").contradictions == (), "a request in a case that is hidden leaves no trace in another"


def test_supervision_on_a_sentence_that_was_not_imposed_is_a_contradiction_and_no_sentence_is_changed() -> None:
    story = begun()
    story.judgment(D1)
    story.tell("supervision-started", source="rec", judgment="j", sentence="7", from_=D3, until=D5)
    assert told(story.of().contradictions) == [("sentence-unknown", "rec-1")]
    assert len(own(story.of())) == 1 and own(story.of().without_process()) == ()


def test_an_advice_that_waits_is_about_whoever_it_was_asked_for() -> None:
    with fresh("memory") as node:
        wire = Wire(node)
        wire.person("S1")
        wire.tell("rec", "advice-delivered", advice="V1", delivered_on=D1)
        assert (node.person("S1")["horizon"]["unattributed"], node.person("S1")["held"]) == (1, [])
        wire.tell("gps", "advice-requested", pn=PNS[1], advice="V1", about="x", due_on=D2)
        assert node.person("S1")["horizon"]["unattributed"] == 2
        wire.tell("gps", "case-reattributed", pn=PNS[1], from_="S2", to="S1", decided_on=D1, ground="x")
        answer = node.person("S1")
        assert answer["horizon"]["unattributed"] == 0
        assert {one["kind"] for one in answer["held"]} == {"advice-delivered", "advice-requested", "case-reattributed"}
        wire.case(PNS[1], "S1")
        assert {one["kind"] for one in node.person("S1")["cases"][0]["process"]} == {"advice-requested", "advice-delivered"}


def test_custody_that_waits_for_its_case_is_about_whom_it_names() -> None:
    with fresh("memory") as node:
        wire = Wire(node)
        wire.person("S1")
        wire.tell("dji", "custody-started", skn="S1", pn=PNS[0], from_=D1)
        (waiting,) = node.person("S1")["held"]
        assert (waiting["kind"], waiting["needs"]) == ("custody-started", [f"case:{PNS[0]}"])
        assert node.person("S1")["horizon"]["unattributed"] == 0


def test_what_names_somebody_and_is_about_a_case_of_another_stays_when_the_first_is_erased() -> None:
    with fresh("memory") as node:
        wire = Wire(node)
        wire.person("S1")
        wire.person("S2")
        wire.case(PNS[0], "S1")
        wire.case(PNS[1], "S2")
        named = wire.tell("dji", "custody-started", skn="S2", pn=PNS[0], from_=D1)
        wire.tell("gps", "advice-requested", pn=PNS[1], advice="V1", about="x", due_on=D2)
        delivered = wire.tell("rec", "advice-delivered", advice="V1", delivered_on=D2)
        told = node.erase_person("S2", by="x", ground="x")
        assert [one["position"] for one in told["left"]] == [named]
        assert node.store.rows_at([delivered])[delivered].erased >= WHOLE
        (case,) = node.person("S1")["cases"]
        assert [one["kind"] for one in case["process"]] == ["custody-started"]


# Custody.


def held(*tellings: tuple[str, str] | tuple[str, str, str | None]) -> tuple[Spell, ...]:
    """The spells that these tell: `+` a start, `=` a prolongation, `-` a release, each on a day; the third is when release is due."""
    story = begun()
    for sign, on, *due in tellings:
        if sign == "+":
            started(story, on, **({"release_due": due[0]} if due and due[0] else {}))
        elif sign == "=":
            story.tell("custody-prolonged", source="zm", pn=PN, decided_on=on, release_due=due[0])
        else:
            story.tell("custody-ended", source="dji", pn=PN, released_on=on)
    return spells(story.the_case().process)


def days(spell: Spell) -> tuple[str | None, ...]:
    return tuple(None if day is None else str(day) for day in (spell.began_on, spell.due_on, spell.ended_on))


@pytest.mark.parametrize(
    ("tellings", "expected"),
    [
        ([("+", D1, D3)], [(D1, D3, None)]),
        ([("+", D1)], [(D1, None, None)]),
        ([("+", D1, D3), ("=", D2, D5)], [(D1, D5, None)]),
        ([("+", D1, D3), ("=", D2, D5), ("-", D4)], [(D1, D5, D4)]),
        ([("+", D1, D3), ("-", D3), ("+", D4)], [(D1, D3, D3), (D4, None, None)]),
        ([("+", D1, D3), ("-", D3), ("+", D3, D5)], [(D1, D3, D3), (D3, D5, None)]),
        ([("+", D1, D1), ("-", D1)], [(D1, D1, D1)]),
        ([("+", D1, D3), ("+", D2)], [(D1, D3, None)]),
        ([("+", D1, D3), ("+", D2, D5)], [(D1, D5, None)]),
        ([("=", D1, D5)], [(None, D5, None)]),
        ([("=", D1, D5), ("+", D2)], [(D2, D5, None)]),
        ([("-", D2)], [(None, None, D2)]),
        ([("+", D1, D3), ("-", D2), ("-", D2)], [(D1, D3, D2)]),
        ([("+", D1, D3), ("=", D3, D5), ("-", D3)], [(D1, D5, D3)]),
        ([("+", D1, D3), ("-", D2), ("=", D3, D5)], [(D1, D3, D2), (None, D5, None)]),
    ],
)
def test_a_spell_of_custody_goes_from_a_start_to_a_release(
    tellings: list[tuple[str, str, str | None]], expected: list[tuple[str | None, ...]]
) -> None:
    assert [days(one) for one in held(*tellings)] == expected


_TELLINGS = st.lists(st.tuples(st.sampled_from("+=-"), st.sampled_from((D1, D2, D3)), st.sampled_from((D4, D5))), max_size=6)


@given(_TELLINGS)
@settings(max_examples=200)
def test_every_message_of_custody_is_in_one_spell_and_only_the_last_may_be_open(tellings: list[tuple[str, str, str]]) -> None:
    found = held(*tellings)
    named = [message for spell in found for message in spell.messages]
    assert len(named) == len(set(named)) == len(tellings)
    assert all(spell.ended_on is not None for spell in found[:-1])
    assert all(one.began_on <= one.ended_on for one in found if one.began_on is not None and one.ended_on is not None)
