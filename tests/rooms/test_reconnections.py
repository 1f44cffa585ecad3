"""How often a partner may come back, searched: by the journal alone, over any comings, beside a count that looks at all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.batch import RECONNECTED, Reconnecting, ReconnectionOffered, Returning
from hervat.clock import SteppedClock
from hervat.dispatch.reconnections import MOST, WITHIN, Reconnections
from tests.rooms.exchanged import JDS, OM
from tests.rooms.nodes import fresh

_coming = st.tuples(st.sampled_from((OM, OM, OM, JDS)), st.integers(0, 30), st.sampled_from((0, 0, 1, 2, 5, 20)))
comings = st.lists(_coming, min_size=12, max_size=50)


def offered(partner: str, highest: int) -> ReconnectionOffered:
    said = Reconnecting(feeds=(Returning(source=f"urn:nld:oin:{partner}:systeem:x", highest=highest),))
    return ReconnectionOffered(partner=partner, said=said, pace=1, backlog=highest, hours=None)


@contextmanager
def clocked() -> Iterator[tuple[Node, SteppedClock]]:
    with fresh("memory") as node:
        clock = node._clock
        assert isinstance(clock, SteppedClock)
        yield node, clock


@given(ahead=st.integers(1, 100_000), minutes=st.lists(st.integers(0, 40), min_size=20, max_size=60))
def test_a_clock_that_was_ahead_once_turns_nobody_away_for_more_than_the_hour_and_lets_nobody_fill_the_journal(
    ahead: int, minutes: list[int]
) -> None:
    with clocked() as (node, clock):
        true, known, kept = clock.now(), Reconnections(), list[datetime]()
        clock.set(true + timedelta(minutes=ahead))
        node.decide(RECONNECTED, offered(JDS, 1))
        clock.set(true)
        for number, waited in enumerate(minutes):
            clock.set(clock.now() + timedelta(minutes=waited))
            at = clock.now()
            known.catch_up(node.store, node.keys, node.position)
            if known.wait(OM, at):
                # One was kept, or first looked at, within the hour.
                assert len(kept) >= MOST
                clock.set(at + known.wait(OM, at))
                assert not known.wait(OM, clock.now())
            else:
                kept.append(at)
                node.decide(RECONNECTED, offered(OM, number))
            assert sum(at - moment < WITHIN for moment in kept) <= MOST


@given(comings=comings)
def test_an_act_is_kept_exactly_while_there_are_fewer_than_so_many_within_the_hour(comings: list[tuple[str, int, int]]) -> None:
    with clocked() as (node, clock):
        known, kept = Reconnections(), list[tuple[str, int, datetime, int]]()
        for partner, highest, minutes in comings:
            clock.set(clock.now() + timedelta(minutes=minutes))
            at = clock.now()
            known.catch_up(node.store, node.keys, node.position)
            anew = Reconnections()
            anew.catch_up(node.store, node.keys, node.position)
            act = offered(partner, highest)
            own = [one for one in kept if one[0] == partner]
            same = own[-1][3] if own and own[-1][1] == highest else None
            within = sum(at - moment < WITHIN for _, _, moment, _ in own)
            for one in (known, anew):
                assert one.same(act) == same
                assert bool(one.wait(partner, at)) == (within >= MOST)
                assert one.wait(partner, at) <= WITHIN
            if same is None and within < MOST:
                kept.append((partner, highest, at, node.decide(RECONNECTED, act)))
