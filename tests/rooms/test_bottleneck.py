"""Bottlenecks: closed by evidence alone, and open again by themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hervat.consumers.bottleneck import TOLERATED, bottleneck

AT = datetime(2025, 9, 25, 12, tzinfo=UTC)
OURS, OTHER = "urn:nld:oin:00000099000000002000:systeem:gps", "urn:nld:oin:00000099000000007000:systeem:prk"


def row(source: str, **changes: Any) -> dict[str, Any]:
    """A source of which everything is known."""
    whole = {"complete_until": "2025-09-25T12:00:00Z", "stock": [], "gaps": [], "held": 0, "link": "live"}
    return {"source": source} | whole | changes


def left(undecided: int, unassessed: int) -> dict[str, tuple[str, int]]:
    return {"changes-told": ("undecided", undecided), "signals-assessed": ("unassessed", unassessed)}


AGAINST = {
    "sources-live": st.sampled_from(("inbound", "replay")).map(lambda link: {"link": link}),
    "horizon-now": st.sampled_from((None, "2025-09-22T11:59:59Z")).map(lambda until: {"complete_until": until}),
    "stock-zero": st.integers(1, 9).map(lambda count: {"stock": [{"kinds": ["judgment-given"], "count": count}]}),
    "nothing-missing": st.integers(1, 9).map(lambda first: {"gaps": [{"first": first, "last": first}]}),
    "nothing-held": st.integers(1, 9).map(lambda held: {"held": held}),
}
wrongs = st.sets(st.sampled_from(sorted(AGAINST))).flatmap(lambda names: st.fixed_dictionaries({name: AGAINST[name] for name in names}))


@given(wrong=wrongs, undecided=st.sampled_from((0, 0, 3)), unassessed=st.sampled_from((0, 0, 2)), elsewhere=wrongs)
def test_each_condition_fails_by_its_own_evidence_and_by_nothing_else(
    wrong: dict[str, dict[str, Any]], undecided: int, unassessed: int, elsewhere: dict[str, dict[str, Any]]
) -> None:
    ours = row(OURS, **{name: value for part in wrong.values() for name, value in part.items()})
    other = row(OTHER, **{name: value for part in elsewhere.values() for name, value in part.items()})
    found = bottleneck("childcare", {OURS}, [ours, other], AT, affected=5, left=left(undecided, unassessed))
    expected = {*wrong, *(["changes-told"] if undecided else []), *(["signals-assessed"] if unassessed else [])}
    assert {condition.name for condition in found.conditions if not condition.holds} == expected
    assert found.is_open == bool(expected)
    assert all(condition.holds == (not condition.against) for condition in found.conditions)
    for condition in found.conditions:
        assert all(one.get("source", OURS) == OURS for one in condition.against)


@given(behind=st.timedeltas(timedelta(0), timedelta(days=9)))
def test_a_source_may_be_silent_for_a_while_and_no_longer(behind: timedelta) -> None:
    until = (AT - behind).isoformat()
    found = bottleneck("taxi", {OURS}, [row(OURS, complete_until=until)], AT, affected=None, left=left(0, 0))
    assert found.is_open == (behind > TOLERATED)
    assert found.since is not None


def test_without_a_single_source_nothing_is_known() -> None:
    found = bottleneck("taxi", {OURS}, [row(OTHER)], AT, affected=1, left=left(0, 0))
    assert found.is_open
    assert found.since is None
