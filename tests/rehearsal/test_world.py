"""The world of the rehearsal, tested without the register: what it sends is well made, and it says what it did."""

import hashlib
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
import rfc8785

from hervat.errors import Usage
from hervat.kinds import KINDS
from hervat.person import passes_eleven_test
from hervat.process import PROCESS
from hervat.rehearsal.days import COMPLETE, LAST, RESTART, iso, legal_day, moment, on
from hervat.rehearsal.feeds import GPS, GRIP, IN_ORDER, RETURN_ORDER, WRONG_ORDER
from hervat.rehearsal.names import service_numbers
from hervat.rehearsal.network import cut, reconnected, uncut, wrong_order
from hervat.rehearsal.thread import JUDGMENT, PN, SKN
from hervat.rehearsal.truth import Book, Decision
from hervat.rehearsal.world import World

SCALE = 0.02
OUTCOMES = {
    "suspected", "dismissed", "dismissed-conditionally", "penalty-order", "summoned", "convicted", "acquitted",
    "discharged", "guilty-without-penalty", "inadmissible", "summons-void", "not-competent", "annulled",
}  # fmt: skip


@cache
def world(seed: int = 1, scale: float = SCALE) -> World:
    return World(seed, scale)


@cache
def envelopes(seed: int = 1) -> list[dict[str, Any]]:
    return [json.loads(sent.raw) for sent in world(seed).messages]


def kind_of(envelope: dict[str, Any]) -> str:
    return str(envelope["type"].removeprefix("nl.hervat.").removesuffix(".v1"))


def test_the_same_seed_gives_the_same_bytes() -> None:
    again = World(1, SCALE)
    assert [sent.raw for sent in again.messages] == [sent.raw for sent in world().messages]
    assert list(cut(again)) == list(cut(world()))
    assert again.truth == world().truth


def test_another_seed_gives_another_world() -> None:
    """Only the thread is the same in both, as far as its sequence happens to be."""
    both = {sent.raw for sent in world(1).messages} & {sent.raw for sent in world(2).messages}
    assert all(b"thread" in raw for raw in both)
    assert world(1).truth != world(2).truth


def test_a_larger_scale_leaves_the_lives_that_were_there() -> None:
    small, large = World(3, 0.004), World(3, 0.008)
    assert len(large.truth) > len(small.truth)
    assert small.truth.items() <= large.truth.items()
    assert [(step.on, step.words_nl, step.id) for step in small.thread] == [
        (step.on, step.words_nl, step.id) for step in large.thread
    ]


def test_sequences_have_no_gaps_and_ids_are_unique() -> None:
    by_source: dict[str, list[int]] = {}
    for sent in world().messages:
        by_source.setdefault(sent.source, []).append(sent.sequence)
    assert set(by_source) == set(RETURN_ORDER)
    for sequences in by_source.values():
        assert sorted(sequences) == list(range(1, len(sequences) + 1))
    assert len({(sent.source, sent.id) for sent in world().messages}) == len(world().messages)


def test_a_message_is_what_it_is_said_to_be() -> None:
    for sent, envelope in zip(world().messages, envelopes(), strict=True):
        told = (sent.source, sent.sequence, sent.id, sent.kind)
        assert told == (envelope["source"], int(envelope["sequence"]), envelope["id"], kind_of(envelope))
        assert b"\n" not in sent.raw


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_worlds_deliver_the_same_set(seed: int) -> None:
    sent = {one.raw for one in world(seed).messages}
    for deliver in (uncut, cut, reconnected, wrong_order):
        arrived = list(deliver(world(seed)))
        assert {one.raw for one in arrived} == sent
        assert [one.at for one in arrived] == sorted(one.at for one in arrived)
        assert all(one.day == legal_day(int(one.at.timestamp())) for one in arrived[::50])
    assert len(list(uncut(world(seed)))) == len(sent)


def test_duplicates_and_disorder_are_as_told() -> None:
    arrived = list(cut(world()))
    again = len(arrived) - len(world().messages)
    assert 0.005 < again / len(world().messages) < 0.02
    highest: Counter[str] = Counter()
    late = 0
    sequences = {sent.raw: sent.sequence for sent in world().messages}
    for one in arrived:
        late += sequences[one.raw] < highest[one.source]
        highest[one.source] = max(highest[one.source], sequences[one.raw])
    assert 0.07 < late / len(arrived) < 0.20


def test_nothing_of_om_arrives_before_its_link_opens() -> None:
    for deliver, opens in ((cut, RESTART), (wrong_order, COMPLETE)):
        days = {one.day for one in deliver(world()) if one.source == GPS.source and one.day > on(3)}
        assert min(days) >= on(opens)
        assert max(days) >= on(LAST)


def test_the_wrong_order_lets_the_courts_go_first() -> None:
    opened = {opening.feed: opening.opens for opening in IN_ORDER}
    assert opened[GPS] < opened[GRIP]
    assert RETURN_ORDER.index(GPS.source) < RETURN_ORDER.index(GRIP.source)
    turned = {opening.feed: opening.opens for opening in WRONG_ORDER}
    assert turned[GRIP] < turned[GPS]


def test_the_volume_is_national() -> None:
    """That of the register; the course of cases comes beside it, and its volumes are invented."""
    described: Any = World(1, 0.04).describe()
    course = sum(described["kinds"][kind] for kind in PROCESS)
    assert 200_000 < (described["messages"] - course) * 25 < 250_000
    assert 0.05 < course / described["messages"] < 0.15
    assert 45_000 < described["outcomes"] * 25 < 57_000


def test_what_is_sent_since_the_cut_comes_near_what_is_told() -> None:
    volumes: Any = World(1, 0.04).describe()["volumes"]
    for volume in volumes:
        if volume["kind"] != "certificate-requested":
            assert 0.8 < volume["sent_since_the_cut"] / volume["told"] < 1.25, volume
        assert volume["provenance"]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_every_kind_and_every_outcome_occurs(seed: int) -> None:
    assert {sent.kind for sent in world(seed).messages} == set(KINDS)
    assert {truth.outcome for truth in world(seed).truth.values()} == OUTCOMES
    shown = [truth for truth in world(seed).truth.values() if not truth.hidden]
    assert len(shown) < len(world(seed).truth)
    assert any(truth.final_on for truth in shown)
    assert any(truth.code == "02" for truth in shown)
    assert any(world(seed).persons[skn] != skn for skn in world(seed).persons)


def test_watermarks_claim_the_messages_before_them() -> None:
    by_source: dict[str, dict[int, dict[str, Any]]] = {}
    for envelope in envelopes():
        by_source.setdefault(envelope["source"], {})[int(envelope["sequence"])] = envelope
    for sequences in by_source.values():
        marks = [envelope for envelope in sequences.values() if kind_of(envelope) == "watermark"]
        digests = [hashlib.sha256(rfc8785.dumps(sequences[at])).digest() for at in range(1, len(sequences) + 1)]
        for mark in marks:
            through = mark["data"]["through_sequence"]
            assert through == mark["data"]["count"] < int(mark["sequence"])
            assert mark["data"]["set_hash"] == hashlib.sha256(b"".join(digests[:through])).hexdigest()
        last = max(marks, key=lambda mark: int(mark["sequence"]))
        assert int(last["sequence"]) == len(sequences)
        assert last["data"]["complete_until"] >= iso(LAST)


def test_a_watermark_never_claims_what_is_not_yet_a_message() -> None:
    for sent, envelope in zip(world().messages, envelopes(), strict=True):
        if sent.kind == "watermark":
            later = [
                one.event_at.strftime("%Y-%m-%dT%H:%M:%SZ")
                for one in world().messages
                if one.source == sent.source and one.sequence > sent.sequence
            ]
            assert all(at > envelope["data"]["complete_until"] for at in later)


def test_the_stock_of_the_courts_grows_and_is_gone() -> None:
    declared = sorted(
        (envelope["data"]["counted_on"], envelope["data"]["count"], envelope["data"].get("oldest_on"))
        for envelope in envelopes()
        if kind_of(envelope) == "stock-declared" and envelope["source"] == GRIP.source
    )
    counts = [count for day, count, _ in declared if day <= iso(RESTART)]
    assert counts == sorted(counts)
    assert counts[-1] > 200
    assert declared[-1][1:] == (0, None)
    assert all((oldest is None) == (count == 0) for _, count, oldest in declared)


def test_om_says_that_nothing_lies_there_and_its_backlog_comes_within_a_day_in_any_order() -> None:
    (counted,) = [one["data"] for one in envelopes() if kind_of(one) == "stock-declared" and one["source"] == GPS.source]
    assert (counted["count"], counted["counted_on"]) == (0, iso(RESTART))
    sequences = {sent.raw: sent.sequence for sent in world().messages if sent.source == GPS.source}
    came = [one for one in reconnected(world()) if one.source == GPS.source and on(3) < one.day]
    assert {one.day for one in came if one.day < on(RESTART)} == set()
    day = [sequences[one.raw] for one in came if one.day == on(RESTART)]
    assert len(day) > 300 and sum(later < first for first, later in itertools.pairwise(day)) > len(day) / 3


def test_previous_names_the_last_message_about_the_same_subject() -> None:
    last: dict[tuple[str, str], str] = {}
    named = 0
    for envelope in sorted(envelopes(), key=lambda one: (one["source"], int(one["sequence"]))):
        about = (envelope["source"], envelope.get("subject", ""))
        if "previous" in envelope:
            named += 1
            assert envelope["previous"] == last[about]
        last[about] = envelope["id"]
    assert named > 200


def test_an_amendment_is_made_after_what_it_names() -> None:
    by_name = {(envelope["source"], envelope["id"]): envelope for envelope in envelopes()}
    amended = 0
    for envelope in envelopes():
        named = envelope["data"].get("corrects") or envelope["data"].get("retracts")
        target = by_name.get((named["source"], named["id"])) if named else None
        if target is not None:
            amended += 1
            assert int(target["sequence"]) < int(envelope["sequence"])
            assert target["source"] == envelope["source"]
            assert target.get("subject") == envelope.get("subject")
    assert amended > 40


def test_service_numbers_are_of_the_test_range() -> None:
    assert len(service_numbers()) > 9_000
    assert all(number.startswith("9999") and passes_eleven_test(number) for number in service_numbers())
    written = re.compile(rb'"bsn": ?"([0-9]{9})"')
    found = {number.decode() for sent in world().messages for number in written.findall(sent.raw)}
    assert {number for number in found if not passes_eleven_test(number)} == {"123456789"}


def keys_given(kind: str, data: dict[str, Any], source: str, id: str) -> Iterator[str]:
    """What a message gives, by hand: this test trusts no table of the register."""
    given = {
        "person-registered": "person:{skn}",
        "persons-merged": f"merge:{source}/{id}",
        "penalty-order-issued": "order:{order}",
        "judgment-given": "judgment:{judgment}",
        "appeal-lodged": "appeal:{judgment}",
        "judgment-final": "final:{judgment}",
        "sentence-started": "started:{judgment}#{sentence}",
        "screening-enrolled": "enrolment:{enrolment}",
        "advice-requested": "advice:{advice}",
    }
    if kind in given:
        yield given[kind].format(**data)
    if kind in ("case-registered", "charges-amended"):
        yield f"case:{data['pn']}"
        yield from (f"charge:{data['pn']}#{charge['charge']}" for charge in data["charges"])


def keys_needed(kind: str, data: dict[str, Any]) -> Iterator[str]:
    """What a message needs, by hand."""
    if kind in ("case-dismissed", "penalty-order-issued", "summons-issued"):
        yield from (f"charge:{data['pn']}#{charge}" for charge in data["charges"])
    elif kind == "judgment-given":
        yield from (f"charge:{data['pn']}#{verdict['charge']}" for verdict in data["verdicts"])
        if data["instance"] > 1:
            yield f"appeal:{data['on_appeal_of']}"
    elif kind in ("case-registered", "identity-added", "person-died", "emergency-report", "foreign-conviction-notified"):
        yield f"person:{data['skn']}"
    elif kind == "persons-split":
        yield f"merge:{data['undoes']['source']}/{data['undoes']['id']}"
    elif kind in PROCESS and "pn" in data:
        yield f"case:{data['pn']}"
    elif kind in NEEDED:
        yield from (need.format(**data) for need in NEEDED[kind])


NEEDED = {
    "persons-merged": ("person:{kept}", "person:{merged}"),
    "charges-amended": ("case:{pn}",),
    "cases-joined": ("case:{pn}", "case:{into}"),
    "case-reattributed": ("case:{pn}", "person:{to}"),
    "penalty-order-opposed": ("order:{order}",),
    "penalty-order-withdrawn": ("order:{order}",),
    "penalty-order-final": ("order:{order}",),
    "penalty-order-executed": ("order:{order}",),
    "appeal-lodged": ("judgment:{judgment}",),
    "appeal-withdrawn": ("appeal:{judgment}",),
    "judgment-final": ("judgment:{judgment}",),
    "sentence-started": ("final:{judgment}",),
    "sentence-ended": ("started:{judgment}#{sentence}",),
    "conditional-sentence-enforced": ("final:{judgment}", "judgment:{enforced_by}"),
    "pardon-granted": ("final:{judgment}",),
    "judgment-annulled": ("final:{judgment}",),
    "screening-ended": ("enrolment:{enrolment}",),
    "advice-delivered": ("advice:{advice}",),
    "supervision-started": ("final:{judgment}",),
}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_where_there_is_no_cut_cause_comes_before_effect(seed: int) -> None:
    """What is never applied, or refused for good, needs nothing here; all else finds its keys given before it."""
    lost = set(world(seed).never_applied)
    lost |= {name for name, refused in world(seed).refused.items() if not refused.corrected}
    given: set[str] = set()
    for envelope in envelopes(seed):
        name = (envelope["source"], envelope["id"])
        kind, data = kind_of(envelope), envelope["data"]
        if name not in lost:
            missing = [key for key in keys_needed(kind, data) if key not in given]
            assert missing == [], f"{name} {kind}"
            given.update(keys_given(kind, data, *name))


def test_with_the_cut_many_messages_come_before_what_they_need() -> None:
    given: set[str] = set()
    early = 0
    for one in cut(world()):
        envelope = json.loads(one.raw)
        kind, data = kind_of(envelope), envelope["data"]
        early += any(key not in given for key in keys_needed(kind, data))
        given.update(keys_given(kind, data, envelope["source"], envelope["id"]))
    assert early > 200


def test_what_is_never_applied_or_refused_is_on_purpose() -> None:
    kinds = {(sent.source, sent.id): sent.kind for sent in world().messages}
    assert world().never_applied.keys() <= kinds.keys()
    assert all(unapplied.needs and unapplied.why for unapplied in world().never_applied.values())
    assert len({unapplied.why for unapplied in world().never_applied.values()}) > 8
    assert {refused.corrected for refused in world().refused.values()} == {True, False}
    assert len(world().never_applied) < len(kinds) / 100


def test_what_was_held_is_settled_in_the_week_after_and_nothing_else_changes() -> None:
    """The same messages, and behind them what those who were asked sent; the book differs in these stories alone."""
    plain, asked = World(1, 0.004), World(1, 0.004, settles=True)
    assert asked.never_applied == {}
    assert asked.settled == plain.never_applied
    assert len({unapplied.why for unapplied in asked.settled.values()}) > 8
    before, after = ({(one.source, one.id): one for one in told.messages if one.kind != "watermark"} for told in (plain, asked))
    said = {name: one for name, one in before.items() if one.kind != "stock-declared"}
    assert said.items() <= after.items()
    answers = [one for name, one in after.items() if name not in before and one.kind != "stock-declared"]
    assert {on(LAST + 4) <= one.entered_at.date() <= on(LAST + 8) for one in answers} == {True}
    differing = {pn for pn, charge in plain.truth.keys() | asked.truth if plain.truth.get((pn, charge)) != asked.truth.get((pn, charge))}
    lives = {int(id.split("-")[1]) for _, id in asked.settled}
    assert {int(pn[3:9]) // 10 for pn in differing} < lives  # a case is numbered by its life
    assert len(differing) == 7


@pytest.mark.parametrize(("seed", "scale"), [(1, SCALE), (7, 0.001), (20, 0.005)])
def test_the_thread_is_in_every_world(seed: int, scale: float) -> None:
    told = World(seed, scale)
    truth = told.truth[PN, 1]
    assert truth == (SKN, "convicted", date(2025, 8, 4), date(2025, 8, 19), None, False)
    by_name = {(sent.source, sent.id): sent for sent in told.messages}
    sent = [by_name[step.source, step.id] for step in told.thread]
    assert [step.on for step in told.thread] == sorted(step.on for step in told.thread)
    assert (date(2025, 7, 24), "case-registered") in [(step.on, one.kind) for step, one in zip(told.thread, sent, strict=True)]
    arrived: dict[bytes, Any] = {}
    for one in cut(told):
        arrived.setdefault(one.raw, one.at)
    case = next(arrived[one.raw] for one in sent if one.kind == "case-registered")
    judgment = next(arrived[one.raw] for one in sent if one.kind == "judgment-given" and JUDGMENT.encode() in one.raw)
    assert (case - judgment).days == 31


def test_a_world_that_cannot_be_made_is_wrong_use() -> None:
    for seed, scale, days in ((1, 0.0, 70), (1, 1_000.0, 70), (1, 1.0, 69)):
        with pytest.raises(Usage):
            World(seed, scale, days)


def test_more_days_bring_more_life() -> None:
    longer = World(1, 0.004, 100)
    assert max(sent.event_at for sent in longer.messages).date() > on(LAST + 20)
    assert {one.raw for one in cut(longer)} == {sent.raw for sent in longer.messages}


MERGES = [("A", "B"), ("B", "A"), ("C", "B"), ("A", "C")]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4), 3)))
def test_the_book_follows_the_latest_merges(order: tuple[int, ...]) -> None:
    """Beside a second hand: from each number its latest merge leads on; in a loop the latest merge decides."""
    book = Book()
    for merge in order:
        book.merged(*MERGES[merge])
    for skn in "ABC":
        way, at = [], skn
        while (latest := max((place for place, merge in enumerate(order) if MERGES[merge][1] == at), default=None)) is not None:
            if latest in way:
                at = MERGES[order[max(way[way.index(latest) :])]][0]
                break
            way.append(latest)
            at = MERGES[order[latest]][0]
        assert book.person(skn) == at


def test_the_book_falls_back_when_a_decision_falls_away() -> None:
    book = Book()
    book.holder["pn"] = "A"
    book.charged("pn", 1, date(2025, 7, 1))
    book.decided("pn", 1, Decision("m-1", "dismissed", date(2025, 7, 2), "01"))
    book.decided("pn", 1, Decision("sb-1", "penalty-order", date(2025, 7, 3)))
    book.final("pn", "sb-1", date(2025, 7, 17))
    assert book.told()["pn", 1] == ("A", "penalty-order", date(2025, 7, 3), date(2025, 7, 17), None, True)
    book.undone("pn", "sb-1")
    assert book.told()["pn", 1] == ("A", "dismissed", date(2025, 7, 2), None, "01", True)
    book.amended("pn", "m-1", code="02")
    assert book.told()["pn", 1] == ("A", "dismissed", date(2025, 7, 2), None, "02", False)
    book.undone("pn", "m-1")
    assert book.told()["pn", 1] == ("A", "suspected", date(2025, 7, 1), None, None, False)


def test_moments_near_midnight_fall_on_the_next_legal_day() -> None:
    assert legal_day(moment(0, 22 * 3600)) == on(1)
    assert legal_day(moment(0, 21 * 3600)) == on(0)
    assert legal_day(moment(-170, 22 * 3600)) == on(-170)
