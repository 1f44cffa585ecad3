"""Quarantine, searched: against the slow oracle after every step, at every position, on both engines; and that nothing is left of it in the
end (the contract, section 3, 9 and 12).
"""


from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.journal.store import APPLIED
from tests.rooms.messages import message_sets
from tests.rooms.nodes import (
    HALF,
    THOROUGH,
    all_rows,
    both_engines_keep_the_same,
    fresh,
    is_that_of_the_oracle,
    take,
)
from tests.rooms.steps import OINS, Lane, Step, ceiling_acts, erasures, in_pieces, lane_acts
from tests.rooms.test_holding_search import world_of
from tests.rooms.test_known_at import is_that_of_stores_that_stopped

OPEN = [(oin, Lane(True)) for oin in sorted(OINS)]


@st.composite
def lanes(draw: st.DrawFn, *, erasing: bool = False) -> list[Step]:
    """A set of messages in any order and batching, of which most come while their source is quarantined, with acts in between."""
    opened: list[Step] = [*draw(st.lists(st.sampled_from(OPEN), min_size=1, unique=True))]
    between = st.one_of(lane_acts, lane_acts, ceiling_acts, erasures if erasing else lane_acts)
    return [*opened, *in_pieces(draw, between)]


def in_quarantine_counts_for_nothing(node: Node) -> None:
    """What lies inside is not applied, gives no key, is complete for no chain, and is no version of anything."""
    rows = all_rows(node.store)
    inside = {row.position for row in rows if row.quarantined}
    assert not [row.position for row in rows if row.quarantined and (row.admitted_at or row.state == APPLIED or row.complete)]
    assert not [row.position for row in rows if row.version in inside]
    keys = {row.gives[start : start + 16] for row in rows for start in range(0, len(row.gives), 32)}
    assert not [at for found in node.store.links(keys).values() for at, live in found.items() if live and at in inside]


@given(taken=lanes())
@THOROUGH
def test_every_state_is_that_of_the_contract_and_once_admitted_is_always_admitted(taken: list[Step]) -> None:
    is_that_of_the_oracle(taken, in_quarantine_counts_for_nothing)


@given(taken=lanes(erasing=True))
@HALF
def test_the_state_at_every_position_is_that_of_a_store_that_stopped_there(taken: list[Step]) -> None:
    is_that_of_stores_that_stopped("memory", taken)


@given(taken=lanes(erasing=True))
def test_both_engines_keep_the_same_and_folding_again_gives_it_once_more(taken: list[Step]) -> None:
    both_engines_keep_the_same(taken)


@given(data=st.data(), messages=message_sets(12))
def test_what_was_all_let_through_is_the_world_in_which_nothing_was_quarantined(data: st.DataObject, messages: list[bytes]) -> None:
    with fresh("memory") as plain, fresh("memory") as through:
        plain.receive(messages)
        for step in (*OPEN, data.draw(st.permutations(messages))):
            take(through, step)
        for oin in data.draw(st.permutations(sorted(OINS))):
            half = through.position // 2
            for said in (Lane(None, half, frozenset({1, 4, 6})), Lane(None), Lane(False)):
                take(through, (oin, said))
        assert world_of(through) == world_of(plain)
