"""The timeline: times that are read no more exactly than they were said, what was on record at any position, and files taken whole or
not at all.
"""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.considered import Considered
from hervat.doors.pages.wording import wording
from hervat.errors import HervatError, NotSo, Usage
from hervat.intake.ceilings import Ceiling
from hervat.intake.switching import Isolated, read_switch
from hervat.oversight.entries import SORTS, Knowing, TimelineEntry
from hervat.oversight.importing import timeline_in
from hervat.oversight.timeline import DECISIONS
from hervat.oversight.when import PARTS, parse_when
from hervat.recording import Recording

REAL = Path(__file__).parents[2] / "examples" / "letter" / "incident_timeline.csv"
BEGAN = datetime(2025, 7, 18, 6, tzinfo=UTC)


def an_entry(**more: object) -> TimelineEntry:
    return msgspec.convert({"kind": "fact", "actor": "OM", "what": "something", "when": "2025-07-18", **more}, TimelineEntry)


@pytest.fixture
def node(tmp_path: Path):  # type: ignore[no-untyped-def]
    with Node.opened(f"sqlite:///{tmp_path / 'node.db'}", writer=True, clock=SteppedClock(BEGAN)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "precision", "start", "end"),
    [
        ("2025-07-17T22:45", "instant", "2025-07-17T20:45:00", "2025-07-17T20:46:00"),
        ("2025-07-17T22:45~", "instant", "2025-07-17T20:45:00", "2025-07-17T20:46:00"),
        ("2025-07-17T22:45:07Z", "instant", "2025-07-17T22:45:07", "2025-07-17T22:45:08"),
        ("2025-07-17T22:45+02:00", "instant", "2025-07-17T20:45:00", "2025-07-17T20:46:00"),
        ("2025-07-16 evening", "part", "2025-07-16T16:00:00", "2025-07-16T22:00:00"),
        ("2025-07-18", "day", "2025-07-17T22:00:00", "2025-07-18T22:00:00"),
        ("2025-12", "month", "2025-11-30T23:00:00", "2025-12-31T23:00:00"),
        ("2025", "year", "2024-12-31T23:00:00", "2025-12-31T23:00:00"),
        ("2025-10-26", "day", "2025-10-25T22:00:00", "2025-10-26T23:00:00"),
        ("2025-05/2025-07-16 evening", "interval", "2025-04-30T22:00:00", "2025-07-16T22:00:00"),
        ("2025-05/..", "interval", "2025-04-30T22:00:00", None),
        ("../2025-07", "interval", None, "2025-07-31T22:00:00"),
    ],
)
def test_a_time_is_read_as_exactly_as_it_was_said(text: str, precision: str, start: str | None, end: str | None) -> None:
    found = parse_when(text)
    assert found.precision == precision and found.approximate == text.endswith("~") and found.text == text
    assert [None if one is None else one.replace(tzinfo=None).isoformat() for one in (found.start, found.end)] == [start, end]


@pytest.mark.parametrize("text", ["", "  ", "undated", "Undated"])
def test_what_is_undated_stays_so_and_borrows_no_time(text: str) -> None:
    found = parse_when(text)
    assert (found.precision, found.start, found.end) == ("undated", None, None)


NO_TIMES = ("yesterday", "2025-13", "2025-02-30", "../..", "2025-07/2025-05", "2025-07-17T25:00", "2025-07-16 teatime", "/")


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(Usage, match=r"no time that can be read|ends before"):
        parse_when(text)


SHAPED = st.from_regex(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}( (night|evening)|T[0-9]{2}:[0-9]{2})?)?)?~?(/[0-9-]{4,10})?")


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=30), SHAPED))
def test_any_text_is_a_time_or_is_refused_and_ends_after_it_begins(text: str) -> None:
    try:
        found = parse_when(text)
    except Usage as fault:
        assert "time" in str(fault) or "ends before" in str(fault)
    else:
        assert found.start is None or found.end is None or found.start < found.end
        assert (found.start is None and found.end is None) == (found.precision == "undated")


def test_the_parts_of_a_day_are_the_whole_of_it() -> None:
    assert [hour for bounds in PARTS.values() for hour in bounds] == [0, 6, 6, 12, 12, 18, 18, 24]


def test_the_real_timeline_is_taken_in_whole_and_once(node: Node) -> None:
    entries = timeline_in(REAL.read_bytes(), "real").entries
    assert len(entries) == 19
    recording = Recording(node)
    first = recording.take_in(entries, by="an investigator")
    again = recording.take_in(entries, by="an investigator")
    assert (first["added"], first["known"], again["added"], again["known"]) == (19, 0, 0, 19)
    shown = recording.show()["entries"]
    cut = {one["what"][:8]: one["when"] for one in shown if one["kind"] == "isolation"}
    assert [one["text"] for one in cut.values()] == ["2025-07-17T22:45~", "2025-07-18T08:00~"]
    assert all(one["approximate"] for one in cut.values())
    assert [one["when"]["precision"] for one in shown if one["actor"] == "NCSC"] == ["month", "instant"]


def test_a_start_that_moved_back_is_a_correction_and_both_are_on_record(node: Node) -> None:
    recording = Recording(node)
    first = recording.add(an_entry(what="earliest exploitation", when="2025-06"), by="a")["position"]
    then = node.position
    second = recording.correct(first, an_entry(what="earliest exploitation", when="2025-05"), by="b", why="found in logs")["position"]
    (before,) = recording.show(then)["entries"]
    now = {one["position"]: one for one in recording.show()["entries"]}
    assert before["when"]["text"] == "2025-06" and before["corrected_by"] is None
    assert now[first]["corrected_by"] == second and now[second]["corrects"] == first and now[second]["why"] == "found in logs"
    with pytest.raises(NotSo, match=f"was corrected at position {second}"):
        recording.correct(first, an_entry(), by="c", why="again")
    with pytest.raises(NotSo, match="no entry of the timeline"):
        recording.correct(node.position + 5, an_entry(), by="c", why="again")


def test_what_a_party_knew_is_what_it_is_said_to_have_known_by_then(node: Node) -> None:
    recording = Recording(node)
    known = [{"who": "OM", "since": "2025-07-16 evening"}, {"who": "Justid", "since": "undated"}]
    recording.add(an_entry(what="the scan", known=known), by="a")
    asked = [(who, datetime(2025, 7, day, tzinfo=UTC)) for who in ("om", "Justid", "CJIB") for day in (15, 17)]
    found = {(who, at.day): len(recording.show(known_by=who, moment=at)["entries"]) for who, at in asked}
    assert found == {("om", 15): 0, ("om", 17): 1, ("Justid", 15): 0, ("Justid", 17): 0, ("CJIB", 15): 0, ("CJIB", 17): 0}


STEP = st.tuples(st.booleans(), st.integers(0, 20), st.sampled_from(["2025", "undated", "2025-07-18", "2025-05/.."]))
HEADED = st.text(alphabet='da,te"\n;2025-~', max_size=120).map(lambda rest: b"date,actor,event,kind\n" + rest.encode())


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, max_size=12))
def test_what_was_on_record_is_a_function_of_what_came_before(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, int, str]]
) -> None:
    path = tmp_path_factory.mktemp("record")
    with Node.opened(f"sqlite:///{path / 'node.db'}", writer=True, clock=SteppedClock(BEGAN)) as node:
        recording, seen = Recording(node), dict[int, list[dict[str, object]]]()
        for corrects, which, when in steps:
            standing = [one.position for one in recording.entries() if one.stands]
            entry = an_entry(when=when)
            if corrects and standing:
                recording.correct(standing[which % len(standing)], entry, by="b", why="better known")
            else:
                recording.add(entry, by="a")
            seen[node.position] = recording.show()["entries"]
        assert len(recording.show()["entries"]) == len(steps)
        for position, shown in seen.items():
            assert recording.show(position)["entries"] == shown
        undated = [one for one in recording.show()["entries"] if one["when"]["text"] == "undated"]
        assert all(one["when"]["from"] is None and one["when"]["until"] is None for one in undated)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode), HEADED))
def test_any_file_is_a_timeline_or_is_refused_in_words(raw: bytes) -> None:
    try:
        entries = timeline_in(raw, "file.csv").entries
    except HervatError as fault:
        assert "file.csv" in str(fault)
    else:
        assert all(entry.sort in SORTS.values() for entry in entries)


def test_every_line_that_is_wrong_is_named_and_nothing_is_taken() -> None:
    raw = b"date,actor,event,kind\n2025,OM,a,fact\nsoon,OM,b,fact\n2025,OM,c,rumour\n2025,,d,fact\n"
    with pytest.raises(Usage) as caught:
        timeline_in(raw, "file.csv")
    said = str(caught.value)
    assert all(f"file.csv, line {line}: " in said for line in (3, 4, 5)) and "line 2" not in said
    assert "3 lines are wrong, and nothing was taken" in said


def test_what_was_weighed_lies_beside_the_decision_or_is_said_not_to(node: Node) -> None:
    recording = Recording(node)
    with pytest.raises(NotSo, match="no decision is at position"):
        recording.consider(1, Considered(known="x"), by="a")
    held = node.ceiling("urn:nld:oin:00000099000000002000:systeem:gps", Ceiling(hold=True), by="a", why="cut")["position"]
    (bare,) = recording.show()["decisions"]
    first = recording.consider(held, Considered(known="an intrusion", options=("wait",), risks=("blind",)), by="a")["position"]
    second = recording.consider(held, Considered(known="two servers"), by="b")["position"]
    (decision,) = recording.show()["decisions"]
    assert bare["considered"] == () and [(one["position"], one["by"]) for one in decision["considered"]] == [(first, "a"), (second, "b")]
    assert [decision["considered"][0][name] for name in ("known", "options", "risks")] == ["an intrusion", ("wait",), ("blind",)]
    assert (decision["by"], decision["why"], decision["kind"]) == ("a", "cut", "ceiling-set")
    assert recording.show(first)["decisions"][0]["considered"] == decision["considered"][:1]


ISOLATED = b'{"act":"isolated","by":"a","considered":{"known":"an intrusion","risks":["blind"]},"oin":null,"signed":null,"why":"cut"}'


def test_what_acts_of_before_had_inside_is_read_for_ever(node: Node) -> None:
    """The bytes are those of an act of before: what was considered lay inside, and now lies beside."""
    act = read_switch(ISOLATED)
    assert isinstance(act, Isolated) and act.considered == Considered(known="an intrusion", risks=("blind",))
    at = node.admit(lambda inbox: inbox.switch(act))["position"]
    beside = Recording(node).consider(at, Considered(known="later"), by="b")["position"]
    (decision,) = Recording(node).show()["decisions"]
    assert [(one["position"], one["by"], one["known"]) for one in decision["considered"]] == [
        (at, "a", "an intrusion"),
        (beside, "b", "later"),
    ]


def test_an_entry_names_who_knew() -> None:
    assert an_entry(known=[{"who": "OM", "since": "2025"}]).known == (Knowing(who="OM", since="2025"),)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_decision_has_words(language: str) -> None:
    assert all(wording(language).term("deeds", kind) for kind in DECISIONS)
