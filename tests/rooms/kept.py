"""Histories that are old enough to have come due: a few persons with cases that ended long ago, as the bytes their sources would send."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import rfc8785
from hypothesis import strategies as st

from tests.rooms.messages import set_hash

NUMBERS = {"skdb": 1, "gps": 2, "grip": 3, "execute": 4, "gratie": 5, "ecris": 10, "prison": 15}
FEEDS = {name: f"urn:nld:oin:00000099{number:09d}000:systeem:{name}" for name, number in NUMBERS.items()}
SKNS = ("S1", "S2", "S3")
LIGHT: list[dict[str, Any]] = [{"sentence": "1", "kind": "disqualification", "months": 6}]
"""What makes no term longer."""
SENTENCES: tuple[list[dict[str, Any]], ...] = (
    [],
    [{"sentence": "1", "kind": "imprisonment", "months": 6}],
    [{"sentence": "1", "kind": "imprisonment", "years": 24}, {"sentence": "2", "kind": "fine", "amount_eur": "500.00"}],
    [{"sentence": "1", "kind": "imprisonment", "life": True}],
    [{"sentence": "1", "kind": "community-service", "hours": 60}],
    [{"sentence": "1", "kind": "fine", "amount_eur": "300.00"}],
    [{"sentence": "1", "kind": "hospital-order"}],
    [{"sentence": "1", "kind": "other", "days": 14}],
    LIGHT,
    [{"sentence": "1", "kind": "detention", "weeks": 2}],
)
ARTICLES = ("Sr 310", "Sr 310", "Sr 302", "Sr 242", "Sr 245", "Sr 45 jo 287", "WVW 5")
MAXIMA: tuple[dict[str, Any] | None, ...] = ({"years": 4}, {"years": 6}, {"months": 72}, {"months": 71, "days": 40}, {"life": True}, None)
VERDICTS = ("convicted", "convicted", "acquitted", "discharged", "guilty-without-penalty", "inadmissible", "summons-void")
CODES = ("01", "02", "04", "09", "50", "99")


class Feeds:
    """Every feed with its messages in sequence."""

    def __init__(self) -> None:
        self.sent: dict[str, list[bytes]] = defaultdict(list)

    def tell(self, feed: str, kind: str, on: date | None = None, subject: str | None = None, **data: Any) -> dict[str, str]:
        """Send a message; returns how others name it. `from_` and `class_` are written with their underscore."""
        fields = {name.rstrip("_"): value for name, value in data.items() if value is not None}
        return self._send(feed, kind, fields, on, subject)

    def _send(self, feed: str, kind: str, data: dict[str, Any], on: date | None, subject: str | None) -> dict[str, str]:
        sequence = len(self.sent[feed]) + 1
        envelope: dict[str, Any] = {"specversion": "1.0", "id": f"{feed}-{sequence}", "source": FEEDS[feed], "type": f"nl.hervat.{kind}.v1"}
        envelope |= {"time": f"{on or date(2020, 1, 1)}T12:00:00Z", "sequence": str(sequence), "sequencetype": "Integer"}
        envelope |= {} if subject is None else {"subject": subject}
        self.sent[feed].append(rfc8785.dumps(envelope | {"datacontenttype": "application/json", "data": data}))
        return {"source": FEEDS[feed], "id": f"{feed}-{sequence}"}

    def close(self, until: str = "2200-01-01") -> None:
        """Every feed says that up to a day it has sent everything."""
        for feed in FEEDS:
            before = self.sent[feed]
            claim = {"through_sequence": len(before), "count": len(before), "complete_until": f"{until}T00:00:00Z"}
            self.tell(feed, "watermark", date.fromisoformat(until), **claim, set_hash=set_hash(before))

    @property
    def all(self) -> list[bytes]:
        return [raw for feed in self.sent.values() for raw in feed]

    def person(self, skn: str) -> dict[str, str]:
        return self.tell("skdb", "person-registered", skn=skn, identity={"set": "1", "surname": skn})

    def case(self, number: int, skn: str, on: date, charges: list[dict[str, Any]]) -> dict[str, str]:
        return self.tell("gps", "case-registered", pn=pn(number), skn=skn, office="Utrecht", received_on=str(on), charges=charges)

    def judgment(self, number: int, on: date, verdicts: dict[int, str], sentences: list[dict[str, Any]], **more: Any) -> dict[str, str]:
        given = [{"charge": charge, "verdict": verdict} for charge, verdict in verdicts.items()]
        told = {"judgment": f"j{number}", "court": "Utrecht", "instance": 1, "pn": pn(number), "given_on": str(on)}
        return self.tell("grip", "judgment-given", **told | {"verdicts": given, "sentences": sentences} | more)


def pn(number: int) -> str:
    return f"10/{number:06d}-01"


def charge(
    number: int, done: date, article: str = "Sr 310", sort: str = "misdrijf", maximum: dict[str, Any] | None = None
) -> dict[str, Any]:
    told: dict[str, Any] = {"charge": number, "article": article, "label": "l", "class": sort}
    told |= {} if maximum is None else {"maximum": maximum}
    return told | {"period": {"from": str(done), "to": str(done + timedelta(days=number))}}


days = st.dates(date(1975, 1, 1), date(2023, 12, 31))
_charges = st.tuples(st.sampled_from(ARTICLES), st.sampled_from(("misdrijf", "misdrijf", "overtreding")), st.sampled_from(MAXIMA))


@st.composite
def histories(draw: st.DrawFn) -> Feeds:
    """Persons, merged and split; cases and how they ended; amendments; watermarks at the end."""
    feeds = Feeds()
    for skn in SKNS:
        feeds.person(skn)
    for number in range(1, draw(st.integers(1, 4)) + 1):
        _case(draw, feeds, number)
    if draw(st.booleans()):
        feeds.tell("skdb", "person-died", skn=draw(st.sampled_from(SKNS)), died_on=str(draw(days)))
    for _ in range(draw(st.integers(0, 2))):
        kept, merged = draw(st.permutations(SKNS))[:2]
        merge = feeds.tell("skdb", "persons-merged", kept=kept, merged=merged, decided_on=str(draw(days)), ground="g")
        if draw(st.booleans()):
            feeds.tell("skdb", "persons-split", undoes=merge, decided_on=str(draw(days)), ground="g")
    if draw(st.integers(0, 3)) == 0:
        told = {"skn": "S1", "member_state": "BE", "reference": "r", "decided_on": str(draw(days)), "final_on": "2024-01-01"}
        feeds.tell("ecris", "foreign-conviction-notified", **told, offences=[], sanctions=[])
    feeds.close()
    return feeds


def _case(draw: st.DrawFn, feeds: Feeds, number: int) -> None:
    done = draw(days)
    after = [done + timedelta(days=30 * step) for step in range(9)]
    drawn = draw(st.lists(_charges, min_size=1, max_size=2))
    charges = [charge(at, done, *one) for at, one in enumerate(drawn, 1)]
    registered = feeds.case(number, draw(st.sampled_from(SKNS)), after[1], charges)
    numbers = [one["charge"] for one in charges]
    if draw(st.integers(0, 4)) == 0:
        again = charge(draw(st.integers(1, 3)), done, *draw(_charges))
        feeds.tell("gps", "charges-amended", on=after[2], pn=pn(number), charges=[again])
    for ending in draw(st.lists(st.sampled_from(("dismissed", "ordered", "judged", "judged")), max_size=2, unique=True)):
        _END[ending](draw, feeds, number, draw(st.lists(st.sampled_from(numbers), min_size=1, unique=True)), after)
    if draw(st.integers(0, 4)) == 0:
        to = draw(st.sampled_from(SKNS))
        feeds.tell("gps", "case-reattributed", pn=pn(number), from_="S1", to=to, decided_on=str(after[3]), ground="g")
    if draw(st.integers(0, 5)) == 0:
        corrected = {"pn": pn(number), "skn": draw(st.sampled_from(SKNS)), "office": "Utrecht", "received_on": str(after[1])}
        feeds.tell("gps", "message-corrected", corrects=registered, data=corrected | {"charges": charges[:1]})


def _dismissed(draw: st.DrawFn, feeds: Feeds, number: int, charges: list[int], after: list[date]) -> None:
    told = {"pn": pn(number), "charges": charges, "code": draw(st.sampled_from(CODES)), "conditional": draw(st.booleans())}
    dismissed = feeds.tell("gps", "case-dismissed", **told, decided_on=str(after[draw(st.integers(2, 5))]))
    if draw(st.integers(0, 4)) == 0:
        feeds.tell("gps", "message-retracted", retracts=dismissed, ground="g")


def _ordered(draw: st.DrawFn, feeds: Feeds, number: int, charges: list[int], after: list[date]) -> None:
    order, sentences = f"o{number}", draw(st.sampled_from(SENTENCES))
    feeds.tell("gps", "penalty-order-issued", order=order, pn=pn(number), charges=charges, issued_on=str(after[3]), sentences=sentences)
    came = draw(st.sets(st.sampled_from(("opposed", "withdrawn", "executed", "executed"))))
    if "opposed" in came:
        feeds.tell("gps", "penalty-order-opposed", order=order, opposed_on=str(after[4]))
    if "withdrawn" in came:
        feeds.tell("gps", "penalty-order-withdrawn", order=order, withdrawn_on=str(after[4]), ground="g")
    if "executed" in came:
        feeds.tell("execute", "penalty-order-executed", order=order, executed_on=str(after[5]))


def _judged(draw: st.DrawFn, feeds: Feeds, number: int, charges: list[int], after: list[date]) -> None:
    def verdicts() -> dict[int, str]:
        return {one: draw(st.sampled_from(VERDICTS)) for one in charges}

    given = feeds.judgment(number, after[4], verdicts(), draw(st.sampled_from(SENTENCES)))
    came = draw(st.sampled_from(("final", "final", "appealed", "lies", "withdrawn", "annulled", "retracted", "")))
    if came == "retracted":
        _judged_apart(draw, feeds, number, given, {one: after[draw(st.integers(4, 8))] for one in charges})
    elif came in ("lies", "withdrawn"):
        feeds.tell("grip", "appeal-lodged", judgment=f"j{number}", remedy="appeal", by="defendant", lodged_on=str(after[5]))
        if came == "withdrawn":
            feeds.tell("grip", "appeal-withdrawn", judgment=f"j{number}", withdrawn_on=str(after[draw(st.integers(4, 6))]))
    elif came == "appealed":
        feeds.tell("grip", "appeal-lodged", judgment=f"j{number}", remedy="appeal", by="defendant", lodged_on=str(after[5]))
        on_appeal = {"judgment": f"h{number}", "instance": 2, "on_appeal_of": f"j{number}"}
        feeds.judgment(number, after[7], verdicts(), draw(st.sampled_from(SENTENCES)), **on_appeal)
    elif came:
        feeds.tell("grip", "judgment-final", judgment=f"j{number}", final_on=str(after[5]))
        if came == "annulled":
            feeds.tell("grip", "judgment-annulled", judgment=f"j{number}", decided_on=str(after[6]), ground="g")


def _judged_apart(draw: st.DrawFn, feeds: Feeds, number: int, given: dict[str, str], days: dict[int, date]) -> None:
    """A judgment is retracted, and perhaps its charges are judged each on a day of its own; perhaps the retraction is taken back."""
    retraction = feeds.tell("grip", "message-retracted", retracts=given, ground="g")
    for one in draw(st.lists(st.sampled_from(sorted(days)), unique=True)):
        judgment = f"r{number}-{one}"
        feeds.judgment(number, days[one], {one: draw(st.sampled_from(VERDICTS))}, draw(st.sampled_from(SENTENCES)), judgment=judgment)
        feeds.tell("grip", "judgment-final", judgment=judgment, final_on=str(days[one]))
    if draw(st.booleans()):
        feeds.tell("grip", "message-retracted", retracts=retraction, ground="g")


_END = {"dismissed": _dismissed, "ordered": _ordered, "judged": _judged}
