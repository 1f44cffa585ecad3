"""The backlog desk, by search: whatever is keyed by whomever, in any order and whatever breaks off, what two people keyed differently never
becomes a message, each paper becomes one at most, and what is left of the stock is what was counted less what was entered.
"""

import json
from collections import Counter
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.backlogging import Backlog, Refused, Typed
from hervat.consumers.backlog.sampling import rate_of
from hervat.errors import NotSo, Usage
from hervat.journal.entry import open_entry
from hervat.kinds import StockDeclared
from tests.rooms.messages import FEEDS, charge
from tests.rooms.nodes import balance_of, fresh

PAPER = "urn:nld:oin:00000099000000003000:systeem:papier"
AT = datetime(2025, 9, 26, 9, tzinfo=UTC)
PERIOD = {"from_": date(2025, 7, 17), "until": date(2025, 9, 25)}
PEOPLE = ("A. Smit", "b. visser", "C. Bos", "  a.  SMIT")
LIGHT = ("appeal-lodged", {"judgment": "J9", "remedy": "appeal", "by": "defence", "lodged_on": "2025-08-01"})


def judgment(number: int = 1, given_on: str = "2025-08-01", kind: str = "imprisonment") -> dict[str, Any]:
    sentences = [{"sentence": "1", "kind": kind, "months": 3}]
    verdicts = [{"charge": 1, "verdict": "convicted"}]
    told = {"judgment": f"J{number}", "court": "Utrecht", "instance": 1, "pn": "10/000001-25", "given_on": given_on}
    return told | {"verdicts": verdicts, "sentences": sentences}


contents = st.sampled_from([judgment(), judgment(given_on="2025-08-02"), judgment() | {"ecli": "ECLI:NL:RBMNE:2025:1"}, judgment(2)])
keyings = st.lists(st.tuples(st.sampled_from(("K1", "K2")), contents, st.sampled_from(PEOPLE), st.booleans()), max_size=12)


def typed(paper: str, data: dict[str, Any], kind: str = "judgment-given", source: str = PAPER) -> Typed:
    return Typed(source, paper, kind, json.dumps(data))


def stock(count: int, **other: Any) -> StockDeclared:
    return StockDeclared(**{"kinds": ("judgment-given",), "count": count, "counted_on": date(2025, 9, 25), **PERIOD, **other})


def as_text(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True)


def sent(node: Node) -> list[dict[str, Any]]:
    """The data of the judgments in custody of the desk's source."""
    opened = (open_entry(node.keys, entry) for entry in node.store.entries(1, node.position))
    documents = [json.loads(one.payload) for one in opened if one.meta.source == PAPER]
    assert [int(one["sequence"]) for one in documents] == list(range(1, len(documents) + 1))
    return [one["data"] for one in documents if one["type"] == "nl.hervat.judgment-given.v1"]


def person(by: str) -> str:
    return by.replace(" ", "").lower()


def broken_off(node: Node) -> Backlog:
    """A desk of which the process ends between the act and the message."""

    class Ending(Backlog):
        def _send(self, raw: bytes) -> int:
            raise KeyboardInterrupt

    return Ending(node)


@given(keyed=keyings)
def test_what_two_people_keyed_differently_never_becomes_a_message(keyed: list[tuple[str, dict[str, Any], str, bool]]) -> None:
    with fresh("sqlite") as node:
        Backlog(node).declare(PAPER, stock(9), by="x", at=AT)
        last: dict[str, dict[str, dict[str, Any]]] = {"K1": {}, "K2": {}}
        became: dict[str, dict[str, Any]] = {}
        for paper, data, by, breaks in keyed:
            desk = broken_off(node) if breaks else Backlog(node)
            first = len(last[paper]) == 1 and last[paper].get(person(by), data) != data
            try:
                answer = desk.enter(typed(paper, data), by=by, at=AT)
            except NotSo:
                assert first or (paper in became and became[paper] != data)
                continue
            except KeyboardInterrupt:
                answer = {"became": "broken off"}
            assert not first
            if paper not in became:
                last[paper][person(by)] = data
            alike = len(last[paper]) > 1 and all(one == data for one in last[paper].values())
            assert (answer["became"] in ("entered", "broken off")) == alike
            if answer["became"] == "differs":
                assert answer["differs"] and all(one["path"].startswith("data.") for one in answer["differs"])
            if answer["became"] == "entered":
                became[paper] = data
        assert Counter(map(as_text, sent(node))) == Counter(map(as_text, became.values()))
        (line,) = Backlog(node).lines(Backlog(node).known(PAPER))
        assert (line.entered, line.left) == (len(became), 9 - len(became))
        balance_of(node)
        assert node.verify().ok


papers = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 31)), max_size=12)


@given(entered=papers, counts=st.lists(st.integers(0, 5), min_size=1, max_size=4))
def test_what_is_left_is_what_was_counted_less_what_was_entered_since(entered: list[tuple[int, int]], counts: list[int]) -> None:
    """One reader is enough for an appeal in a case that is known and light; the period leaves out the first days of August."""
    with fresh("memory") as node:
        node.receive(a_light_case())
        desk, numbers = Backlog(node), set[int]()
        for turn, count in enumerate(counts):
            declared = stock(count, kinds=("appeal-lodged",), from_=date(2025, 8, 5), counted_on=date(2025, 9, 1 + turn))
            desk.declare(PAPER, declared, by="x", at=AT)
            here, within = entered[turn :: len(counts)], 0
            for number, day in here:
                if number in numbers:
                    continue
                numbers.add(number)
                lodged = LIGHT[1] | {"lodged_on": f"2025-08-{day:02d}", "by": f"{number}"}
                assert desk.enter(typed(f"K{number}", lodged, LIGHT[0]), by="a", at=AT)["became"] == "entered"
                within += day >= 5
            (line,) = desk.lines(desk.known(PAPER))
            assert (line.stock.count, line.entered, line.left, line.miscounted) == (count, within, max(0, count - within), within > count)
        told = next(row for row in node.horizon() if row["source"] == PAPER)
        assert (told["received"], told["received_through"]) == (len(numbers) + len(counts), len(numbers) + len(counts))


def a_light_case() -> list[bytes]:
    """A theft, with the judgment that LIGHT is about."""
    data = {"pn": "10/000001-25", "skn": "S1", "office": "x", "received_on": "2025-07-02", "charges": [charge(1)]}
    fined = judgment(9) | {"sentences": [{"sentence": "1", "kind": "fine", "amount_eur": "100.00"}]}
    registered = message("skdb", "person-registered", {"skn": "S1", "identity": {"set": "1", "surname": "x"}})
    return [registered, message("gps", "case-registered", data), message("grip", "judgment-given", fined)]


def on_paper(kind: str) -> dict[str, Any]:
    days = {"from": "2025-07-17", "until": "2025-09-25", "counted_on": "2025-09-25"}
    return days | {"kinds": [kind], "count": 1}


def message(feed: str, kind: str, data: dict[str, Any], number: int = 1) -> bytes:
    told = {"specversion": "1.0", "id": f"{feed}-{number}", "source": FEEDS[feed], "type": f"nl.hervat.{kind}.v1"}
    told |= {"time": "2025-07-03T08:00:00Z", "sequence": f"{number}", "sequencetype": "Integer"}
    return json.dumps(told | {"datacontenttype": "application/json", "data": data}).encode()


@pytest.mark.parametrize(
    ("kind", "data", "grounds"),
    [
        ("judgment-given", judgment(kind="imprisonment"), ["custody"]),
        ("judgment-given", judgment(kind="fine"), []),
        (*LIGHT, []),
        ("appeal-lodged", LIGHT[1] | {"judgment": "J8"}, ["cannot-tell"]),
        ("judgment-given", judgment(kind="fine") | {"pn": "10/000002-25"}, ["cannot-tell"]),
        ("sentence-ended", {"judgment": "J9", "sentence": "1", "ended_on": "2025-08-01"}, ["custody"]),
    ],
)
def test_what_is_about_custody_or_cannot_be_told_is_read_twice(kind: str, data: dict[str, Any], grounds: list[str]) -> None:
    source = {"sentence-ended": "urn:nld:oin:00000099000000004000:systeem:papier"}.get(kind, PAPER)
    with fresh("memory") as node:
        node.receive(a_light_case())
        answer = Backlog(node).enter(typed("K1", data, kind, source), by="a", at=AT)
        assert (answer["grounds"], answer["became"]) == (grounds, "waits" if grounds else "entered")


@pytest.mark.parametrize(
    ("article", "maximum", "grounds"),
    [
        ("Sr 240b", None, ["sexual"]),
        ("Sr 300", {"years": 8}, ["serious-violence"]),
        ("Sr 310", None, []),
        ("Opiumwet 3", None, ["cannot-tell"]),
    ],
)
def test_what_is_about_a_sex_offence_or_violence_is_read_twice(article: str, maximum: Any, grounds: list[str]) -> None:
    one = charge(1, article) | {"period": {"from": "2024-01-01", "to": "2024-01-01"}} | ({"maximum": maximum} if maximum else {})
    data = {"pn": "10/000001-25", "skn": "S1", "office": "x", "received_on": "2025-07-02", "charges": [one]}
    source = "urn:nld:oin:00000099000000002000:systeem:papier"
    with fresh("memory") as node:
        assert Backlog(node).enter(typed("K1", data, "case-registered", source), by="a", at=AT)["grounds"] == grounds


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ('{"judgment": "J1"', "data"), ("[]", "data"), ('{"judgment": "J1", "judgment": "J2"}', "data"),
        (json.dumps(judgment() | {"nickname": "x"}), "data.nickname"), (json.dumps(judgment() | {"given_on": "soon"}), "data.given_on"),
        (json.dumps(judgment() | {"instance": 2}), "data.on_appeal_of"),
    ],
)  # fmt: skip
def test_what_is_no_sound_message_is_told_with_its_path_and_nothing_is_entered(data: str, path: str) -> None:
    with fresh("memory") as node:
        with pytest.raises(Refused) as told:
            Backlog(node).enter(Typed(PAPER, "K1", "judgment-given", data), by="a", at=AT)
        assert (told.value.path, node.position) == (path, 0)


def test_a_source_that_a_system_sends_is_left_to_it() -> None:
    with fresh("memory") as node:
        node.receive([*a_light_case(), message("grip", "stock-declared", on_paper("1"), 2)])
        with pytest.raises(Usage, match="a system sends it"):
            Backlog(node).declare(FEEDS["grip"], stock(1), by="x", at=AT)
        with pytest.raises(Usage, match="a system sends it"):
            Backlog(node).enter(typed("K1", judgment(), source=FEEDS["grip"]), by="a", at=AT)
        assert node.position == 4


def test_no_act_says_a_word_of_what_was_keyed() -> None:
    with fresh("memory") as node:
        Backlog(node).enter(typed("K1", judgment() | {"ecli": "ECLI:SECRET"}), by="a", at=AT)
        said = [open_entry(node.keys, entry).payload for entry in node.store.entries(1, node.position)]
        assert len(said) == 1 and b"data.ecli" in said[0] and b"SECRET" not in said[0] and b"Utrecht" not in said[0]


def test_a_sample_is_checked_by_somebody_else_and_gives_a_rate() -> None:
    with fresh("memory") as node:
        desk = Backlog(node)
        for number in (1, 2, 3):
            for by in ("a", "b"):
                desk.enter(typed(f"K{number}", judgment(number)), by=by, at=AT)
        drawn = desk.sample(PAPER, 2, 7, by="c", at=AT)["papers"]
        at = node.position
        assert drawn == desk.sample(PAPER, 2, 7, by="c", at=AT)["papers"] and (len(drawn), node.position) == (2, at)
        (rest,) = {"K1", "K2", "K3"} - {*drawn}
        one, two = drawn
        for paper, by, why in ((one, "B ", "read it before"), (rest, "c", "not in the last sample")):
            with pytest.raises(NotSo, match=why):
                desk.check(typed(paper, judgment()), by=by, at=AT)
        assert desk.check(typed(one, judgment(int(one[1]))), by="c", at=AT)["differs"] == []
        assert desk.check(typed(two, judgment(int(two[1])) | {"court": "Assen"}), by="c", at=AT)["differs"] == ["data.court"]
        rate = desk.shown_sample(PAPER)["rate"]
        assert (rate["checked"], rate["wrong"]) == (2, 1)


@given(checked=st.integers(1, 400), data=st.data())
def test_the_interval_holds_the_share_and_narrows(checked: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, checked))
    rate, more = rate_of(checked, wrong), rate_of(4 * checked, 4 * wrong)
    assert 0 <= rate.low <= wrong / checked <= rate.high <= 1
    assert more.high - more.low < rate.high - rate.low
    # Of what lies on the bounds of the interval the share is just 1.96 standard deviations away (Wilson).
    for bound in (rate.low, rate.high):
        if 0 < bound < 1:
            assert abs(wrong / checked - bound) == pytest.approx(1.959964 * (bound * (1 - bound) / checked) ** 0.5, rel=1e-4)


def test_the_list_is_ordered_by_harm_and_then_by_the_clock_of_the_law() -> None:
    with fresh("memory") as node:
        desk = Backlog(node)
        orders = (("penalty-order-issued", None, "undated"), ("penalty-order-issued", 20, "order"), ("penalty-order-issued", 18, "older"))
        declared = (*orders, ("case-dismissed", None, "gps"))
        for place, (kind, oldest, name) in enumerate(declared):
            own = f"urn:nld:oin:00000099000000002000:systeem:papier-{name}"
            oldest_on = None if oldest is None else date(2025, 7, oldest)
            desk.declare(own, stock(place + 1, kinds=(kind,), oldest_on=oldest_on), by="x", at=AT)
        desk.declare(PAPER, stock(2, oldest_on=date(2025, 7, 18)), by="x", at=AT)
        desk.declare("urn:nld:oin:00000099000000003000:systeem:leeg", stock(0), by="x", at=AT)
        desk.enter(typed("K1", judgment()), by="a", at=AT)
        listed = desk.work(date(2025, 9, 26))
        assert [one["what"] for one in listed] == ["stock", "paper", *["stock"] * 4]
        assert [one["harm"] for one in listed] == [7, 7, 5, 3, 3, 3]
        assert [one["source"].rpartition(":")[2] for one in listed][2:] == ["papier-gps", "papier-older", "papier-order", "papier-undated"]
        clock = listed[0]["clock"]
        assert (clock["last_day"], clock["certainty"], clock["article"]) == (date(2025, 8, 1), "memory", "Sv 408(1)")
        assert {one["weights"] for one in listed} == {"invented"}


def test_a_forecast_is_in_person_days_and_says_that_it_never_ends() -> None:
    with fresh("memory") as node:
        desk = Backlog(node)
        desk.declare(PAPER, stock(100), by="x", at=AT)
        with pytest.raises(NotSo, match="--rate"):
            desk.forecast(PAPER, AT.date(), people=1)
        for by in ("a", "b"):
            desk.enter(typed("K1", judgment()), by=by, at=AT)
        measured = desk.forecast(PAPER, AT.date(), people=2)
        assert (measured["left"], measured["rate"], measured["person_days"]) == (99, 0.5, 198)
        told = desk.forecast(PAPER, date(2025, 9, 26), people=3, rate=Fraction(11), arriving=Fraction(0))
        assert (told["person_days"], told["working_days"], told["gone_on"]) == (9, 3, date(2025, 10, 1))
        never = desk.forecast(PAPER, AT.date(), people=1, rate=Fraction(5), arriving=Fraction(5))
        assert (never["gone_on"], never["person_days"], never["people_needed"]) == (None, None, 2)
        later = datetime(2025, 10, 3, 9, tzinfo=UTC)
        desk.declare(PAPER, stock(149, counted_on=date(2025, 10, 2)), by="x", at=later)
        assert desk.forecast(PAPER, later.date(), people=1, rate=Fraction(1))["arriving"] == 10
