"""The register of a person, rule by rule: the contract's own story, outcomes, finals, and what is given twice."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hervat.kinds import KINDS
from hervat.message import Message
from hervat.register.digest import digest
from hervat.register.fold import fold
from hervat.register.record import Person
from tests.rooms.story import OTHER, PN, Story, charge, told

DATA = Path(__file__).parents[1] / "contract" / "data"


@pytest.fixture
def story() -> Story:
    """A, with one case of two charges received on New Year's Day."""
    story = Story()
    story.person("A")
    story.case(charges=2)
    return story


# The contract's own story.


def examples() -> list[Message]:
    """The contract's examples with their amendments worked in by hand: one correction and one retraction."""
    lines = [json.loads(line) for line in (DATA / "examples.jsonl").read_text().splitlines()]
    amendments = {
        (line["data"].get("corrects") or line["data"].get("retracts"))["id"]: line["data"].get("data")
        for line in lines
        if line["type"].startswith("nl.hervat.message-")
    }
    assert len(amendments) == 2
    counted = ((line, amendments.get(line["id"], line["data"])) for line in lines if "message-" not in line["type"])
    return [example(line, data) for line, data in counted if data is not None]


def example(line: dict[str, Any], data: dict[str, Any]) -> Message:
    kind = line["type"].split(".")[2]
    time = datetime.fromisoformat(line["time"])
    typed = msgspec.convert(data, KINDS[kind])
    return Message(source=line["source"], id=line["id"], sequence=int(line["sequence"]), kind=kind, time=time, data=typed)


def summary(person: Person) -> dict[str, Any]:
    """A person as `examples.expected.json` puts it."""
    shown = person.as_json()
    return {
        "died_on": shown["died_on"],
        "identities": len(shown["identities"]),
        "foreign_convictions": len(shown["foreign_convictions"]),
        "emergency_reports": [report["police_report"] for report in shown["emergency_reports"]],
        "contradictions": len(shown["contradictions"]),
        "cases": {case["prosecution_number"]: case_summary(case) for case in shown["cases"]},
    }


def case_summary(case: dict[str, Any]) -> dict[str, Any]:
    charges = {str(one["charge"]): [one["outcome"], one["outcome_on"], one["final_on"], one["code"]] for one in case["charges"]}
    short = {number: values if values[3] else values[:3] for number, values in charges.items()}
    return {"registered_on": case["registered_on"], "joined_into": case["joined_into"], "charges": short}


def test_the_examples_come_out_as_expected() -> None:
    expected = json.loads((DATA / "examples.expected.json").read_text())
    persons = fold(examples()).persons
    assert {person.skn: summary(person) for person in persons} == expected["persons"]
    assert digest(persons)["persons"] == expected["digest"]["persons"]


def test_a_person_is_shown_in_the_shape_of_the_contract() -> None:
    person = fold(examples()).of("20250003")
    assert person is not None
    shown = person.as_json()
    row = "skn skns identities died_on cases foreign_convictions emergency_reports contradictions"
    assert list(shown) == row.split()
    case = shown["cases"][1]
    assert {"prosecution_number", "office", "registered_on", "joined_into", "charges", "judgments", "orders"} <= set(case)
    named = {"charge", "article", "class", "period", "outcome", "outcome_on", "final_on", "code"}
    assert named <= set(case["charges"][0])
    assert case["orders"][0]["withdrawn_on"] == "2026-01-31"
    assert case["judgments"][0]["sentences"][0]["remitted"] == [{"decree": "KB 2026-0001", "decided_on": "2026-04-28", "months": 2}]
    assert json.loads(json.dumps(shown)) == shown


def test_somebody_nobody_registered_is_not_there() -> None:
    assert fold(examples()).of("20259999") is None


# Outcome (3.5).


def test_a_charge_begins_as_suspected(story: Story) -> None:
    assert story.outcome(2) == ("suspected", "2025-01-01", None)


def test_a_later_stage_decides_whatever_its_date(story: Story) -> None:
    story.judgment("2025-02-01")
    story.dismissal("2025-03-01")
    assert story.outcome() == ("convicted", "2025-02-01", None)


def test_within_a_stage_the_date_decides_and_not_the_sequence(story: Story) -> None:
    story.dismissal("2025-03-01", conditional=True)
    story.order("2025-02-01")
    assert story.outcome() == ("dismissed-conditionally", "2025-03-01", None)
    assert story.charge().code == "02"


def test_on_one_date_the_higher_instance_decides(story: Story) -> None:
    story.judgment("2025-02-01", "high", source="a", instance=2, on_appeal_of="low", c1="acquitted")
    story.judgment("2025-02-01", "low", source="z")
    assert story.outcome()[0] == "acquitted"


def test_then_the_source_and_then_the_sequence(story: Story) -> None:
    story.judgment("2025-02-01", "first", source="a", c1="acquitted")
    story.judgment("2025-02-01", "second", source="a", c1="discharged")
    assert story.outcome()[0] == "discharged"
    story.judgment("2025-02-01", "third", source="b", c1="inadmissible")
    assert story.outcome()[0] == "inadmissible"


def test_a_summons_counts_on_the_day_it_was_told_and_not_on_that_of_the_hearing(story: Story) -> None:
    story.dismissal("2025-03-01")
    story.tell("summons-issued", on="2025-02-01", pn=PN, charges=[1], hearing_on="2025-06-01")
    assert story.outcome()[0] == "dismissed"
    story.tell("summons-issued", on="2025-03-02", pn=PN, charges=[1], hearing_on="2025-06-01")
    assert story.outcome() == ("summoned", "2025-03-02", None)


def test_charges_that_a_higher_judgment_does_not_name_keep_theirs(story: Story) -> None:
    story.judgment("2025-02-01", "low", c1="convicted", c2="acquitted")
    story.judgment("2025-04-01", "high", instance=2, on_appeal_of="low", c1="convicted")
    assert story.outcome(1) == ("convicted", "2025-04-01", None)
    assert story.outcome(2) == ("acquitted", "2025-02-01", None)


def test_an_opposed_order_stands_and_a_withdrawn_one_falls_away(story: Story) -> None:
    story.dismissal("2025-02-01")
    story.order("2025-03-01")
    story.tell("penalty-order-opposed", order="o", opposed_on="2025-03-05")
    assert story.outcome() == ("penalty-order", "2025-03-01", None)
    story.tell("penalty-order-withdrawn", order="o", withdrawn_on="2025-03-10", ground="no case")
    assert story.outcome() == ("dismissed", "2025-02-01", None)
    (order,) = story.the_case().orders
    assert (str(order.opposed_on), str(order.withdrawn_on)) == ("2025-03-05", "2025-03-10")


def test_an_annulled_judgment_leaves_annulled_until_a_later_one(story: Story) -> None:
    story.judgment("2025-02-01", "first")
    story.final("2025-02-15", "first")
    story.tell("judgment-annulled", source="zm", judgment="first", decided_on="2025-09-01", ground="new fact")
    assert story.outcome() == ("annulled", "2025-09-01", None)
    story.judgment("2025-10-01", "second", c1="acquitted")
    assert story.outcome() == ("acquitted", "2025-10-01", None)


def test_annulling_a_judgment_that_no_longer_decides_changes_nothing(story: Story) -> None:
    story.judgment("2025-02-01", "low")
    story.judgment("2025-04-01", "high", instance=2, on_appeal_of="low", c1="acquitted")
    story.tell("judgment-annulled", source="zm", judgment="low", decided_on="2025-09-01", ground="new fact")
    assert story.outcome() == ("acquitted", "2025-04-01", None)


# Final (3.6).


def test_the_final_with_the_higher_sequence_counts(story: Story) -> None:
    story.judgment("2025-02-01")
    story.final("2025-03-01")
    story.final("2025-02-15")
    assert story.outcome() == ("convicted", "2025-02-01", "2025-02-15")


def test_an_order_becomes_final_only_by_its_final(story: Story) -> None:
    story.order("2025-02-01")
    story.tell("penalty-order-executed", source="cjib", order="o", executed_on="2025-02-20")
    assert story.outcome() == ("penalty-order", "2025-02-01", None)
    story.tell("penalty-order-final", source="cjib", order="o", final_on="2025-02-16")
    story.tell("penalty-order-final", source="cjib", order="o", final_on="2025-02-15")
    assert story.outcome() == ("penalty-order", "2025-02-01", "2025-02-15")


def test_a_final_of_a_judgment_that_no_longer_decides_is_not_that_of_the_outcome(story: Story) -> None:
    story.judgment("2025-02-01", "low")
    story.final("2025-02-15", "low")
    story.judgment("2025-04-01", "high", instance=2, on_appeal_of="low")
    assert story.outcome() == ("convicted", "2025-04-01", None)


@pytest.mark.parametrize(
    ("lodged_on", "final_on"), [("2025-02-10", "2025-02-15"), ("2025-02-15", "2025-02-15"), ("2025-02-16", None)]
)
def test_an_appeal_after_the_final_suspends_it(story: Story, lodged_on: str, final_on: str | None) -> None:
    story.judgment("2025-02-01")
    story.final("2025-02-15")
    story.appeal(lodged_on)
    assert story.outcome()[2] == final_on


def test_a_withdrawal_without_party_reaches_every_appeal_lodged_until_then(story: Story) -> None:
    story.judgment("2025-02-01")
    story.final("2025-02-15")
    story.appeal("2025-02-20", by="defendant")
    story.appeal("2025-02-21", by="prosecution")
    story.withdrawal("2025-02-20")
    assert story.outcome()[2] is None
    story.withdrawal("2025-02-21")
    assert story.outcome()[2] == "2025-02-15"
    story.appeal("2025-02-22")
    assert story.outcome()[2] is None


def test_a_withdrawal_by_a_party_reaches_only_its_own(story: Story) -> None:
    story.judgment("2025-02-01")
    story.final("2025-02-15")
    story.appeal("2025-02-20", by="defendant")
    story.appeal("2025-02-20", by="prosecution")
    story.withdrawal("2025-03-01", by="defendant")
    assert story.outcome()[2] is None
    (judgment,) = story.the_case().judgments
    assert [(appeal.by, str(appeal.withdrawn_on)) for appeal in judgment.appeals] == [
        ("defendant", "2025-03-01"),
        ("prosecution", "None"),
    ]


# Keys given twice (3.3) and contradictions (3.4).


def test_of_a_case_given_again_the_last_is_shown_with_the_charges_of_both(story: Story) -> None:
    again = story.tell(
        "case-registered",
        pn=PN,
        skn="A",
        office="Zwolle",
        received_on="2025-01-05",
        charges=[charge(2, article="Sr 311"), charge(3)],
    )
    case = story.the_case()
    assert (case.office, str(case.registered_on)) == ("Zwolle", "2025-01-05")
    assert [(one.charge, one.article, str(one.outcome_on)) for one in case.charges] == [
        (1, "Sr 310", "2025-01-01"),
        (2, "Sr 311", "2025-01-05"),
        (3, "Sr 310", "2025-01-05"),
    ]
    assert told(story.of().contradictions) == [("case-given-again", "om-1")]
    assert case.charges[2].message.id == again.id


def test_amended_charges_are_added_or_replaced(story: Story) -> None:
    amended = [charge(2, article="Sr 311"), charge(3)]
    story.tell("charges-amended", on="2025-02-03", pn=PN, charges=amended)
    assert story.charge(2).article == "Sr 311"
    assert story.outcome(3) == ("suspected", "2025-02-03", None)
    assert story.of().contradictions == ()


def test_of_a_judgment_given_again_only_the_last_has_facts(story: Story) -> None:
    story.judgment("2025-02-01", "j", c1="convicted", c2="convicted")
    story.judgment("2025-02-02", "j", c1="acquitted")
    assert story.outcome(1)[0] == "acquitted"
    assert story.outcome(2)[0] == "suspected"
    assert told(story.of().contradictions) == [("judgment-given-again", "zm-1")]


def test_of_an_order_given_again_only_the_last_has_facts(story: Story) -> None:
    story.order("2025-02-02", "o", charges=(1,))
    story.order("2025-02-01", "o", charges=(2,))
    assert story.outcome(1)[0] == "penalty-order"
    assert story.outcome(2)[0] == "suspected"
    assert told(story.of().contradictions) == [("order-given-again", "om-3")]


def test_a_judgment_number_used_in_two_cases_is_told_to_both_persons(story: Story) -> None:
    story.person("B")
    story.case(OTHER, "B")
    story.judgment("2025-02-01", "j", PN)
    story.judgment("2025-02-02", "j", OTHER)
    assert told(story.of("A").contradictions) == told(story.of("B").contradictions) == [("judgment-given-again", "zm-1")]


def test_identity_sets_are_keyed_and_a_person_registered_again_keeps_all(story: Story) -> None:
    story.tell("identity-added", source="skdb", on="2025-01-02", skn="A", identity={"set": "1", "surname": "New"}, leading=False)
    story.tell("person-registered", source="skdb", on="2025-01-03", skn="A", identity={"set": "2", "surname": "Other"})
    person = story.of()
    assert [(one.set, one.surname, one.leading) for one in person.identities] == [("1", "New", False), ("2", "Other", True)]
    assert told(person.contradictions) == [("person-given-again", "skdb-1")]


def test_an_added_set_does_not_lead_unless_it_says_so(story: Story) -> None:
    for set, leading in (("3", False), ("2", False)):
        added = {"set": set, "surname": "X"}
        story.tell("identity-added", source="skdb", on="2025-01-02", skn="A", identity=added, leading=leading)
    assert [(one.set, one.leading) for one in story.of().identities] == [("1", True), ("2", False), ("3", False)]


def test_an_identity_set_given_again_is_listed(story: Story) -> None:
    story.tell("identity-added", source="skdb", on="2025-01-02", skn="A", identity={"set": "2", "surname": "X"}, leading=True)
    story.tell("identity-added", source="skdb", on="2025-01-01", skn="A", identity={"set": "2", "surname": "Y"}, leading=True)
    person = story.of()
    assert [(one.surname, one.leading) for one in person.identities] == [("A", False), ("X", True)]
    assert told(person.contradictions) == [("identity-given-again", "skdb-3")]


def test_a_sentence_number_that_is_not_in_the_judgment_is_listed(story: Story) -> None:
    story.judgment("2025-02-01", "j")
    story.judgment("2025-03-01", "k", c2="convicted")
    for number in ("1", "2"):
        story.tell("sentence-started", source="cjib", judgment="j", sentence=number, started_on="2025-04-01")
        story.tell("sentence-ended", source="cjib", judgment="j", sentence=number, ended_on="2025-05-01")
        enforced: dict[str, Any] = {"enforced_by": "k", "days": 5, "decided_on": "2025-03-01"}
        story.tell("conditional-sentence-enforced", source="zm", judgment="j", sentence=number, **enforced)
    remits = [{"sentence": "2", "days": 1}, {"sentence": "1", "days": 2}]
    story.tell("pardon-granted", source="min", judgment="j", decree="KB 1", decided_on="2025-06-01", remits=remits)
    (sentence,) = story.the_case().judgments[0].sentences
    assert (str(sentence.started_on), str(sentence.ended_on)) == ("2025-04-01", "2025-05-01")
    assert [(one.enforced_by, one.days) for one in sentence.enforced] == [("k", 5)]
    assert [(one.decree, one.days) for one in sentence.remitted] == [("KB 1", 2)]
    unknown = [("sentence-unknown", id) for id in ("cjib-3", "cjib-4", "min-1", "zm-4")]
    assert told(story.of().contradictions) == unknown


def test_an_appeal_from_a_judgment_in_another_case_is_listed(story: Story) -> None:
    story.case(OTHER, "A")
    story.judgment("2025-02-01", "low", OTHER)
    story.judgment("2025-03-01", "high", PN, instance=2, on_appeal_of="low")
    assert told(story.of().contradictions) == [("appeal-in-another-case", "zm-2")]


def test_the_last_date_of_death_is_shown_and_another_listed(story: Story) -> None:
    for died_on in ("2025-05-02", "2025-05-01", "2025-05-02"):
        story.tell("person-died", source="skdb", skn="A", died_on=died_on)
    assert str(story.of().died_on) == "2025-05-02"
    assert told(story.of().contradictions) == [("death-differs", "skdb-3")]


def test_two_persons_may_share_a_foreign_conviction_and_one_has_it_once(story: Story) -> None:
    story.person("B")
    common: dict[str, Any] = {"member_state": "BE", "reference": "r", "final_on": "2025-01-20", "offences": [], "sanctions": []}
    for skn, on in (("A", "2025-01-10"), ("A", "2025-01-11"), ("B", "2025-01-10")):
        story.tell("foreign-conviction-notified", source="ecris", skn=skn, decided_on=on, **common)
    assert [str(one.decided_on) for one in story.of("A").foreign_convictions] == ["2025-01-11"]
    assert len(story.of("B").foreign_convictions) == 1
    assert told(story.of("A").contradictions) == [("foreign-conviction-given-again", "ecris-1")]
