"""The switch, searched: isolations and restarts against the slow oracle after every step, at every position, on both engines."""


from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.intake.ceilings import Ceiling
from hervat.intake.switching import Isolated, RestartBegun
from tests.rooms.messages import FEEDS, message_sets
from tests.rooms.nodes import (
    THOROUGH,
    Sent,
    all_rows,
    applied_at_the_least_position,
    balance_of,
    both_engines_keep_the_same,
    expected,
    fresh,
    state_of,
    take,
)
from tests.rooms.steps import OINS, Step, ceiling_acts, erasures, lane_acts, partner_acts, switch_acts
from tests.rooms.test_known_at import is_that_of_stores_that_stopped

HALF = settings(max_examples=settings().max_examples // 2)
"""For what is asked at every position."""


@st.composite
def switched(draw: st.DrawFn, *, erasing: bool = False) -> list[Step]:
    """A set of messages in any order and batching, after something was closed, with acts in between."""
    first = switch_acts.filter(lambda act: isinstance(act[1], Isolated | RestartBegun))
    left, taken = draw(st.permutations(draw(message_sets(9)))), list[Step]([draw(first)])
    between = st.one_of(switch_acts, switch_acts, switch_acts, ceiling_acts, lane_acts, erasures if erasing else partner_acts)
    while left:
        size = draw(st.integers(1, 5))
        taken.append(list(left[:size]))
        left = left[size:]
        taken += draw(st.lists(between, max_size=2))
    return [*taken, *draw(st.lists(between, max_size=3))]


@given(taken=switched())
@THOROUGH
def test_every_state_is_that_of_the_oracle_and_once_admitted_is_always_admitted(taken: list[Step]) -> None:
    sent, admitted = Sent(), set[int]()
    with fresh("memory") as node:
        for step in taken:
            take(node, step)
            sent.add(step)
            assert state_of(node) == expected(sent.oracle())
            balance_of(node)
            now = {row.position for row in all_rows(node.store) if row.admitted_at}
            assert admitted <= now
            admitted = now
        applied_at_the_least_position(node, sent)


@given(taken=switched(erasing=True))
@HALF
def test_the_state_at_every_position_is_that_of_a_store_that_stopped_there(taken: list[Step]) -> None:
    is_that_of_stores_that_stopped("memory", taken)


@given(taken=switched(erasing=True))
def test_both_engines_keep_the_same_and_folding_again_gives_it_once_more(taken: list[Step]) -> None:
    both_engines_keep_the_same(taken)


AROUND = st.lists(st.one_of(ceiling_acts, lane_acts), max_size=4)


@given(messages=message_sets(12), oin=st.sampled_from((None, *sorted(OINS))), around=AROUND)
def test_one_act_cuts_off_whatever_else_is_decided(messages: list[bytes], oin: str | None, around: list[Step]) -> None:
    with fresh("memory") as node:
        take(node, ("", Isolated(oin=oin, by="a test", why="a search")))
        for step in (messages, *around, *((FEEDS[feed], Ceiling()) for feed in ("skdb", "gps", "grip"))):
            take(node, step)
        feeds = {feed.number: feed for feed in node.store.feeds()}
        closed = [row for row in all_rows(node.store) if oin is None or f":{oin}:" in feeds[row.source].name]
        assert not [row.position for row in closed if row.admitted_at and feeds[row.source].name != "unknown"]
        shown = {row["source"]: row["link"] for row in node.horizon()}
        assert {shown[feeds[row.source].name] for row in closed if feeds[row.source].name != "unknown" and not row.quarantined} <= {
            "isolated",
            "quarantine",
        }
