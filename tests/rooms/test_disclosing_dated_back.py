"""An answer that is written down on a later day than its own hides nothing: told is what reads differently as of either day."""

import contextlib
from collections import defaultdict
from datetime import date

from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.consumers.disclosure.comparing import Holding
from hervat.consumers.disclosure.listed import REQUESTED
from hervat.consumers.disclosure.requested import Supplied
from hervat.disclosing import Disclosing
from hervat.errors import NotSo
from hervat.standing import HEARINGS, bottlenecks
from tests.rooms.messages import FEEDS
from tests.rooms.nodes import KEYS, all_rows, at, fresh, names_of
from tests.rooms.requested import PROCEEDINGS, requested_sets
from tests.rooms.test_disclosing import PNS, asks, begun, case, judgment

DAYS = [date(2025, 7, day) for day in (1, 3, 5, 7, 9)]
NOTHING, ASKING = Supplied(), FEEDS["ind"].encode()


def requests(node: Node) -> list[int]:
    return [row.position for row in all_rows(node.store) if row.kind == REQUESTED]


def lines(node: Node, names: list[tuple[str, str]], on: date) -> list[tuple[str, ...]]:
    """The answers to some requests, as of a day; whichever is not there is not asked for."""
    positions = {name: position for position, name in names_of(node.store).items()}
    return [Disclosing(node).answer(positions[name], NOTHING, on).lines() for name in names]


@given(messages=requested_sets(whole=True), data=st.data())
def test_told_is_what_an_uncut_world_says_otherwise_of_the_day_or_of_that_on_which_it_was_written_down(
    messages: list[bytes], data: st.DataObject
) -> None:
    came, last = {day: list[bytes]() for day in DAYS}, defaultdict[str, date](lambda: DAYS[0])
    for raw in messages:
        source = next((name for name in FEEDS.values() if name.encode() in raw[:400]), "")
        # Of one source what was sent first comes first.
        last[source] = data.draw(st.sampled_from([day for day in DAYS if day >= last[source]]))
        came[last[source]].append(raw)
    day, written = sorted(data.draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
    with fresh("memory") as node, fresh("memory") as then, fresh("memory") as uncut:
        answered = list[int]()
        for today in DAYS:
            at(node, today).receive(came[today])
            if data.draw(st.booleans()):
                Disclosing(node).desk().step(today)
            for request in requests(node) if today == written else ():
                with contextlib.suppress(NotSo):
                    Disclosing(node).give(request, NOTHING, day, by="a test")
                    answered.append(request)
            if data.draw(st.booleans()):
                Disclosing(node).desk().step(today)
        Disclosing(node).desk().step(DAYS[-1])
        # The request is as it is known where it is written down.
        then.receive([raw for each in DAYS for raw in came[each] if each <= (written if ASKING in raw[:400] else day)])
        uncut.receive([raw for each in DAYS for raw in came[each]])
        names = [names_of(node.store)[request] for request in answered]
        held = lines(then, names, day)
        otherwise = {
            request
            for each in {day, written}
            for request, said, before, now in zip(answered, held, lines(then, names, each), lines(uncut, names, each), strict=True)
            if now not in (before, said)
        }
        told = Holding.up_to(node.store, KEYS, node.position).told
        event(f"{'written down later' if day < written else 'on the day'}: {len(answered)}, {bool(otherwise)}")
        assert otherwise <= told.keys()
        for _, one in told.values():
            # Whoever was told something holds by now what is so, as of the day of which it was told.
            now = Disclosing(node).answer(one.request, NOTHING, one.as_of or day)
            assert one.hash == Disclosing(node).hash_of(now)
        assert Disclosing(node).desk().step(DAYS[-1])["position"] is None


def test_what_came_in_between_and_was_looked_at_before_it_was_written_down_is_told() -> None:
    """The step before had looked at the message already; no other will come near it."""
    with fresh("memory") as node:
        told = begun(node)
        request = asks(told, PROCEEDINGS)
        at(node, DAYS[1])
        told.tell("gps", "case-registered", case(PNS[1], "S1", 1))
        told.tell("grip", "judgment-given", judgment("J2", PNS[1]))
        desk = told.disclosing.desk()
        assert desk.step(DAYS[2])["differences"] == 0
        at(node, DAYS[2])
        found, place, _ = told.disclosing.give(request, NOTHING, DAYS[0], by="x")
        assert PNS[1] not in str(found.set())
        assert "uncompared" in against(node)
        assert desk.step(DAYS[2])["differences"] == 1
        assert "uncompared" not in against(node) and "differing" in against(node)
        (work,) = desk.work(DAYS[2])
        assert (work.difference.disclosed, work.given.on, work.difference.as_of) == (place, DAYS[0], DAYS[2])
        assert PNS[1] in str(work.differs()["came"]) and PNS[1] not in str(work.before.set())


def against(node: Node) -> set[str]:
    """What stands against the end of the bottleneck of extracts for hearings."""
    (one,) = [one for one in bottlenecks(node) if one.name == HEARINGS]
    return {name for condition in one.conditions for each in condition.against for name in each}
