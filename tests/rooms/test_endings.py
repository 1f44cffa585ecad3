"""How a report by the police ends: told in stories, and by search beside a slow oracle that looks at the record as it is shown."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.message import Message
from hervat.register.endings import Ending, Name, endings, patience_on
from hervat.register.fold import Register, fold
from hervat.register.record import Case
from tests.rooms.story import PN, Story, said

DAY, LAST, LATER = date(2025, 8, 13), date(2025, 9, 30), date(2025, 10, 1)
PATIENCE = patience_on(DAY).days
PERIOD, OTHER_PERIOD = {"from": "2025-08-01", "to": "2025-08-01"}, {"from": "2025-08-01", "to": "2025-08-02"}
ARTICLES = ("Sr 302", "Sr 310")
NUMBERS, SKNS, PNS = ("PL1", "PL2"), ("A", "B", "C"), (PN, "10/000002-25")


def report(number: str = "PL1", skn: str = "A", article: str | None = "Sr 302", period: Any = None) -> dict[str, Any]:
    told = {"police_report": number, "skn": skn, "category": "sexual", "authority": "x", "reported_on": DAY.isoformat()}
    return told | {"period": period or PERIOD} | ({} if article is None else {"article": article})


def charge(number: int, article: str = "Sr 302", period: Any = None) -> dict[str, Any]:
    return {"charge": number, "article": article, "label": "x", "class": "misdrijf", "period": period or PERIOD}


class Reported(Story):
    """A story with a report of A in it."""

    def __init__(self, *others: str) -> None:
        super().__init__()
        for skn in ("A", *others):
            self.person(skn)
        self.report = self.tell("emergency-report", source="bvh", **report())

    def case_of(self, skn: str, number: str | None = "PL1", pn: str = PN, **of_charge: Any) -> None:
        named = {} if number is None else {"police_report": number}
        self.tell("case-registered", pn=pn, skn=skn, office="x", received_on="2025-08-20", charges=[charge(1, **of_charge)], **named)

    def ended(self, on: date = LATER, until: date | None = None, held: tuple[str, ...] = ()) -> Ending:
        name = (self.report.source, self.report.id)
        return endings(self.messages, {name: until}, on, held)[name]


def test_a_case_for_the_same_person_article_and_period_confirms_it() -> None:
    story = Reported()
    story.case_of("A")
    assert story.ended() == Ending("confirmed")


def test_what_differs_is_told() -> None:
    for of_charge, differs in (({"article": "Sr 310"}, "article"), ({"period": OTHER_PERIOD}, "period")):
        story = Reported()
        story.case_of("A", **of_charge)
        assert story.ended() == Ending("changed", (differs,))
    story = Reported("B")
    story.case_of("B")
    assert story.ended() == Ending("changed", ("person",))


def test_a_case_of_another_suspect_who_was_reported_as_well_says_nothing() -> None:
    story = Reported("B")
    story.tell("emergency-report", source="bvh", **report(skn="B"))
    story.case_of("B")
    assert story.ended() == Ending("open")


def test_a_merged_person_is_the_same_person() -> None:
    story = Reported("B")
    story.case_of("B")
    story.tell("persons-merged", source="skdb", kept="B", merged="A", decided_on="2025-08-30", ground="x")
    assert story.ended() == Ending("confirmed")


def test_a_dismissal_that_hides_withdraws_it() -> None:
    story = Reported()
    story.case_of("A")
    story.dismissal("2025-09-01", "01")
    assert story.ended() == Ending("withdrawn")


def test_without_a_case_it_is_an_orphan_when_the_procedure_has_ended_or_patience_has() -> None:
    story = Reported()
    story.case_of("A", number=None)
    assert [story.ended(on, LAST).how for on in (LAST, LATER)] == ["open", "orphan"]
    waited = [date.fromordinal(DAY.toordinal() + PATIENCE + more) for more in (0, 1)]
    assert [story.ended(on).how for on in waited] == ["open", "orphan"]
    assert story.ended(waited[1], LAST, held=("PL1",)).how == "open"


def test_the_patience_is_said_to_be_unverified() -> None:
    assert patience_on(DAY).certainty == patience_on(date(2000, 1, 1)).certainty == "unverified"


# Any world of these.

skns, numbers, pns = st.sampled_from(SKNS), st.sampled_from(NUMBERS), st.sampled_from(PNS)
periods, articles = st.sampled_from((PERIOD, OTHER_PERIOD)), st.sampled_from(ARTICLES)
reports = st.builds(report, numbers, skns, st.none() | articles, periods)
charges = st.builds(charge, st.sampled_from((1, 2)), articles, periods)
cases = st.builds(
    lambda pn, skn, number, charges: {
        "pn": pn, "skn": skn, "office": "x", "received_on": "2025-08-20", "police_report": number, "charges": charges
    },
    pns, skns, st.none() | numbers, st.lists(charges, min_size=1, max_size=2, unique_by=lambda one: one["charge"]),
)  # fmt: skip
decided = st.just({"decided_on": "2025-09-01", "ground": "x"})
moves = st.builds(lambda pn, of, to, more: {"pn": pn, "from": of, "to": to} | more, pns, skns, skns, decided)
merges = st.builds(lambda two, more: {"kept": two[0], "merged": two[1]} | more, st.permutations(SKNS), decided)
dismissals = st.builds(
    lambda pn, charges, code: {"pn": pn, "charges": charges, "code": code, "conditional": False, "decided_on": "2025-09-01"},
    pns, st.lists(st.sampled_from((1, 2)), min_size=1, unique=True), st.sampled_from(("01", "02")),
)  # fmt: skip
sayings = st.one_of(
    reports.map(lambda data: ("emergency-report", data)),
    reports.map(lambda data: ("emergency-report", data)),
    cases.map(lambda data: ("case-registered", data)),
    cases.map(lambda data: ("case-registered", data)),
    moves.map(lambda data: ("case-reattributed", data)),
    merges.map(lambda data: ("persons-merged", data)),
    dismissals.map(lambda data: ("case-dismissed", data)),
)


@st.composite
def worlds(draw: st.DrawFn) -> list[Message]:
    persons = [("person-registered", {"skn": skn, "identity": {"set": "1", "surname": skn}}) for skn in SKNS]
    told = [*persons, *draw(st.lists(sayings, max_size=10))]
    return [said(kind, data, id=f"m-{at}", sequence=at) for at, (kind, data) in enumerate(told, 1)]


def oracle(messages: list[Message], one: Message, late: bool) -> Ending:
    """From the record as it is shown, which knows of no ending."""
    register, data = fold(messages), one.data
    if hidden(messages, register, data):
        return Ending("withdrawn")
    own = register.of(data.skn)
    assert own is not None
    named = [(person, case) for person in register.persons for case in person.cases if case.police_report == data.police_report]
    mine = [case for person, case in named if person.skn == own.skn]
    reported = {register.of(message.data.skn).skn for message in of_number(messages, data.police_report)}
    theirs = [case for person, case in named if person.skn not in reported]
    if mine:
        return told(differences(data, mine))
    if theirs:
        return told([("person", *one) for one in differences(data, theirs)])
    return Ending("orphan" if late else "open")


def of_number(messages: list[Message], number: str) -> list[Message]:
    return [message for message in messages if message.kind == "emergency-report" and message.data.police_report == number]


def differences(data: Any, cases: list[Case]) -> list[tuple[str, ...]]:
    found = []
    for one in (charge for case in cases for charge in case.charges):
        article = ["article"] if data.article is not None and data.article != one.article else []
        found.append((*article, *(["period"] if one.period != data.period else [])))
    return found


def told(found: list[tuple[str, ...]]) -> Ending:
    least = min(map(len, found))
    differs = next(one for one in found if len(one) == least)
    return Ending("changed", differs) if differs else Ending("confirmed")


def hidden(messages: list[Message], register: Register, data: Any) -> bool:
    dismissed = [one.data for one in messages if one.kind == "case-dismissed" and one.data.code == "01"]
    gone = {(one.pn, number) for one in dismissed for number in one.charges}
    registered = [one.data for one in messages if one.kind == "case-registered"]
    for case in registered:
        everything = {(case.pn, one.charge) for other in registered if other.pn == case.pn for one in other.charges}
        bound = [*(one.data.to for one in messages if one.kind == "case-reattributed" and one.data.pn == case.pn)]
        bound += [other.skn for other in registered if other.pn == case.pn]
        persons = {register.of(skn).skn for skn in bound}
        if case.police_report == data.police_report and everything <= gone and register.of(data.skn).skn in persons:
            return True
    return False


def ends_of(messages: list[Message], until: date | None) -> dict[Name, date | None]:
    return {(one.source, one.id): until for one in messages if one.kind == "emergency-report"}


@given(worlds(), st.sampled_from((None, DAY, LAST)), st.sampled_from((DAY, LATER, date(2026, 9, 1))))
@settings(max_examples=400)
def test_every_report_ends_as_the_record_says(messages: list[Message], until: date | None, on: date) -> None:
    ends = ends_of(messages, until)
    found = endings(messages, ends, on)
    late = (until is not None and until < on) or (on - DAY).days > PATIENCE
    reports = {(one.source, one.id): one for one in messages if one.kind == "emergency-report"}
    wanted = {name: oracle(messages, one, late) for name, one in reports.items()}
    # Of two charges that differ as much either may be told.
    assert {name: (one.how, len(one.differs)) for name, one in found.items()} == {
        name: (one.how, len(one.differs)) for name, one in wanted.items()
    }


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_messages_does_not_matter_and_only_those_asked_about_are_told(messages: list[Message], random: Any) -> None:
    ends = ends_of(messages, LAST)
    found = endings(messages, ends, LATER)
    assert found.keys() == ends.keys()
    assert endings(random.sample(messages, len(messages)), ends, LATER) == found
    some = dict(random.sample(sorted(ends.items()), len(ends) // 2))
    assert endings(messages, some, LATER) == {name: found[name] for name in some}


@given(worlds())
def test_nothing_but_time_makes_an_orphan(messages: list[Message]) -> None:
    early, late = (endings(messages, ends_of(messages, LAST), on) for on in (LAST, LATER))
    assert all(one.how != "orphan" for one in early.values())
    assert {name: Ending("orphan") if one.how == "open" else one for name, one in early.items()} == late
