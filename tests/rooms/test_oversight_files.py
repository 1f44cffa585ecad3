"""Files of the timeline that say more than entries: two moments of one act, what takes the place of what; each taken in once, whatever came
before.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.errors import NotSo, Usage
from hervat.oversight.entries import Tie
from hervat.oversight.importing import TimelineFile, timeline_in
from hervat.recording import Recording
from tests.rooms.test_oversight import BEGAN, REAL, an_entry, node

__all__ = ["node"]
HEAD = "id,date,actor,event,kind,same_act,corrects,why,known\n"
MOVED = HEAD + "a,2025-06,IVOM,earliest exploitation,finding,,,,OM since 2025-07-24~\n"
MOVED += "b,2025-07-17T22:45~,OM,decided,isolation,,,,\nc,2025-07-18T08:00~,OM,cut,isolation,b,,,\n"
MOVED += "d,2025-05,IVOM,earliest exploitation,finding,,a,found in logs,OM since 2025-11\n"


def real() -> TimelineFile:
    return timeline_in(REAL.read_bytes(), "real")


def take(recording: Recording, file: TimelineFile, by: str = "a") -> tuple[int, int, int]:
    answer = recording.take_in(file.entries, by=by, ties=file.ties)
    return answer["added"], answer["known"], answer["tied"]


def standing(recording: Recording) -> dict[str, dict[str, Any]]:
    return {one["what"]: one for one in recording.show()["entries"] if one["corrected_by"] is None}


def test_of_many_rows_that_look_alike_those_that_follow_one_another_are_told() -> None:
    rows = "".join(f"r{hour},2025-07-17T{hour:02}:00,OM/IVOM,x,isolation,,,,\n" for hour in (3, 1, 2))
    other = "o,2025-07-17T02:30,Justid,x,isolation,,,,\n"
    assert timeline_in((HEAD + rows + other).encode(), "many").alike() == [(2, 4), (3, 4)]


def test_two_dates_of_one_act_are_told_and_tied_only_when_somebody_says_so(node: Node) -> None:
    recording, file = Recording(node), real()
    assert file.ties == () and file.alike() == [(4, 5)]
    assert take(recording, file) == (19, 0, 0)
    tied = file.tied(["5=4"])
    assert tied == file.tied(["4=5"]) == file.tied(["4=5", "5=4"]) and tied.alike() == []
    assert take(recording, tied) == (0, 19, 1)
    before = node.position
    assert take(recording, tied) == take(recording, file.tied(["4=5"])) == (0, 19, 0) and take(recording, file) == (0, 19, 0)
    assert node.position == before == 20
    shown = {one["position"]: one for one in recording.show()["entries"]}
    assert (shown[20]["same_act"], shown[20]["corrects"], shown[4]["corrected_by"]) == (3, 4, 20)
    assert shown[20]["what"] == shown[4]["what"] and recording.show(19)["entries"][2]["same_act"] is None


def test_a_start_that_moved_back_is_known_then_and_known_later(node: Node) -> None:
    recording, file = Recording(node), timeline_in(MOVED.encode(), "file.csv")
    assert take(recording, file) == (4, 0, 0) and take(recording, file) == (0, 4, 0)
    shown = {one["position"]: one for one in recording.show()["entries"]}
    assert (shown[1]["corrected_by"], shown[4]["corrects"], shown[4]["why"], shown[3]["same_act"]) == (4, 1, "found in logs", 2)
    then = {one["position"]: one for one in recording.show(3)["entries"]}
    assert (then[1]["when"]["text"], then[1]["corrected_by"], shown[4]["when"]["text"]) == ("2025-06", None, "2025-05")
    knew = {}
    for month in (7, 8, 12):
        found = recording.show(known_by="OM", moment=datetime(2025, month, 1, tzinfo=UTC))["entries"]
        knew[month] = [(one["when"]["text"], one["corrected_by"]) for one in found]
    assert knew == {7: [], 8: [("2025-06", 4)], 12: [("2025-05", None)]}


def test_what_was_corrected_by_hand_is_not_written_over_by_a_file(node: Node) -> None:
    recording, file = Recording(node), timeline_in(MOVED.encode(), "file.csv")
    take(recording, msgspec.structs.replace(file, entries=file.entries[:3], lines=file.lines[:3], ties=()))
    by_hand = recording.correct(1, an_entry(what="earliest exploitation", when="2025-04"), by="b", why="other logs")["position"]
    before = recording.show()
    with pytest.raises(NotSo, match=f"was corrected otherwise at position {by_hand}"):
        take(recording, file)
    assert recording.show() == before
    recording.correct(3, an_entry(what="cut", when="2025-07-18", same_act=1), by="b", why="it is")
    with pytest.raises(NotSo, match="a moment of the act at position 1 already"):
        take(recording, msgspec.structs.replace(file, ties=(Tie(later=2, earlier=1),)))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("a,2025,OM,x,fact,,,,\na,2025,OM,y,fact,,,,\n", "line 3: the id 'a' is that of line 2"),
        ("a,2025,OM,x,fact,b,,,\n", "line 2: same_act names 'b', the id of no other row"),
        ("a,2025,OM,x,fact,a,,,\n", "line 2: same_act names 'a', the id of no other row"),
        ("a,2025,OM,x,fact,,b,w,\nb,2025,OM,y,fact,,,,\n", "line 2: a row corrects one above it, and says why"),
        ("a,2025,OM,x,fact,,,,\nb,2025,OM,y,fact,,a,,\n", "line 3: a row corrects one above it, and says why"),
        ("a,2025,OM,x,fact,,,,\nb,2025,OM,y,fact,,,,\nc,2025,OM,z,fact,a,,,\n,2025,OM,z,fact,,,,\nd,2025,OM,v,fact,c,,,\n", ""),
    ],
)
def test_a_file_that_says_what_cannot_be_is_refused_with_its_line(rows: str, told: str) -> None:
    try:
        found = timeline_in((HEAD + rows).encode(), "file.csv")
    except Usage as fault:
        assert told and told in str(fault)
    else:
        assert not told and {(tie.later, tie.earlier) for tie in found.ties} == {(2, 0), (4, 2)}


@pytest.mark.parametrize("pair", ["4", "4=4", "4=1", "4=99", "a=b", "4=5=6", ""])
def test_lines_that_are_none_are_refused(pair: str) -> None:
    with pytest.raises(Usage, match="two lines of real on which entries end"):
        real().tied([pair])


def test_a_row_is_of_one_act_at_most() -> None:
    with pytest.raises(Usage, match="line 5: it names line 3 and line 4"):
        real().tied(["3=5", "4=5"])


ENTRIES = st.lists(st.sampled_from("abcde"), min_size=2, max_size=6, unique=True)
PAIRS = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=4)
FILES = st.tuples(ENTRIES, PAIRS, st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=2))


@settings(max_examples=30, deadline=None)
@given(st.lists(FILES, min_size=1, max_size=4))
def test_whatever_files_come_each_says_its_own_once_or_nothing_of_it(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[list[str], set[tuple[int, int]], set[tuple[int, int]]]]
) -> None:
    """After a file that was taken, its ties are on record; again it changes nothing; one that is refused changes nothing either."""
    path = tmp_path_factory.mktemp("files")
    with Node.opened(f"sqlite:///{path / 'node.db'}", writer=True, clock=SteppedClock(BEGAN)) as opened:
        recording = Recording(opened)
        for names, acts, corrections in files:
            entries = tuple(an_entry(what=name) for name in names)
            ties = {(max(pair), False): Tie(later=max(pair), earlier=min(pair)) for pair in acts if fits(pair, entries)}
            ties |= {(max(pair), True): Tie(later=max(pair), earlier=min(pair), why="w") for pair in corrections if fits(pair, entries)}
            before = recording.show()
            try:
                recording.take_in(entries, by="a", ties=list(ties.values()))
            except NotSo:
                assert recording.show() == before
                continue
            after = recording.show()
            again = recording.take_in(entries, by="a", ties=list(ties.values()))
            assert (again["added"], again["tied"]) == (0, 0) and recording.show() == after
            said({one["position"]: one for one in after["entries"]}, names, list(ties.values()))
            assert all(one in [strip(two) for two in after["entries"]] for one in map(strip, before["entries"])), "nothing is written over"


def fits(pair: tuple[int, int], entries: tuple[Any, ...]) -> bool:
    return min(pair) < max(pair) < len(entries)


def strip(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"corrected_by": None}


def said(shown: dict[int, dict[str, Any]], names: list[str], ties: list[Tie]) -> None:
    """Each name is on record, and what was said of two is to be found: of one, or of what took its place since."""
    for name in names:
        assert any(one["what"] == name for one in shown.values())
    for tie in ties:
        later = [two for one in shown.values() if one["what"] == names[tie.later] for two in following(shown, one, "corrected_by")]
        if tie.why is None:
            of = [shown[one["same_act"]] for one in later if one["same_act"]]
            assert names[tie.earlier] in {two["what"] for one in of for way in WAYS for two in following(shown, one, way)}
        else:
            assert names[tie.earlier] in {two["what"] for one in later for two in following(shown, one, "corrects")}


WAYS = ("corrects", "corrected_by")


def following(shown: dict[int, dict[str, Any]], one: dict[str, Any], way: str) -> list[dict[str, Any]]:
    """An entry with what it took the place of, or what took its place."""
    return [one] if one[way] is None else [one, *following(shown, shown[one[way]], way)]
