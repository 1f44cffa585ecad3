"""Reports of the police as signals, story by story: what one says is told once, what it does not say is told as well."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.consumers.screening.assessment import assessments, is_open
from hervat.consumers.screening.check import Check
from hervat.errors import NotSo
from hervat.screening import screening_of
from tests.rooms.messages import BSNS, FEEDS, PNS, charge
from tests.rooms.nodes import KEYS, fresh

VIOLENCE = {"article": "Sr 300", "category": "serious-violence"}


class Story:
    """A node, what its senders told it so far, and screening day by day."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.desk = screening_of(node)
        self._sent = Counter[str]()

    def tell(self, feed: str, kind: str, data: dict[str, Any]) -> int:
        """Send a message; gives its position."""
        self._sent[feed] += 1
        number = self._sent[feed]
        document = {"specversion": "1.0", "id": f"{feed}-{number}", "source": FEEDS[feed], "type": f"nl.hervat.{kind}.v1"}
        document |= {"time": "2025-07-01T08:00:00Z", "sequence": str(number), "sequencetype": "Integer"}
        answer = self.node.receive([json.dumps({**document, "datacontenttype": "application/json", "data": data}).encode()])
        assert answer["applied"] == 1
        return self.node.position

    def works(self, number: int = 0, *, sector: str = "childcare", holder: str = "H1") -> None:
        self.tell("skdb", "person-registered", {"skn": f"S{number}", "identity": {"set": "1", "surname": "A", "bsn": BSNS[number]}})
        self.tell("prk", "screening-enrolled", self.enrolment(number, sector, holder))

    @staticmethod
    def enrolment(number: int, sector: str = "childcare", holder: str = "H1") -> dict[str, Any]:
        return {"enrolment": f"E{number}", "sector": sector, "bsn": BSNS[number], "from": "2025-07-02", "holder": holder}

    def report(self, number: str = "R1", article: str | None = "Sr 242", category: str = "sexual") -> int:
        period = {"from": "2025-06-01", "to": "2025-06-02"}
        said = {"police_report": number, "skn": "S0", "category": category, "period": period, "authority": "x"}
        return self.tell("pol", "emergency-report", said | {"reported_on": "2025-08-14"} | ({"article": article} if article else {}))

    def case(self, *articles: str, pn: str = PNS[0], skn: str = "S0") -> int:
        return self.tell("gps", "case-registered", self.case_of(*articles, pn=pn, skn=skn))

    @staticmethod
    def case_of(*articles: str, pn: str = PNS[0], skn: str = "S0") -> dict[str, Any]:
        charges = [charge(number, article) for number, article in enumerate(articles, 1)]
        return {"pn": pn, "skn": skn, "office": "x", "received_on": "2025-08-20", "police_report": "R1", "charges": charges}

    def amend(self, feed: str, number: int, data: dict[str, Any] | None = None) -> None:
        """Correct the message of this number, or without data retract it."""
        named = {"source": FEEDS[feed], "id": f"{feed}-{number}"}
        if data is None:
            self.tell(feed, "message-retracted", {"retracts": named, "ground": "x"})
        else:
            self.tell(feed, "message-corrected", {"corrects": named, "data": data})

    def step(self, day: str = "2025-08-21") -> dict[int, tuple[bool, str | None, tuple[str, ...]]]:
        """Take a step; whether each message stands with the receiver, why it does not, and how it ended. Both computations agree."""
        self.desk.step(date.fromisoformat(day))
        found = Check(self.node.store, KEYS, self.desk.told(), self.node.rosters().procedures, frozenset).run()
        assert found.ok, found.difference
        assert not found.pending + found.to_withdraw
        return {pair[1]: (last.stands, last.reason, last.ending) for pair, last in self.desk.told().last.items()}

    def decide(self, message: int) -> None:
        (pair,) = (pair for pair in self.desk.told().last if pair[1] == message)
        self.desk.assess(*pair, "no-consequence", by="a test", ground="a test")

    def open(self) -> set[int]:
        decided = assessments(self.node.store, KEYS, self.node.position)
        return {last.message for last in self.desk.told().last.values() if is_open(last, decided)}


@pytest.fixture
def story() -> Any:
    with fresh("memory") as node:
        yield Story(node)


def test_a_case_that_says_the_same_is_not_told_and_one_that_says_more_is(story: Story) -> None:
    story.works()
    report = story.report(**VIOLENCE)
    story.step()
    case = story.case("Sr 300")
    assert story.step() == {report: (True, None, ("confirmed",)), case: (False, "told-on-report", ())}
    story.amend("gps", 1, story.case_of("Sr 300", "Sr 287"))
    assert story.step()[case] == (True, None, ())
    second = story.case("Sr 289", pn=PNS[1])
    assert story.step()[second][0]


def test_a_report_without_an_article_leaves_the_article_to_be_told(story: Story) -> None:
    story.works()
    report = story.report(article=None)
    story.step()
    case = story.case("Sr 242")
    assert story.step() == {report: (True, None, ("confirmed",)), case: (True, None, ())}


def test_a_report_that_says_something_else_than_a_case_is_told_beside_it(story: Story) -> None:
    story.works()
    first = story.report(**VIOLENCE)
    story.step()
    case = story.case("Sr 300")
    story.step()
    second = story.report(article="Sr 242")
    told = story.step()
    assert told[first][0] and told[second] == (True, None, ("changed", "article"))
    assert told[case] == (False, "told-on-report", ())


@pytest.mark.parametrize(("late", "before"), [("2025-12-01", ("orphan",)), (None, ("changed", "person"))])
def test_who_decided_on_nothing_or_on_another_is_asked_again_when_the_case_comes(
    story: Story, late: str | None, before: tuple[str, ...]
) -> None:
    story.works()
    report = story.report()
    if late is None:
        story.works(1)
        story.case("Sr 242", skn="S1")
    assert story.step(late or "2025-08-21")[report][2] == before
    story.decide(report)
    assert report not in story.open()
    if late is None:
        story.amend("gps", 1, story.case_of("Sr 242"))
    else:
        story.case("Sr 242")
    assert story.step(late or "2025-08-22")[report][2] == ("confirmed",)
    assert report in story.open()


def test_an_erased_report_of_something_else_keeps_nothing_from_being_told(story: Story) -> None:
    story.works()
    first, other = story.report(), story.report("R9", **VIOLENCE)
    story.step()
    case = story.case("Sr 242")
    assert story.step()[case] == (False, "told-on-report", ())
    story.node.erase_message(other, None, by="a test", ground="a test")
    story.amend("pol", 1)
    told = story.step()
    assert told[case] == (True, None, ()) and not told[first][0]


def test_what_was_told_is_not_told_again_when_that_is_erased(story: Story) -> None:
    story.works()
    report = story.report()
    story.step()
    case = story.case("Sr 242")
    story.step()
    story.node.erase_message(report, None, by="a test", ground="a test")
    assert story.step()[case] == (False, "told-on-report", ())


def test_a_case_that_was_told_and_erased_keeps_its_report_from_being_told(story: Story) -> None:
    story.works()
    case = story.case("Sr 242")
    story.step()
    report = story.report()
    assert story.step()[report] == (False, "case-came-first", ("confirmed",))
    story.node.erase_message(case, None, by="a test", ground="a test")
    assert story.step()[report][:2] == (False, "case-came-first")


def test_nobody_else_s_number_takes_a_signal_back(story: Story) -> None:
    """The enrolment once had the number of somebody who is registered only now."""
    story.tell("skdb", "person-registered", {"skn": "S0", "identity": {"set": "1", "surname": "A", "bsn": BSNS[0]}})
    story.tell("prk", "screening-enrolled", story.enrolment(1))
    case = story.case("Sr 242")
    story.amend("prk", 1, story.enrolment(0) | {"enrolment": "E1"})
    assert story.step()[case][0]
    story.tell("skdb", "person-registered", {"skn": "S1", "identity": {"set": "1", "surname": "B", "bsn": BSNS[1]}})
    assert story.step()[case][0]


def test_a_driver_is_not_told_of(story: Story) -> None:
    story.works(sector="taxi")
    story.report()
    assert story.step() == {}
    case = story.case("Sr 242")
    assert story.step()[case][0]


def test_who_was_a_canary_in_a_step_is_one_in_every_step_after_it(story: Story) -> None:
    story.works(holder="CAN")
    story.report()
    screening_of(story.node, ("CAN",)).step(date(2025, 8, 20))
    case = story.case("Sr 242")
    desk = screening_of(story.node)
    assert desk.step(date(2025, 8, 21))["delivered"] == 0
    assert {signal.reason for signal in desk.told().last.values()} == {"canary"}
    assert case in {pair[1] for pair in desk.told().last}
    assert desk.check().canaries == {"CAN": 2}


def test_a_decision_is_on_what_was_seen(story: Story) -> None:
    story.works()
    case = story.case("Sr 242")
    story.step()
    ((pair, seen),) = story.desk.told().last.items()
    story.amend("gps", 1, story.case_of("Sr 300"))
    story.step()
    with pytest.raises(NotSo, match=f"version {story.desk.told().last[pair].version}"):
        story.desk.assess(*pair, "no-consequence", by="a test", ground="a test", version=seen.version, ending=seen.ending)
    assert case in story.open()


def test_who_is_enrolled_under_nobody_s_number_now_is_told_of_no_more(story: Story) -> None:
    story.works()
    case = story.case("Sr 242")
    assert story.step()[case][0]
    story.amend("prk", 1, story.enrolment(0) | {"bsn": BSNS[2]})
    assert not story.step()[case][0]


def test_an_enrolment_that_is_given_again_under_nobody_s_number_is_told_of_no_more(story: Story) -> None:
    story.works()
    case = story.case("Sr 242")
    assert story.step()[case][0]
    story.tell("prk", "screening-enrolled", story.enrolment(0) | {"bsn": BSNS[2], "from": "2025-10-01"})
    assert not story.step()[case][0]


@pytest.mark.parametrize("number", ["E0", "E9"])
def test_an_enrolment_corrected_in_its_number_and_its_person_is_told_of_no_more(story: Story, number: str) -> None:
    story.works()
    case = story.case("Sr 242")
    assert story.step()[case][0]
    story.amend("prk", 1, story.enrolment(0) | {"enrolment": number})
    assert story.step()[case][0]
    story.amend("prk", 1, story.enrolment(0) | {"enrolment": number, "bsn": BSNS[2]})
    assert not story.step()[case][0]
