"""Enrolments at which somebody should look, against a naive reading of each two of them, day by day."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from hervat.consumers.screening.doubts import doubts
from tests.rooms.messages import BSNS, FEEDS
from tests.rooms.nodes import fresh
from tests.rooms.requested import person
from tests.rooms.test_disclosing import Telling

FIRST = date(2025, 7, 1)
NUMBERS, SKNS = ("E1", "E2", "E3"), ("S1", "S2", "S3")


class Begin(NamedTuple):
    number: str
    sector: str
    bsn: str
    day: int


class End(NamedTuple):
    number: str
    day: int


class Told(NamedTuple):
    """What is told of enrolments, of who has a number, and which persons are one."""

    begun: list[Begin]
    ended: list[End]
    persons: list[str]
    merged: bool


days = st.integers(0, 8)
begins = st.builds(Begin, st.sampled_from(NUMBERS), st.sampled_from(("childcare", "taxi")), st.sampled_from(BSNS[:2]), days)
told_of = st.builds(
    Told,
    st.lists(begins, min_size=1, max_size=4),
    st.lists(st.builds(End, st.sampled_from(NUMBERS), days), max_size=3),
    st.lists(st.sampled_from(BSNS[:2]), min_size=2, max_size=3),
    st.booleans(),
)


def on(day: int) -> str:
    return f"{FIRST + timedelta(days=day)}"


@given(told_of)
@example(Told([Begin("E1", "taxi", BSNS[0], 1), Begin("E2", "taxi", BSNS[0], 3)], [End("E1", 3)], [BSNS[0], BSNS[0]], merged=False))
@example(Told([Begin("E1", "taxi", BSNS[0], 1), Begin("E2", "taxi", BSNS[0], 2)], [End("E1", 3)], [BSNS[0], BSNS[0]], merged=True))
def test_they_are_those_that_a_naive_reading_finds(said: Told) -> None:
    with fresh("memory") as node:
        telling = Telling(node)
        for skn, bsn in zip(SKNS, said.persons, strict=False):
            telling.tell("skdb", "person-registered", person(skn, bsn))
        if said.merged:
            telling.tell("skdb", "persons-merged", {"kept": "S1", "merged": "S2", "decided_on": on(0), "ground": "x"})
        for begun in said.begun:
            data = {"enrolment": begun.number, "sector": begun.sector, "bsn": begun.bsn, "from": on(begun.day)}
            telling.tell("prk", "screening-enrolled", data)
        given_ = {begun.number for begun in said.begun}
        for end in said.ended:
            if end.number in given_:
                telling.tell("prk", "screening-ended", {"enrolment": end.number, "until": on(end.day)})
        listed = list(doubts(node.store, node.keys))
    assert sorted((one.enrolment, one.what, one.path, len(one.beside)) for one in listed) == sorted(naive(said)), said


def naive(said: Told) -> Iterator[tuple[str, str, str, int]]:
    """What is doubtful of which enrolment, the field, and beside how many others."""
    counts = {}
    for number in {begun.number for begun in said.begun}:
        given_ = [begun for begun in said.begun if begun.number == number]
        ends = sorted(end.day for end in said.ended if end.number == number)
        last = max(begun.day for begun in given_)
        begun = [one for one in given_ if one.day == last][-1]
        counts[number] = begun, {day for day in range(10) if begun.day <= day and not (ends and ends[-1] <= day)}
        yield from [(number, "enrolment-given-again", "data.enrolment", 1)] * (len(given_) - 1)
        yield from [(number, "enrolment-ended-again", "data.until", 1)] * max(len(ends) - 1, 0)
        if ends and ends[-1] <= begun.day:
            yield number, "enrolment-ended-before-it-began", "data.until", 1
        having = {skn for skn, bsn in zip(SKNS, said.persons, strict=False) if bsn == begun.bsn}
        if len({"S1" if skn == "S2" and said.merged else skn for skn in having}) > 1:
            yield number, "several-persons", "data.bsn", 0
    overlapping = Counter[str]()
    for (one, its_days), (other, others_days) in combinations(counts.values(), 2):
        later = max(one, other, key=lambda begun: (begun.day, begun.number))
        if (one.sector, one.bsn) == (other.sector, other.bsn) and its_days & others_days:
            overlapping[later.number] += 1
    yield from ((number, "enrolments-overlap", "data.from", count) for number, count in overlapping.items())


def test_a_number_that_was_corrected_is_the_one_that_counts() -> None:
    with fresh("memory") as node:
        telling = Telling(node)
        for skn, bsn in zip(SKNS, (BSNS[0], BSNS[1]), strict=False):
            telling.tell("skdb", "person-registered", person(skn, bsn))
        telling.tell("prk", "screening-enrolled", {"enrolment": "E1", "sector": "taxi", "bsn": BSNS[0], "from": on(0)})
        assert list(doubts(node.store, node.keys)) == []
        telling.tell("skdb", "message-corrected", {"corrects": {"source": FEEDS["skdb"], "id": "skdb-2"}, "data": person("S2", BSNS[0])})
        assert [one.what for one in doubts(node.store, node.keys)] == ["several-persons"]
        telling.tell("skdb", "message-corrected", {"corrects": {"source": FEEDS["skdb"], "id": "skdb-3"}, "data": person("S2", BSNS[2])})
        assert doubts(node.store, node.keys) == []
        telling.tell("skdb", "message-corrected", {"corrects": {"source": FEEDS["skdb"], "id": "skdb-4"}, "data": person("S2", BSNS[0])})
        assert [one.what for one in doubts(node.store, node.keys)] == ["several-persons"]
