"""The switch, searched: isolations and restarts against the slow oracle after every step, at every position, on both engines."""


from hypothesis import given
from hypothesis import strategies as st

from hervat.intake.ceilings import Ceiling
from hervat.intake.switching import Isolated, RestartBegun
from tests.rooms.messages import FEEDS, message_sets
from tests.rooms.nodes import (
    HALF,
    THOROUGH,
    all_rows,
    both_engines_keep_the_same,
    fresh,
    is_that_of_the_oracle,
    take,
)
from tests.rooms.steps import OINS, Step, ceiling_acts, erasures, in_pieces, lane_acts, partner_acts, switch_acts
from tests.rooms.test_known_at import is_that_of_stores_that_stopped


@st.composite
def switched(draw: st.DrawFn, *, erasing: bool = False) -> list[Step]:
    """A set of messages in any order and batching, after something was closed, with acts in between."""
    first = switch_acts.filter(lambda act: isinstance(act[1], Isolated | RestartBegun))
    closed: list[Step] = [draw(first)]
    between = st.one_of(switch_acts, switch_acts, switch_acts, ceiling_acts, lane_acts, erasures if erasing else partner_acts)
    return [*closed, *in_pieces(draw, between)]


@given(taken=switched())
@THOROUGH
def test_every_state_is_that_of_the_oracle_and_once_admitted_is_always_admitted(taken: list[Step]) -> None:
    is_that_of_the_oracle(taken)


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
