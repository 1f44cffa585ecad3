"""The procedure on an application: what may follow on what, by search; and its steps in the journal of a node."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.procedure import AT_ONCE
from hervat.consumers.certificates.steps import (
    TABLE,
    Consulting,
    Deciding,
    Hearing,
    Intending,
    Objecting,
    Proposing,
    Resuming,
    State,
    Step,
    Suspending,
    doing,
    follow,
    may_follow,
    name_of,
    state_of,
)
from hervat.consumers.ruling import Ruling
from hervat.errors import NotSo
from hervat.interim import InterimRule
from hervat.law.certificates import Proposal
from tests.rooms.certified import APPLIED, FEEDS, NUMBER, ON, Said, all_of, application, case, message, registered, sealed
from tests.rooms.nodes import fresh

DAYS = [date(2025, 10, day) for day in range(1, 8)]
DAY = timedelta(days=1)
SORTS = ("propose", "consult", "intend", "hear", "none", "grant", "refuse", "object", "suspend", "resume")


def step(sort: str, number: int, on: date) -> Step:
    base: dict[str, Any] = {"application": 1, "number": number, "on": on, "known_by": name_of(1, number)}
    decided = {"ground": "g", "position": 1, "proposal": Proposal.ASSESS, "decided_blind": False, "basis": "b"}
    made: dict[str, Any] = {
        "propose": lambda: Proposing(**base, position=1, proposal=Proposal.ASSESS, is_blind=False),
        "consult": lambda: Consulting(**base, by="a", source="s", said="w"),
        "intend": lambda: Intending(**base, by="a", ground="g"),
        "hear": lambda: Hearing(**base, by="a"),
        "none": lambda: Hearing(**base, by="a", none_by=on),
        "grant": lambda: Deciding(**base, by="a", outcome="granted", **decided),
        "refuse": lambda: Deciding(**base, by="a", outcome="refused", **decided),
        "object": lambda: Objecting(**base, by="a"),
        "suspend": lambda: Suspending(**base, by="a", ground="g"),
        "resume": lambda: Resuming(**base, by="a"),
    }
    made_step: Step = made[sort]()
    return made_step


def walk(tried: Iterable[tuple[str, date]]) -> tuple[State, list[Step]]:
    """The state after what may follow of all that is tried, and the steps that did."""
    state, taken = State(), list[Step]()
    for sort, on in tried:
        one = step(sort, state.number, on)
        before = state
        try:
            state = follow(state, one)
        except NotSo as refused:
            assert state == before and str(refused)
            late = bool(taken) and on < taken[-1].on
            told = [each.on for each in taken if isinstance(each, Intending | Objecting)]
            late |= sort in ("none", "refuse") and bool(told) and on <= told[-1]
            assert late or doing(one) not in may_follow(state)
        else:
            assert doing(one) in may_follow(before)
            taken.append(one)
    return state, taken


WALKS = st.lists(st.tuples(st.sampled_from(SORTS), st.integers(0, 3)), max_size=30).map(
    lambda drawn: [(sort, DAYS[min(6, sum(days for _, days in drawn[: at + 1]) // 4)]) for at, (sort, _) in enumerate(drawn)]
)


@given(tried=WALKS)
def test_whatever_is_tried_is_refused_or_leads_where_the_table_leads(tried: list[tuple[str, date]]) -> None:
    state, taken = walk(tried)
    assert state == state_of(taken) and state.steps == tuple(taken)
    kinds = [doing(one) for one in taken]
    decided = [at for at, kind in enumerate(kinds) if kind in ("grant", "refuse")]
    event(f"{len(decided)} decisions, {state.stage}")
    assert all(before.on <= after.on for before, after in pairwise(taken))
    for at in decided:
        assert "propose" in kinds[:at]
        assert kinds[:at].count("suspend") == kinds[:at].count("resume")
        if kinds[at] == "refuse":
            assert taken[at].on > max(one.on for one in taken[:at] if isinstance(one, Intending | Objecting))
            since = max((one for one in range(at) if kinds[one] == "object"), default=-1)
            assert "intend" in kinds[:at] and "hear" in kinds[since + 1 : at]
    for before, after in pairwise(decided):
        assert kinds[before] == "refuse" and "object" in kinds[before:after]
    assert state.is_open == (not decided or "object" in kinds[decided[-1] :])
    assert state.intended == ("intend" in kinds)
    still = sum(((span.until or DAYS[6]) - (span.first or DAYS[6])).days for span in state.stood_still)
    opened = [one.on for one in taken if isinstance(one, Suspending)]
    ended = [one.on for one in taken if isinstance(one, Resuming)] + [DAYS[6]] * state.stands_still
    assert still == sum((until - first).days for first, until in zip(opened, ended, strict=True))


@given(tried=WALKS)
def test_in_every_state_something_may_follow_but_on_what_was_granted(tried: list[tuple[str, date]]) -> None:
    state, _ = walk(tried)
    assert bool(may_follow(state)) == (state.stage != "granted")
    for sort in SORTS:
        one = step(sort, state.number, DAYS[6])
        if doing(one) in may_follow(state) and not (sort in ("none", "refuse") and state.steps and state.steps[-1].on == DAYS[6]):
            assert follow(state, one).number == state.number + 1


def test_every_stage_is_reached_and_left_for_a_stage_of_the_table() -> None:
    reached, waiting = {"received"}, ["received"]
    while waiting:
        for stage in TABLE[waiting.pop()].values():  # type: ignore[index]
            if stage is not None and stage not in reached:
                reached.add(stage)
                waiting.append(stage)
    assert reached == set(TABLE)


def test_that_no_view_was_given_by_a_day_is_known_on_that_day() -> None:
    state, _ = walk([("propose", DAYS[0]), ("intend", DAYS[0])])
    late = Hearing(application=1, number=3, on=DAYS[1], known_by=name_of(1, 3), by="a", none_by=DAYS[2])
    with pytest.raises(NotSo, match="is not known on 2025-10-02"):
        follow(state, late)
    with pytest.raises(NotSo, match="2025-10-01 does not lie after 2025-10-01"):
        follow(state, msgspec.structs.replace(late, none_by=DAYS[0]))


def complete(*said: Said) -> list[bytes]:
    return all_of(sealed([registered(), *said], "2026-12-31T00:00:00Z"))


BY = {"by": "W. Eger"}
GROUND = BY | {"ground": "g"}


def open_rule(node: Node, **more: Any) -> None:
    told: dict[str, Any] = {"name": "r", "authority": "a", "ground": "g", "purposes": ("every",), "does": "decide", "from_": APPLIED} | more
    Ruling(node.store, node.keys, node.decide).open(InterimRule(**told), by="a", why="w")


def test_a_refusal_step_by_step_is_in_the_journal_and_folds_again() -> None:
    with fresh("sqlite") as node:
        node.receive(complete(application()))
        at = Certificates(node)
        assert at.propose(NUMBER, ON)["proposal"] == Proposal.GRANT
        for wrong in (
            lambda: at.decide(NUMBER, "refused", ON, **GROUND),
            lambda: at.step(NUMBER, ON, Objecting, None, BY),
            lambda: at.step(NUMBER, ON - DAY, Intending, None, GROUND),
            lambda: at.step(NUMBER, APPLIED - DAY, Intending, None, GROUND),
            lambda: at.propose("vog-9", ON),
        ):
            before = node.position
            with pytest.raises(NotSo, match=r"^application vog-"):
                wrong()
            assert node.position == before
        at.step(NUMBER, ON, Intending, None, GROUND)
        at.step(NUMBER, ON, Hearing, None, BY)
        with pytest.raises(NotSo, match=r"not on 2025-10-01, when the intention was told"):
            at.decide(NUMBER, "refused", ON, **GROUND)
        answer = at.decide(NUMBER, "refused", ON + DAY, **GROUND)
        assert (answer["stage"], answer["decided_blind"], answer["rule"]) == ("refused", False, None)
        found, state, steps = at.shown(NUMBER, ON)
        assert [doing(one) for _, one in steps] == ["propose", "intend", "hear", "refuse"]
        assert [position for position, _ in steps] == list(range(node.position - 3, node.position + 1))
        assert state.decision is not None and state.decision.position == node.position - 1
        assert found.term.value is not None and found.term.value.counted_to == APPLIED + 56 * DAY
        assert node.verify().difference is None


def test_a_decision_taken_blind_is_marked_with_its_position_and_its_rule() -> None:
    with fresh("memory") as node:
        node.receive(all_of(sealed([registered(), application()], "2025-08-01T00:00:00Z")))
        at = Certificates(node)
        at.propose(NUMBER, ON)
        with pytest.raises(NotSo, match="the register is blind for it, and no interim rule is open"):
            at.decide(NUMBER, "granted", ON, **GROUND)
        open_rule(node)
        answer = at.decide(NUMBER, "granted", ON, **GROUND)
        (_, decided) = at.procedure.steps(answer["place"])[-1]
        assert isinstance(decided, Deciding)
        assert (decided.decided_blind, decided.rule, decided.proposal, decided.position) == (True, "r", Proposal.GRANT, node.position - 1)


def test_a_rule_that_waits_lets_nobody_decide_and_one_that_asks_wants_an_answer_first() -> None:
    with fresh("memory") as node:
        node.receive(all_of(sealed([registered(), application()], "2025-08-01T00:00:00Z")))
        at = Certificates(node)
        at.propose(NUMBER, ON)
        open_rule(node, does="wait", until=ON)
        with pytest.raises(NotSo, match="the interim rule r says to wait, until 2025-10-01"):
            at.decide(NUMBER, "granted", ON, **GROUND)
        later = ON + DAY
        open_rule(node, name="asks", does="ask", ask="the police", from_=later)
        for said, source in ((None, "the police"), ("clean", "the court")):
            at.step(NUMBER, later, Consulting, None, BY | {"source": source, "said": said})
            with pytest.raises(NotSo, match="says to ask the police first"):
                at.decide(NUMBER, "granted", later, **GROUND)
        at.step(NUMBER, later, Consulting, None, BY | {"source": "the police", "said": "nothing"})
        assert at.decide(NUMBER, "granted", later, **GROUND)["rule"] == "asks"


def test_steps_are_found_without_reading_those_of_others_however_many_there_are() -> None:
    with fresh("memory") as node:
        node.receive(complete(*(application(number=f"A{number}") for number in range(3))))
        at = Certificates(node)
        places = [at.looked(f"A{number}", ON).place for number in range(3)]
        for many in range(2 * AT_ONCE):
            at.step("A1", ON, Consulting, None, BY | {"source": f"s{many}", "said": None})
            if many == 0:
                at.propose("A2", ON)
        assert [len(at.procedure.steps(place)) for place in places] == [0, 2 * AT_ONCE, 1]
        assert at.procedure.state(places[1]).number == 2 * AT_ONCE + 1


def test_the_steps_of_an_application_stay_with_it_whatever_becomes_of_its_messages() -> None:
    named = {"source": FEEDS["vog"], "id": "vog-1"}
    with fresh("memory") as node:
        node.receive(complete(application()))
        at = Certificates(node)
        at.propose(NUMBER, ON)
        node.receive([message("vog", 2, "message-corrected", {"corrects": named, "data": application("aspect 21")[2]})])
        assert at.shown(NUMBER, ON)[1].stage == "proposed"
        node.receive([message("vog", 3, "certificate-requested", application()[2])])
        assert at.shown(NUMBER, ON)[1].stage == "proposed"
        node.receive([message("vog", 4, "message-retracted", {"retracts": named, "ground": "x"})])
        assert at.shown(NUMBER, ON)[1].stage == "proposed"
        assert [one.place for one in at.undecided(ON)] == [at.looked(NUMBER, ON).place]
        again = {"source": FEEDS["vog"], "id": "vog-3"}
        node.receive([message("vog", 5, "message-retracted", {"retracts": again, "ground": "x"})])
        with pytest.raises(NotSo, match="it was retracted by its sender"):
            at.step(NUMBER, ON, Intending, None, GROUND)
        assert at.undecided(ON) == []


@given(
    applied=st.lists(st.integers(0, 20), min_size=1, max_size=4),
    acts=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(SORTS)), max_size=25),
)
def test_undecided_is_every_application_on_which_nobody_decided_by_the_end_of_its_term(
    applied: list[int], acts: list[tuple[int, str]]
) -> None:
    last = ON + 5 * DAY
    sorts: dict[str, tuple[type[Step], dict[str, Any]]] = {
        "consult": (Consulting, BY | {"source": "s", "said": "w"}),
        "intend": (Intending, GROUND),
        "hear": (Hearing, BY),
        "none": (Hearing, BY),
        "object": (Objecting, BY),
        "suspend": (Suspending, GROUND),
        "resume": (Resuming, BY),
    }
    numbers = [f"A{number}" for number in range(len(applied))]
    said = [application(number=number, on=APPLIED - days * DAY) for number, days in zip(numbers, applied, strict=True)]
    with fresh("memory") as node:
        node.receive(complete(*case(1, date(2025, 1, 1), "final"), *said))
        at = Certificates(node)
        open_ones = dict.fromkeys(numbers, True)
        for done, (which, sort) in enumerate(acts):
            on = ON + done // 5 * DAY
            number = numbers[which % len(numbers)]
            try:
                if sort == "propose":
                    at.propose(number, on)
                elif sort in ("grant", "refuse"):
                    at.decide(number, "granted" if sort == "grant" else "refused", on, **GROUND)
                else:
                    at.step(number, on, sorts[sort][0], None, sorts[sort][1] | ({"none_by": on} if sort == "none" else {}))
            except NotSo:
                continue
            open_ones[number] = open_ones[number] if sort not in ("grant", "refuse", "object") else sort == "object"
        listed = at.undecided(last)
        assert {one.requested.number for one in listed} == {number for number, is_open in open_ones.items() if is_open}
        assert [one.rank for one in listed] == sorted(one.rank for one in listed)
        for one in listed:
            found, state, _ = at.shown(one.requested.number, last)
            assert state == one.state
            if state.decision is None:
                assert found.term.value is not None and one.last_day == found.term.value.last_day
            else:
                assert one.last_day is None
