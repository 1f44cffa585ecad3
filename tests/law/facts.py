"""Facts for any rule, made by search from the sorts of its inputs; days and articles lie around the places where the law changes."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from hervat.case import Duration
from hervat.law.certificates.answers import Answer
from hervat.law.certificates.facts import Weighed, Windows
from hervat.law.certificates.purposes import Group, Purpose
from hervat.law.dated import Span
from hervat.law.immigration import Charge, Decision, Offence, Sentence
from hervat.law.retention import Later
from hervat.law.rule import Fact, Facts, Horizon, Input, Rule
from hervat.law.value import NONE, Outcome

TURNS = [
    date(1990, 1, 1),
    date(2000, 2, 29),
    date(2011, 7, 1),
    date(2012, 7, 1),
    date(2013, 3, 1),
    date(2018, 3, 1),
    date(2020, 1, 1),
    date(2023, 9, 1),
    date(2022, 7, 1),
    date(2018, 5, 1),
    date(2020, 2, 29),
    date(2024, 7, 1),
    date(2025, 3, 3),
    date(2025, 8, 12),
    date(2025, 9, 25),
    date(2026, 8, 30),
    date(2030, 3, 1),
]
DAYS = st.one_of(
    st.sampled_from(TURNS),
    st.sampled_from(TURNS).map(lambda day: date.fromordinal(day.toordinal() - 1)),
    st.dates(date(2009, 1, 1), date(2028, 1, 1)),
    st.sampled_from([date.min, date.max]),
)
SEXUAL_OR_NOT = "Sr 240|Sr 240b|Sr 242|Sr 244|Sr 248a lid 2|Sr 250|Sr 250a|Sr 253|Sr 254a|Sr 254c|Sr 273f"
OTHERS = "Sr 287|Sr 300|Sr 312(2)|Sr 310|WVW 8|Sr 45 jo 287|?"
POOLS = {
    "offence.article": [*SEXUAL_OR_NOT.split("|"), *OTHERS.split("|")],
    "offence.ecris": ["1001 00", "0402 00", "0401 00", "0404 00", "0801 00", "1502 00", "9999"],
    "known.blind": [(), (), ("urn:nld:oin:00000099000000003000:systeem:grip",)],
    "procedure.sectors": [("childcare",), ("childcare", "taxi"), ("taxi",)],
    "procedure.categories": [("sexual",), ("serious-violence", "sexual")],
    "procedure.receivers": [("Justis",), ("Justis", "DUO")],
    "procedure.purpose": ["continuous-screening", "other"],
    "use.purpose": ["continuous-screening", "other"],
    "use.receiver": ["Justis", "DUO", "somebody"],
    "application.function": ["judicial-officer", "driving-instructor", "astronaut"],
    "applicant.birth": ["2002-03-01", "2002-06", "2002", "1970-01-01", "2004-02-29"],
    "entry.dismissal_code": ["01", "02", "20", "40", "99"],
    "ending.dismissal_code": ["01", "02", "04", "09", "43", "99"],
    "request.requester_as_given": ("IND", "Rechtbank Amsterdam", "nobody known"),
    "request.purpose_as_given": ("hearing", "nothing known"),
    "request.mandate_as_given": ("IND", "nobody known"),
    "request.article": ["Bjsg 11", "Bjsg 14", "Bjsg 19", "Bjsg 23", "Bjsg 99"],
    "request.purpose": ["compensation", "national-security", "aliens-law", "staff-vetting"],
    "request.requester": ["Schadefonds", "AIVD", "IND", "public-employer", "private-employer"],
    "request.mandate": ["Schadefonds", "AIVD", "IND", "public-employer", "private-employer"],
    "sentence.kinds": [(), ("fine",), ("fine", "detention"), ("community-service",), ("youth-detention",), ("youth-placement",)],
    "conviction.age": [12, 15, 16, 17],
    "sentence.fine_cents": [0, 11300, 11301],
    "sentence.hours": [0, 40, 41],
}
LENGTHS = st.one_of(
    st.just(Duration(life=True)),
    st.builds(Duration, years=st.integers(1, 12), months=st.one_of(st.none(), st.integers(1, 11))),
    st.builds(Duration, months=st.sampled_from([71, 72, 73]), days=st.one_of(st.none(), st.integers(1, 5))),
)
NUMBERS = [("profile", "85"), ("aspect", "85"), ("aspect", "84"), ("profile", "25"), ("aspect", "11"), ("profile", "99")]
PURPOSES = st.lists(st.sampled_from(NUMBERS), max_size=2).map(lambda found: tuple(Purpose(kind, number) for kind, number in found))
SPANS = st.tuples(DAYS, st.one_of(st.none(), DAYS)).map(lambda days: Span(days[0], days[1] and max(days[0], days[1])))
PERIODS = st.lists(SPANS, max_size=3).map(tuple)
WINDOWS = st.builds(Windows, *(st.one_of(st.just(Span()), DAYS.map(Span)) for _ in range(4)))
WEIGHED = st.builds(Weighed, st.one_of(st.none(), DAYS), st.sampled_from(Group), st.sampled_from(["outcome", "window", "purpose"]))


def answers(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Answer[Any]]:
    """What a rule may have answered."""
    return st.builds(
        Answer,
        about=st.sampled_from(["A-1", "10/123456-25, 1"]),
        outcome=st.sampled_from(Outcome),
        value=st.one_of(st.none(), value),
        missing=st.sampled_from([(), ("application.function",)]),
        unverified=st.sampled_from([(), ("matrix",)]),
        changes_on=st.one_of(st.none(), DAYS),
        of=st.sampled_from(["0" * 64, "f" * 64]),
    )


LATER = st.builds(Later, judged_on=DAYS, maximum=st.one_of(st.none(), LENGTHS), position=st.one_of(st.none(), st.integers(1, 99)))
MAYBE_DAY = st.one_of(st.none(), DAYS)
CUSTODY_LENGTHS = st.one_of(
    st.none(),
    st.just(Duration(life=True)),
    st.builds(Duration, months=st.integers(1, 70), weeks=st.one_of(st.none(), st.integers(1, 3))),
    st.builds(Duration, days=st.sampled_from([1, 28, 30, 31, 120, 150])),
    st.builds(Duration, hours=st.sampled_from([20, 40, 240])),
)
OFFENCES = st.builds(
    Offence,
    class_=st.sampled_from(["misdrijf", "misdrijf", "overtreding", None]),
    maximum=st.one_of(st.none(), LENGTHS),
    first=MAYBE_DAY,
    last=MAYBE_DAY,
)
SENTENCES = st.builds(
    Sentence,
    kind=st.sampled_from(["imprisonment", "imprisonment", "community-service", "fine", "hospital-order", "disqualification", "other"]),
    whole=CUSTODY_LENGTHS,
    conditional=st.one_of(st.none(), CUSTODY_LENGTHS),
    cents=st.one_of(st.none(), st.sampled_from([40499, 40500, 80999, 81000, 121500])),
    enforced_days=st.sampled_from([0, 0, 30]),
    ended_on=MAYBE_DAY,
    remitted=st.booleans(),
)
DECISIONS = st.builds(
    Decision,
    key=st.sampled_from(["a", "b", "c"]),
    by=st.sampled_from(["judgment", "judgment", "penalty-order", "foreign"]),
    final_on=MAYBE_DAY,
    offences=st.lists(OFFENCES, max_size=3).map(tuple),
    sentences=st.lists(SENTENCES, max_size=3).map(tuple),
    position=st.one_of(st.none(), st.integers(1, 99)),
)
CHARGES = st.builds(
    Charge,
    key=st.sampled_from(["a#1", "b#2"]),
    class_=st.sampled_from(["misdrijf", "overtreding", None]),
    outcome=st.sampled_from(["suspected", "convicted", "acquitted", "dismissed", "dismissed-conditionally"]),
    final_on=MAYBE_DAY,
)
SORTS: dict[str, st.SearchStrategy[Any]] = {
    "day": DAYS,
    "yes or no": st.booleans(),
    "length": LENGTHS,
    "whole number": st.integers(0, 6),
    "later judgments": st.lists(LATER, max_size=3).map(tuple),
    "purposes": PURPOSES,
    "periods": PERIODS,
    "answer of certificate.lookback": answers(WINDOWS),
    "answers of certificate.objective": st.lists(answers(WEIGHED), max_size=3).map(tuple),
    "decisions": st.lists(DECISIONS, max_size=4).map(tuple),
    "charges": st.lists(CHARGES, max_size=2).map(tuple),
}


def values(input: Input[Any]) -> st.SearchStrategy[Any]:
    """The values that an input may have."""
    name, _, optional = input.sort.name.partition(", or ")
    if input.name in POOLS:
        found: st.SearchStrategy[Any] = st.sampled_from(POOLS[input.name])
    elif name.startswith("one of "):
        found = st.sampled_from(name.removeprefix("one of ").split(", "))
    else:
        found = SORTS[name]
    return st.one_of(found, st.just(NONE)) if optional else found


def told(input: Input[Any]) -> st.SearchStrategy[Fact]:
    return st.builds(Fact, values(input), st.one_of(st.none(), st.integers(1, 99)))


def facts(rule: Rule[Any], *, all_told: bool = False) -> st.SearchStrategy[Facts]:
    """Facts of a rule; any of them may be not told, or none with `all_told`."""
    each = {input.name: told(input) for input in rule.inputs}
    return st.fixed_dictionaries(each) if all_told else st.fixed_dictionaries({}, optional=each)


NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=3)
HORIZONS = st.one_of(
    st.none(),
    st.builds(
        Horizon,
        position=st.integers(0, 999),
        complete_until=st.dictionaries(NAMES, st.one_of(st.none(), st.just("2025-09-25T10:00:00Z")), max_size=2),
        support_lost=st.booleans(),
    ),
)
