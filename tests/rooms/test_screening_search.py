"""Screening, searched: two computations, any order, any steps, any blind window (the invariant that signals are complete)."""

import contextlib
import json
from datetime import date
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from hervat import kinds
from hervat.assemble import Node
from hervat.consumers.screening import recompute as second
from hervat.consumers.screening.check import Check, Checked
from hervat.consumers.screening.desk import Desk
from hervat.consumers.screening.enrolment import enrolments
from hervat.consumers.screening.following import Told
from hervat.consumers.screening.recompute import Recompute
from hervat.consumers.screening.reported import ReportTerms
from hervat.consumers.screening.signal import SIGNALLED, Signal, SignalledAct
from hervat.errors import NotSo
from hervat.journal.acts import acts_of
from hervat.journal.entry import HEAD, RAW, open_entry
from hervat.procedure import ProcedureRoster, Procedures
from hervat.register.changes import CHANGING, changes
from hervat.register.endings import Patience
from hervat.register.reading import Reading
from hervat.screening import screening_of, withheld_at
from tests.rooms.messages import BSNS, FEEDS, PNS, charge
from tests.rooms.nodes import EMBEDDED, FEW, KEYS, THOROUGH, all_rows, fresh, names_of, node_on, take
from tests.rooms.screened import reported_sets, screened_sets
from tests.rooms.steps import Step, steps

_read = msgspec.json.Decoder(SignalledAct).decode
NO_TERMS = ReportTerms(ProcedureRoster(Procedures.default()), {date.min: 90}, ())
TODAY = st.integers(1, 12).map(lambda day: date(2025, 7, day))
LATER = st.sampled_from((date(2025, 7, 9), date(2025, 8, 14), date(2025, 8, 20), date(2025, 12, 1)))
histories = steps(sets=screened_sets())
reported = steps(sets=reported_sets())


def checked(node: Node) -> Checked:
    told = Told.up_to(node.store, KEYS, node.position)
    return Check(node.store, KEYS, told, node.rosters().procedures, frozenset).run()


def settled(node: Node) -> None:
    """Right after a step both computations say the same, and nothing waits."""
    found = checked(node)
    assert found.ok, found.difference
    assert (found.pending, found.to_withdraw) == (0, 0)
    assert found.changes == found.delivered + found.suppressed


def signals_in(node: Node) -> list[Signal]:
    """Every signal ever told, in order."""
    acts = acts_of(node.store, KEYS, (SIGNALLED,), _read, "act of screening", node.position)
    return [signal for _, act in acts for signal in act.signals]


def nothing_is_told_twice(node: Node) -> None:
    of: dict[Any, list[Signal]] = {}
    for signal in signals_in(node):
        of.setdefault(signal.pair, []).append(signal)
    for told in of.values():
        for one, other in pairwise(told):
            assert (one.version, one.stands, one.reason, one.ending) != (other.version, other.stands, other.reason, other.ending)


def known_of(node: Node) -> Any:
    """The enrolments by number, and the day of every change with its person's BSNs, from the messages as a set."""
    rows = all_rows(node.store)
    messages = list(Reading(node.store, node.store, KEYS).messages(rows))
    found = {enrolment.number: enrolment for enrolment in enrolments(messages)}
    return found, [(change, concerned.bsns) for concerned in changes(messages) for change in concerned.changes]


def due_within(node: Node) -> set[Any]:
    """(enrolment, message, version) of each change of a day on which its person was screened."""
    found, changed = known_of(node)
    names = names_of(node.store)
    versions = {names[row.position]: names[row.version or row.position] for row in all_rows(node.store)}
    return {
        (number, (change.message.source, change.message.id), versions[change.message.source, change.message.id])
        for number, enrolment in found.items()
        for change, bsns in changed
        if enrolment.bsn in bsns and enrolment.screens(change.on)
    }


def held_for_true(node: Node) -> set[Any]:
    """(enrolment, message, version) of what the receiver holds for true, of those dated while somebody was screened."""
    found, changed = known_of(node)
    places = {KEYS.index_of(f"enrolment:{number}"): number for number in found}
    numbers = {enrolled.place: places[key] for key, enrolled in Recompute(node.store, KEYS, NO_TERMS, ()).enrolled.items()}
    days = {(change.message.source, change.message.id): change.on for change, _ in changed}
    names = names_of(node.store)
    return {
        (numbers[signal.enrolment], names[signal.message], names[signal.version])
        for signal in Told.up_to(node.store, KEYS, node.position).last.values()
        if signal.stands and found[numbers[signal.enrolment]].screens(days[names[signal.message]])
    }


@pytest.mark.parametrize("engine", EMBEDDED)
@given(data=st.data(), taken=histories)
@THOROUGH
def test_both_computations_are_equal_and_nothing_is_told_twice(engine: str, data: st.DataObject, taken: list[Step]) -> None:
    with fresh(engine) as node:
        both_are_equal(node, data, taken)
        if engine == "sqlite":
            verified = node.verify()
            assert verified.ok, verified.difference


@pytest.mark.parametrize("engine", EMBEDDED)
@given(data=st.data(), taken=reported)
@THOROUGH
def test_both_computations_are_equal_about_reports(engine: str, data: st.DataObject, taken: list[Step]) -> None:
    with fresh(engine) as node:
        both_are_equal(node, data, taken, days=LATER)
        if engine == "sqlite":
            verified = node.verify()
            assert verified.ok, verified.difference


@given(data=st.data(), taken=reported)
@THOROUGH
def test_both_computations_are_equal_about_reports_that_are_erased(data: st.DataObject, taken: list[Step]) -> None:
    with fresh("memory") as node:
        both_are_equal(node, data, taken, days=LATER, erasing=True)


@pytest.mark.postgres
@given(data=st.data(), taken=histories)
@FEW
def test_both_computations_are_equal_on_a_server(data: st.DataObject, taken: list[Step]) -> None:
    with fresh("postgres") as node:
        both_are_equal(node, data, taken)


@given(data=st.data(), taken=histories)
@THOROUGH
def test_both_computations_are_equal_where_messages_and_parts_are_erased(data: st.DataObject, taken: list[Step]) -> None:
    with fresh("memory") as node:
        both_are_equal(node, data, taken, erasing=True)


def erase_one(node: Node, data: st.DataObject) -> None:
    position = data.draw(st.sampled_from([row.position for row in all_rows(node.store)]))
    opened = open_entry(KEYS, node.store.entries_at([position])[position])
    part = data.draw(st.sampled_from([None, *(segment.name for segment in opened.segments if segment.name not in (HEAD, RAW))]))
    with contextlib.suppress(NotSo):
        node.erase_message(position, part, by="a test", ground="a search")


def both_are_equal(
    node: Node, data: st.DataObject, taken: list[Step], *, days: st.SearchStrategy[date] = TODAY, erasing: bool = False
) -> None:
    desk = screening_of(node)
    remembered: dict[int, dict[Any, Signal]] = {}
    for step in taken:
        take(node, step)
        if erasing and node.store.changed(0) and data.draw(st.booleans()):
            erase_one(node, data)
        found = checked(node)
        assert found.ok, found.difference
        if data.draw(st.booleans()):
            desk.step(data.draw(days))
            settled(node)
            remembered[node.position] = dict(desk.told().last)
        if not data.draw(st.integers(0, 3)):
            node = node_on(node.store)
            desk = screening_of(node)
    desk.step(data.draw(days))
    settled(node)
    nothing_is_told_twice(node)
    for position, last in remembered.items():
        assert desk.told_at(position).last == last


@given(data=st.data(), messages=screened_sets())
@THOROUGH
def test_what_the_receiver_holds_for_true_hangs_on_the_messages_alone(data: st.DataObject, messages: list[bytes]) -> None:
    """In any order, a source's messages late or not, with any steps: each change while somebody was screened, in its version."""
    blind = data.draw(st.sampled_from((None, *FEEDS.values())))
    late = [raw for raw in messages if blind is not None and blind.encode() in raw[:400]]
    order = [*data.draw(st.permutations([raw for raw in messages if raw not in late])), *late]
    with fresh("memory") as node:
        desk = screening_of(node)
        while order:
            size = data.draw(st.integers(1, 8))
            node.receive(order[:size])
            order = order[size:]
            if data.draw(st.booleans()):
                desk.step(data.draw(TODAY))
        desk.step(data.draw(TODAY))
        assert held_for_true(node) == due_within(node)


class _Killed(Exception):
    """A process that ended."""


@given(data=st.data(), taken=histories)
@THOROUGH
def test_killed_between_the_acts_of_a_step_nothing_is_told_twice(data: st.DataObject, taken: list[Step]) -> None:
    with fresh("memory") as node, pytest.MonkeyPatch.context() as patched:
        patched.setattr("hervat.consumers.screening.desk._IN_ONE", data.draw(st.integers(1, 2)))
        for step in taken:
            take(node, step)
            left = data.draw(st.integers(0, 3))

            def decide(kind: str, act: Any, of: Node = node) -> int:
                nonlocal left
                if not left:
                    raise _Killed
                left -= 1
                return of.inbox().decide(kind, act)

            with contextlib.suppress(_Killed):
                Desk(node.store, KEYS, decide, lambda of=node: of.rosters().procedures, withheld_at(node)).step(data.draw(TODAY))
            found = checked(node)
            assert found.ok, found.difference
        screening_of(node).step(data.draw(TODAY))
        settled(node)
        nothing_is_told_twice(node)


def raw(feed: str, sequence: int, kind: str, data: dict[str, Any]) -> bytes:
    document = {"specversion": "1.0", "id": f"{feed}-{sequence}", "source": FEEDS[feed], "type": f"nl.hervat.{kind}.v1"}
    document |= {"time": "2025-07-01T08:00:00Z", "sequence": str(sequence), "sequencetype": "Integer"}
    return json.dumps({**document, "datacontenttype": "application/json", "data": data}).encode()


def enrolment(number: str) -> dict[str, str]:
    return {"enrolment": number, "sector": "taxi", "bsn": BSNS[0], "from": "2025-07-02"}


BEGUN = [
    raw("skdb", 1, "person-registered", {"skn": "S1", "identity": {"set": "1", "surname": "A", "bsn": BSNS[0]}}),
    raw("gps", 1, "case-registered", {"pn": PNS[0], "skn": "S1", "office": "x", "received_on": "2025-07-03", "charges": [charge(1)]}),
]


def test_an_enrolment_whose_number_was_corrected_is_not_mistaken_for_another_of_the_old_number() -> None:
    with fresh("memory") as node:
        desk = screening_of(node)
        node.receive([*BEGUN, raw("prk", 1, "screening-enrolled", enrolment("E1"))])
        desk.step(date(2025, 7, 9))
        named = {"source": FEEDS["prk"], "id": "prk-1"}
        node.receive([raw("prk", 2, "message-corrected", {"corrects": named, "data": enrolment("E2")})])
        node.receive([raw("prk", 3, "screening-enrolled", enrolment("E1"))])
        desk.step(date(2025, 7, 9))
        settled(node)
        assert len(signals_in(node)) == checked(node).changes == 2


def test_what_was_taken_back_and_would_now_be_suppressed_says_why() -> None:
    hidden = {"pn": PNS[0], "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-07-04"}
    with fresh("memory") as node:
        desk = screening_of(node)
        for batch in (
            [*BEGUN, raw("prk", 1, "screening-enrolled", enrolment("E1"))],
            [raw("gps", 2, "case-dismissed", hidden)],
            [raw("prk", 2, "screening-ended", {"enrolment": "E1", "until": "2025-07-03"})],
            [raw("gps", 3, "message-retracted", {"retracts": {"source": FEEDS["gps"], "id": "gps-2"}, "ground": "x"})],
        ):
            node.receive(batch)
            desk.step(date(2025, 7, 9))
            settled(node)
        assert [(signal.says, signal.stands, signal.reason) for signal in signals_in(node) if signal.message == 2] == [
            ("new", True, None),
            ("withdrawn", False, None),
            ("new", False, "after-it-ended"),
        ]


def test_what_rests_on_an_erased_judgment_is_taken_back_and_the_judgment_is_not() -> None:
    judgment = {"judgment": "J1", "court": "x", "instance": 1, "pn": PNS[0], "given_on": "2025-07-04"}
    judgment |= {"verdicts": [{"charge": 1, "verdict": "convicted"}], "sentences": []}
    with fresh("memory") as node:
        desk = screening_of(node)
        node.receive([*BEGUN, raw("prk", 1, "screening-enrolled", enrolment("E1")), raw("grip", 1, "judgment-given", judgment)])
        node.receive([raw("grip", 2, "judgment-final", {"judgment": "J1", "final_on": "2025-07-20"})])
        desk.step(date(2025, 7, 21))
        node.erase_message(4, None, by="a test", ground="a test")
        assert (checked(node).to_withdraw, checked(node).ok) == (1, True)
        desk.step(date(2025, 7, 21))
        settled(node)
        assert [signal.message for signal in signals_in(node) if signal.says == "withdrawn"] == [5]


FIRST, SECOND = "hervat.consumers.screening.following.", "hervat.consumers.screening.recompute."
MUTATIONS: dict[str, tuple[str, Any]] = {
    "the first drops a kind": ("hervat.register.changes.CHANGING", tuple(one for one in CHANGING if one is not kinds.JudgmentGiven)),
    "the first hides nothing": ("hervat.register.hiding.HIDING_GROUNDS", ()),
    "the first ignores splits": ("hervat.register.people._standing", lambda told: list(told.of(kinds.PersonsMerged))),
    "the first takes nothing back": (f"{FIRST}withdraw", lambda told, enrolment, today: None),
    "the second drops a kind of a case": (f"{SECOND}OF_A_CASE", second.OF_A_CASE - {second.ORDERED}),
    "the second drops a kind of a judgment": (f"{SECOND}OF_A_DECISION", second.OF_A_DECISION - {"judgment-final"}),
    "the second hides nothing": (f"{SECOND}HIDING", frozenset()),
    "the second ignores splits": (f"{SECOND}SPLIT", "nothing"),
    "the second ignores merges": (f"{SECOND}MERGED", "nothing"),
    "the second moves no case": (f"{SECOND}MOVED", "nothing"),
    "the second knows no foreign convictions": (f"{SECOND}FOREIGN", "nothing"),
    "the second takes any of two": (f"{SECOND}Recompute.rank", lambda self, fact, day, instance=0: ("", 0, "", fact.row.position)),
}


def differs(data: tuple[list[Step], date]) -> bool:
    """Whether a history shows a difference: a step in the middle, and one at its end."""
    taken, today = data
    with fresh("memory") as node:
        desk = screening_of(node)
        for number, step in enumerate(taken, 1):
            take(node, step)
            if number in (len(taken) // 2, len(taken)):
                desk.step(today)
        found = checked(node)
        return not found.ok or bool(found.pending + found.to_withdraw)


# Each takes hundreds of histories: all of them in the long search, and otherwise two of either computation, and two about reports.
SOON = [name for name in MUTATIONS if name.endswith(("hides nothing", "ignores splits"))]
LONG = settings().max_examples > 100


def is_found(mutation: tuple[str, Any], sets: st.SearchStrategy[list[bytes]], days: st.SearchStrategy[date]) -> None:
    searching = settings(max_examples=3000, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(*mutation)
        find(st.tuples(steps(sets=sets), days), differs, settings=searching)


@pytest.mark.parametrize("mutation", MUTATIONS if LONG else SOON)
def test_a_fault_in_either_computation_is_found(mutation: str) -> None:
    is_found(MUTATIONS[mutation], screened_sets(4, whole=True), TODAY)


REPORTS = "hervat.consumers.screening.reported."
MUTATIONS_OF_REPORTS: dict[str, tuple[str, Any]] = {
    "the first sees no difference": ("hervat.register.endings._of_charge", lambda report, charge: ()),
    "the first waits for ever": ("hervat.register.endings.patience_on", lambda day: Patience(9999, "x", "x")),
    "the first looks for no cases": ("hervat.consumers.screening.reports.police_key", lambda number: f"nothing:{number}"),
    "the first tells nobody of reports": ("hervat.consumers.screening.reports.REPORT", "nothing"),
    "the first holds every case for told": (
        "hervat.consumers.screening.signal._told_already", lambda due, *given: None if due.ending else "told-on-report",
    ),
    "the first holds every report for told": (
        "hervat.consumers.screening.signal._told_already", lambda due, *given: "case-came-first" if due.ending else None,
    ),
    "the second sees no difference": (f"{REPORTS}_differs", lambda report, charge: ()),
    "the second hides no report": (f"{REPORTS}SecondReports._hides", lambda self, case, number, person: False),
    "the second knows nothing held": (f"{REPORTS}SecondReports._is_held", lambda self, number, linked: False),
    "the second knows of no other reports": (f"{REPORTS}SecondReports._persons_reported", lambda self, number: set()),
}


SOON_OF_REPORTS = [name for name in MUTATIONS_OF_REPORTS if name.endswith(("no difference", "no report", "for told"))]


@pytest.mark.parametrize("mutation", MUTATIONS_OF_REPORTS if LONG else SOON_OF_REPORTS)
def test_a_fault_in_either_computation_of_reports_is_found(mutation: str) -> None:
    is_found(MUTATIONS_OF_REPORTS[mutation], reported_sets(4), LATER)
