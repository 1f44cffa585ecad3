"""A decision that is written down on a later day than its own hides nothing: opened again is what an uncut world says of either day."""

from datetime import date, timedelta
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.again import counting
from hervat.consumers.certificates.proposing import on_what_is_known
from hervat.consumers.certificates.steps import Deciding
from hervat.consumers.ruling import Ruling
from hervat.errors import NotSo
from hervat.interim import InterimRule
from hervat.reopening import Reopening
from hervat.standing import CERTIFICATES, bottlenecks
from tests.rooms.certified import APPLIED, NUMBER, Said, all_of, application, case, message, registered, sealed
from tests.rooms.nodes import at, fresh
from tests.rooms.test_certificates_search import CASES

DAYS = [date(2025, 9, 26) + timedelta(days=2 * step) for step in range(6)]
GROUND = {"by": "a test", "ground": "on paper"}
RECENT = st.dates(date(2025, 9, 15), date(2025, 10, 1))
ENDED = st.sampled_from(["registered", "dismissed", "acquitted", "final"])


@st.composite
def worlds(draw: st.DrawFn) -> list[Said]:
    """An applicant with cases long ago and of these days, and an application that is perhaps corrected."""
    cases = [said for number in range(draw(st.integers(0, 2))) for said in case(number, *draw(CASES))]
    cases += [said for number in range(8, 8 + draw(st.integers(1, 2))) for said in case(number, draw(RECENT), draw(ENDED))]
    return [registered(), registered("S2", None), *cases, application()]


def known(node: Node, on: date) -> Any:
    """What is proposed on what is known, as of a day, and what counts in it."""
    looked = Certificates(node).looked(NUMBER, on)
    found = on_what_is_known(looked)
    return found.proposal, counting(looked, found)


def open_rule(node: Node) -> None:
    rule = InterimRule(name="r", authority="a", ground="g", purposes=("every",), does="decide", from_=APPLIED)
    Ruling(node.store, node.keys, node.decide).open(rule, by="a", why="w")


def decide(node: Node, on: date) -> bool:
    """Grant, as of a day; whether it could be: the application may not be there yet, or be decided on already."""
    try:
        Certificates(node).propose(NUMBER, on)
        Certificates(node).decide(NUMBER, "granted", on, **GROUND)
    except NotSo:
        return False
    return True


@given(world=worlds(), data=st.data())
def test_opened_again_is_what_an_uncut_world_says_of_the_day_or_of_that_on_which_it_was_written_down(
    world: list[Said], data: st.DataObject
) -> None:
    feeds = sealed(world, "2025-11-01T00:00:00Z")
    asked = feeds.pop("vog")
    came = {day: list[bytes]() for day in DAYS}
    for feed in feeds.values():
        # Of one source what was sent first comes first.
        days = sorted(data.draw(st.lists(st.sampled_from(DAYS), min_size=len(feed), max_size=len(feed))))
        for day, raw in zip(days, feed, strict=True):
            came[day].append(raw)
    came[data.draw(st.sampled_from(DAYS))] += asked
    day, written = sorted(data.draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
    with fresh("memory") as node, fresh("memory") as then, fresh("memory") as uncut:
        decided = False
        for today in DAYS:
            at(node, today).receive(came[today])
            if today == DAYS[0]:
                open_rule(node)
            if data.draw(st.booleans()):
                Reopening(node).step(today)
            decided |= today == written and decide(node, day)
            if data.draw(st.booleans()):
                Reopening(node).step(today)
        Reopening(node).step(DAYS[-1])
        then.receive([*asked, *(raw for each in DAYS if each <= day for raw in came[each])])
        uncut.receive([*asked, *(raw for each in DAYS for raw in came[each])])
        listed = Reopening(node).listing()
        otherwise = [each for each in {written, day} if known(then, each) != known(uncut, each)]
        event(f"{'written down later' if day < written else 'on the day'}: {decided}, {bool(otherwise)}")
        assert len(listed) == (decided and bool(otherwise))
        for one in listed:
            as_of = max(otherwise)
            assert (one.difference.as_of or day) == as_of
            assert (one.difference.before, one.before) == known(then, as_of)
            assert (one.difference.now, one.now) == known(uncut, as_of)
        assert Reopening(node).step(DAYS[-1])["position"] is None


def reasons(node: Node) -> set[str]:
    """What of looking again stands against the end of the bottleneck of certificates."""
    (one,) = [one for one in bottlenecks(node) if one.name == CERTIFICATES]
    return {each.name for each in one.conditions if not each.holds and each.name in ("changes-compared", "decisions-seen-again")}


def complete(*said: Said) -> list[bytes]:
    return all_of(sealed([registered(), *said], "2025-11-01T00:00:00Z"))


def test_what_came_in_between_and_was_looked_at_before_it_was_written_down_is_opened_again() -> None:
    """The step before had looked at the message already; no other will come near it."""
    with fresh("memory") as node:
        at(node, DAYS[0]).receive(complete(application()))
        ((_, kind, data),) = case(1, date(2025, 9, 1), "registered")
        at(node, DAYS[1]).receive([message("gps", 2, kind, data)])
        assert Reopening(at(node, DAYS[2])).step(DAYS[2])["opened"] == 0
        assert decide(at(node, DAYS[3]), DAYS[0])
        place, _, _ = Certificates(node).requested(NUMBER, node.position, None)
        (step,) = [one for _, one in Certificates(node).procedure.steps(place) if isinstance(one, Deciding)]
        assert (step.on, step.proposal) == (DAYS[0], "grant")
        assert reasons(node) == {"changes-compared"}
        assert Reopening(node).step(DAYS[3])["opened"] == 1
        assert reasons(node) == {"decisions-seen-again"}
        (one,) = Reopening(node).listing()
        assert (one.difference.before, one.difference.now) == ("grant", "assess")
        assert [about for about, *_ in one.appeared] == ["10/000001-25#1"]
