"""The register of a person: who is who, what nobody may see, and what counts on a day."""

from typing import Any

import pytest

from tests.rooms.story import OTHER, PN, Story, charge, told


@pytest.fixture
def story() -> Story:
    """A, with one case of two charges received on New Year's Day."""
    story = Story()
    story.person("A")
    story.case(charges=2)
    return story


# Persons (3.7).


def test_a_merge_joins_and_a_split_undoes_it_whatever_the_dates(story: Story) -> None:
    story.person("B")
    merge = story.merge("B", "A", "2025-05-01")
    assert story.of("A") == story.of("B")
    assert (story.of("A").skn, story.of("A").skns) == ("B", ("A", "B"))
    story.split(merge, "2025-04-01")
    assert (story.of("A").skns, story.of("B").skns) == (("A",), ("B",))


def test_a_chain_of_merges_answers_where_it_ends(story: Story) -> None:
    for skn in "BCD":
        story.person(skn)
    story.merge("B", "A", "2025-05-03")
    story.merge("C", "B", "2025-05-02")
    story.merge("D", "C", "2025-05-01")
    assert story.of("A").skn == "D"


def test_a_loop_of_merges_ends_at_the_kept_of_its_latest(story: Story) -> None:
    for skn in "BC":
        story.person(skn)
    story.merge("B", "A", "2025-05-01")
    story.merge("C", "B", "2025-05-03")
    story.merge("A", "C", "2025-05-02")
    assert story.of("A").skn == "C"


def test_what_leads_to_a_loop_does_not_say_where_it_ends(story: Story) -> None:
    for skn in "BCD":
        story.person(skn)
    story.merge("A", "B", "2025-05-01")
    story.merge("B", "A", "2025-05-02")
    story.merge("A", "C", "2025-05-03")
    story.merge("C", "D", "2025-05-04")
    assert story.of("D").skn == "B"


def test_of_two_merges_of_one_skn_the_latest_is_followed(story: Story) -> None:
    for skn in "BC":
        story.person(skn)
    story.merge("C", "A", "2025-05-02")
    story.merge("B", "A", "2025-05-01")
    assert [story.of(skn).skn for skn in "ABC"] == ["C", "C", "C"]


def test_a_case_belongs_to_whom_its_latest_reattribution_gives_it(story: Story) -> None:
    for skn in "BC":
        story.person(skn)
    story.move("B", "C", "2025-05-02")
    story.move("A", "B", "2025-05-01")
    assert [len(story.of(skn).cases) for skn in "ABC"] == [0, 0, 1]
    assert story.of("C").contradictions == ()


def test_a_giver_who_was_not_the_holder_is_listed_unless_it_is_the_same_person(story: Story) -> None:
    for skn in "BC":
        story.person(skn)
    story.move("B", "C", "2025-05-01")
    assert told(story.of("C").contradictions) == [("holder-differs", "om-2")]
    story.merge("A", "B", "2025-06-01")
    assert story.of("C").contradictions == ()


def test_joining_names_the_case_joined_into_and_moves_nothing(story: Story) -> None:
    story.case(OTHER, "A")
    story.tell("cases-joined", pn=PN, into=OTHER, joined_on="2025-02-01")
    assert [(case.prosecution_number, case.joined_into, len(case.charges)) for case in story.of().cases] == [
        (PN, OTHER, 2),
        (OTHER, None, 1),
    ]


# Hiding (3.9).


@pytest.mark.parametrize("code", ["01", "09"])
def test_a_hiding_dismissal_hides_its_charge_and_every_mention_of_it(story: Story, code: str) -> None:
    story.judgment("2025-02-01", c1="convicted", c2="acquitted")
    story.order("2025-01-15", charges=(1, 2))
    story.dismissal("2025-01-10", code, charges=(1,))
    case = story.the_case()
    assert [one.charge for one in case.charges] == [2]
    assert [one.charge for one in case.judgments[0].verdicts] == [2]
    assert case.orders[0].charges == (2,)


def test_it_hides_for_every_day_one_may_ask_about(story: Story) -> None:
    story.dismissal("2025-09-01", "01", charges=(1, 2))
    assert story.of(valid_on="2025-01-02").cases == ()


def test_a_judgment_or_order_about_hidden_charges_alone_is_hidden(story: Story) -> None:
    story.judgment("2025-02-01", "low", c1="convicted")
    story.judgment("2025-03-01", "high", instance=2, on_appeal_of="low", c2="convicted")
    enforced: dict[str, Any] = {"enforced_by": "low", "days": 5, "decided_on": "2025-03-01"}
    story.tell("conditional-sentence-enforced", source="zm", judgment="high", sentence="1", **enforced)
    story.order("2025-01-15")
    story.dismissal("2025-01-10", "01")
    (judgment,) = story.the_case().judgments
    assert (judgment.judgment, judgment.on_appeal_of) == ("high", None)
    assert [(one.enforced_by, one.days) for one in judgment.sentences[0].enforced] == [(None, 5)]
    assert story.the_case().orders == ()


def test_a_case_hidden_whole_takes_its_emergency_report_along_but_not_that_of_another_suspect() -> None:
    story = Story()
    for skn in "AABC":
        story.person(skn)
        period = {"from": "2025-01-01", "to": "2025-01-01"}
        told_on: dict[str, Any] = {"category": "sexual", "period": period, "authority": "Minister", "reported_on": "2025-01-02"}
        story.tell("emergency-report", source="bvh", police_report="PL1", skn=skn, **told_on)
    story.case(PN, "A", police_report="PL1")
    story.case(OTHER, "B", police_report="PL1")
    story.tell("cases-joined", pn=OTHER, into=PN, joined_on="2025-02-01")
    story.move("A", "C", "2025-02-01")
    story.dismissal("2025-03-01", "01")
    story.tell("summons-issued", pn=PN, charges=[9], hearing_on="2025-06-01")
    register = story.register()
    assert told(register.persons[0].contradictions) == [("person-given-again", "skdb-1")]
    assert [len(person.emergency_reports) for person in register.persons] == [0, 1, 0]
    assert [len(person.cases) for person in register.persons] == [0, 1, 0]
    assert register.persons[1].cases[0].joined_into is None


def test_what_contradicts_about_a_hidden_case_is_not_told(story: Story) -> None:
    story.person("B")
    story.case(PN, "B", on="2025-01-02")
    story.move("B", "A", "2025-05-01")
    story.judgment("2025-02-01")
    story.judgment("2025-02-02")
    story.tell("sentence-started", source="cjib", judgment="j", sentence="7", started_on="2025-04-01")
    assert len(story.of("A").contradictions) == 3
    story.dismissal("2025-03-01", "01", charges=(1, 2))
    assert [person.contradictions for person in story.register().persons] == [(), ()]


def test_a_version_about_hidden_charges_is_not_told_either(story: Story) -> None:
    story.judgment("2025-02-01", "j", c1="convicted")
    story.judgment("2025-02-02", "j", c2="convicted")
    story.order("2025-01-02", "o", charges=(1,))
    story.order("2025-01-03", "o", charges=(2,))
    assert len(story.of().contradictions) == 2
    story.dismissal("2025-03-01", "01")
    assert story.of().contradictions == ()


def test_what_is_hidden_takes_the_place_of_nothing_under_its_number(story: Story) -> None:
    story.case(OTHER, "A", charges=2)
    story.judgment("2025-02-01", "j", OTHER, c1="convicted")
    story.order("2025-01-02", "o", OTHER, charges=(2,))
    story.judgment("2025-02-02", "j")
    story.order("2025-01-03", "o")
    story.final("2025-03-01", "j")
    assert len(story.of().contradictions) == 2
    story.dismissal("2025-03-01", "01", charges=(1, 2))
    case = story.the_case()
    assert [(one.outcome, str(one.final_on)) for one in case.charges] == [("convicted", "2025-03-01"), ("penalty-order", "None")]
    assert story.of().contradictions == ()


# The view on a day (3.15).


def test_on_a_day_only_what_is_dated_until_then_counts(story: Story) -> None:
    story.judgment("2025-02-01", "low")
    story.final("2025-02-15", "low")
    story.appeal("2025-03-01", "low")
    story.withdrawal("2025-03-10", "low")
    story.tell("judgment-annulled", source="zm", judgment="low", decided_on="2025-09-01", ground="new fact")
    story.tell("person-died", source="skdb", skn="A", died_on="2025-10-01")
    seen = {day: story.outcome(valid_on=day) for day in ("2025-01-31", "2025-02-01", "2025-02-15", "2025-03-01", "2025-03-10")}
    assert seen == {
        "2025-01-31": ("suspected", "2025-01-01", None),
        "2025-02-01": ("convicted", "2025-02-01", None),
        "2025-02-15": ("convicted", "2025-02-01", "2025-02-15"),
        "2025-03-01": ("convicted", "2025-02-01", None),
        "2025-03-10": ("convicted", "2025-02-01", "2025-02-15"),
    }
    assert story.outcome(valid_on="2025-09-01") == ("annulled", "2025-09-01", None)
    assert story.of(valid_on="2025-09-30").died_on is None
    assert str(story.of(valid_on="2025-10-01").died_on) == "2025-10-01"
    assert story.of(valid_on="2024-12-31").cases == ()


def test_on_a_day_who_is_who_is_as_it_is_now(story: Story) -> None:
    story.person("B")
    story.merge("A", "B", "2025-05-01")
    story.move("A", "B", "2025-06-01")
    assert story.of("B", valid_on="2025-01-01").cases == story.of("B").cases


def test_a_verdict_on_a_charge_that_was_added_late_is_not_lost_on_its_day(story: Story) -> None:
    story.tell("charges-amended", on="2025-06-01", pn=PN, charges=[charge(3, article="Sr 317")])
    story.judgment("2025-02-01", c3="convicted")
    assert story.outcome(3, valid_on="2025-02-01") == ("convicted", "2025-02-01", None)
    assert story.charge(3, valid_on="2025-02-01").article == "Sr 317"
    assert [one.charge for one in story.the_case(valid_on="2025-01-31").charges] == [1, 2]


def test_a_foreign_conviction_is_not_final_before_it_is(story: Story) -> None:
    common: dict[str, Any] = {"member_state": "BE", "reference": "r", "offences": [], "sanctions": []}
    dates = {"decided_on": "2025-02-01", "final_on": "2025-03-01"}
    story.tell("foreign-conviction-notified", source="ecris", skn="A", **dates, **common)
    assert story.of(valid_on="2025-01-31").foreign_convictions == ()
    assert story.of(valid_on="2025-02-28").foreign_convictions[0].final_on is None
    assert str(story.of(valid_on="2025-03-01").foreign_convictions[0].final_on) == "2025-03-01"
