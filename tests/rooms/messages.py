"""Small sets of messages that go wrong in every way the contract knows, as the bytes that a partner would send.

- The universe is tiny (four persons, three cases, three judgments, one order), so that messages meet.
- A set is a drawn part of `STORY`, which fits together, and drawn messages, which seldom do.
- Sequences are gapless for each source over the whole set; nothing in it conflicts.
- Amendments name anything of their source: what comes later, other amendments, themselves, what was refused, what does not exist.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from hypothesis import strategies as st

SKNS = ("S1", "S2", "S3", "S4")
PNS = ("10/000001-25", "10/000002-25", "10/000003-25")
BAD_PN = "10-000001-25"
DAYS_OF_REPORTS = ("2025-08-01", "2025-08-11", "2025-08-12", "2025-08-14", "2025-08-16")
START = datetime(2025, 7, 1, 8, tzinfo=UTC)

CORRECTION, RETRACTION = "message-corrected", "message-retracted"
_NUMBERS = {
    "skdb": 100, "gps": 200, "old": 200, "grip": 300, "cjib": 400, "min": 500, "pol": 600, "prk": 700, "ind": 900, "ecr": 1000,
    "rec": 1200, "slh": 1300, "dji": 1500,
}  # fmt: skip
FEEDS = {name: f"urn:nld:oin:0000009900000{number:06d}0:systeem:{name}" for name, number in _NUMBERS.items()}
SENDERS = {
    "skdb": ("person-registered", "identity-added", "persons-merged", "persons-split", "person-died", "watermark", "stock-declared"),
    "gps": (
        "case-registered", "charges-amended", "cases-joined", "case-dismissed", "case-reattributed", "penalty-order-issued",
        "penalty-order-opposed", "penalty-order-withdrawn", "penalty-order-final", "summons-issued", "watermark",
        "file-released", "advice-requested",
    ),
    "grip": (
        "judgment-given", "appeal-lodged", "appeal-withdrawn", "judgment-final", "judgment-annulled", "stock-declared", "watermark",
        "custody-prolonged", "hearing-scheduled",
    ),
    "cjib": ("sentence-started", "sentence-ended", "penalty-order-executed", "penalty-order-final"),
    "old": ("case-registered", "penalty-order-issued"),
    "min": ("pardon-granted",),
    "pol": ("emergency-report",),
    "prk": ("screening-enrolled", "screening-ended"),
    "ecr": ("foreign-conviction-notified",),
    "ind": ("disclosure-requested",),
    "dji": ("custody-started", "custody-started", "custody-ended"),
    "rec": ("advice-delivered", "supervision-started"),
    "slh": ("victim-informed",),
}  # fmt: skip

days = st.integers(1, 9).map(lambda day: f"2025-07-{day:02d}")
since = st.one_of(days, days, st.just("2025-10-01"))
skns, pns = st.sampled_from(SKNS), st.sampled_from(PNS)
spans = st.tuples(days, days).map(lambda two: (min(two), max(two)))
advices = st.sampled_from(("V1", "V2"))
enrolments = st.sampled_from(("E1", "E2"))
judgments, orders = st.sampled_from(("J1", "J2", "J3")), st.sampled_from(("O1", "O2"))
numbers = st.lists(st.integers(1, 3), min_size=1, max_size=2, unique=True)
sentences = st.sampled_from(([], [{"sentence": "1", "kind": "fine", "amount_eur": "100.00"}]))
texts = st.just("x")


def charge(number: int, article: str = "Sr 310") -> dict[str, Any]:
    period = {"from": "2025-06-01", "to": "2025-06-02"}
    return {"charge": number, "article": article, "label": "l", "class": "misdrijf", "period": period}


charges = numbers.map(lambda drawn: [charge(number) for number in drawn])
verdicts = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(("convicted", "acquitted"))), min_size=1, max_size=2, unique_by=lambda pair: pair[0]
).map(lambda drawn: [{"charge": charge, "verdict": verdict} for charge, verdict in drawn])
GROUNDS = (
    {"article": "Bjsg 19", "purpose": "aliens-law", "requester": "IND"},
    {"article": "Wjsg 8", "purpose": "hearing", "requester": "OM"},
    {"article": "Bjsg 11", "purpose": "compensation", "requester": "Schadefonds"},
)
BSNS = ("999990007", "999990019", "999990020")
bsns = st.sampled_from(BSNS)
identities = st.builds(
    lambda number, name, bsn: {"set": number, "surname": name} | ({"bsn": bsn} if bsn else {}),
    st.sampled_from("12"),
    st.sampled_from("AB"),
    st.one_of(st.none(), bsns),
)


def _dict(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name.rstrip("_"): strategy for name, strategy in fields.items()})


_first = _dict(
    judgment=judgments, court=texts, instance=st.just(1), pn=pns, given_on=days, verdicts=verdicts, sentences=sentences
)
_on_appeal = _dict(
    judgment=judgments, court=texts, instance=st.sampled_from((2, 3)), pn=pns, on_appeal_of=judgments, given_on=days,
    verdicts=verdicts, sentences=sentences,
)  # fmt: skip

DATA: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "person-registered": _dict(skn=skns, identity=identities),
    "identity-added": _dict(skn=skns, identity=identities, leading=st.booleans()),
    "persons-merged": st.permutations(SKNS).flatmap(
        lambda two: _dict(kept=st.just(two[0]), merged=st.just(two[1]), decided_on=days, ground=texts)
    ),
    "persons-split": st.integers(1, 6).flatmap(
        lambda at: _dict(undoes=st.just({"source": FEEDS["skdb"], "id": f"skdb-{at}"}), decided_on=days, ground=texts)
    ),
    "person-died": _dict(skn=skns, died_on=days),
    "case-registered": _dict(
        pn=pns, skn=skns, office=texts, received_on=days, charges=charges, police_report=st.sampled_from((None, "R1"))
    ),
    "charges-amended": _dict(pn=pns, charges=charges),
    "cases-joined": _dict(pn=st.just(PNS[0]), into=st.sampled_from(PNS[1:]), joined_on=days),
    "case-dismissed": _dict(
        pn=pns, charges=numbers, code=st.sampled_from(("01", "02", "09")), conditional=st.booleans(), decided_on=days
    ),
    "case-reattributed": _dict(pn=pns, from_=skns, to=skns, decided_on=days, ground=texts),
    "penalty-order-issued": _dict(order=orders, pn=pns, charges=numbers, issued_on=days, sentences=sentences),
    "penalty-order-opposed": _dict(order=orders, opposed_on=days),
    "penalty-order-withdrawn": _dict(order=orders, withdrawn_on=days, ground=texts),
    "penalty-order-final": _dict(order=orders, final_on=days),
    "penalty-order-executed": _dict(order=orders, executed_on=days),
    "summons-issued": _dict(pn=pns, charges=numbers, hearing_on=days),
    "judgment-given": st.one_of(_first, _on_appeal),
    "appeal-lodged": _dict(judgment=judgments, remedy=st.just("appeal"), by=texts, lodged_on=days),
    "appeal-withdrawn": _dict(judgment=judgments, withdrawn_on=days),
    "judgment-final": _dict(judgment=judgments, final_on=days),
    "judgment-annulled": _dict(judgment=judgments, decided_on=days, ground=texts),
    "sentence-started": _dict(judgment=judgments, sentence=st.sampled_from("12"), started_on=days),
    "sentence-ended": _dict(judgment=judgments, sentence=st.sampled_from("12"), ended_on=days),
    "pardon-granted": _dict(judgment=judgments, decree=texts, decided_on=days, remits=st.just([])),
    "emergency-report": _dict(
        police_report=st.just("R1"), skn=skns, category=st.sampled_from(("sexual", "serious-violence")), authority=texts,
        reported_on=st.sampled_from(DAYS_OF_REPORTS),
        period=st.just({"from": "2025-06-01", "to": "2025-06-02"}),
    ),
    "foreign-conviction-notified": _dict(
        skn=skns, member_state=st.just("BE"), reference=texts, decided_on=days, final_on=days, offences=st.just([]),
        sanctions=st.just([]),
    ),
    "screening-enrolled": _dict(
        enrolment=enrolments, sector=st.sampled_from(("childcare", "taxi")), bsn=bsns, from_=since, holder=st.sampled_from(("H1", "H2"))
    ),
    "screening-ended": _dict(enrolment=enrolments, until=days),
    "disclosure-requested": st.builds(
        lambda request, ground, who: {"request": request, **ground, **who, "requested_on": "2025-07-01"},
        st.sampled_from(("R1", "R2")),
        st.sampled_from(GROUNDS),
        st.one_of(skns.map(lambda skn: {"skn": skn}), bsns.map(lambda bsn: {"bsn": bsn})),
    ),
    "stock-declared": _dict(
        kinds=st.sampled_from((["judgment-given"], ["judgment-given", "appeal-lodged"])), from_=st.just("2025-07-01"),
        until=st.just("2025-07-09"), count=st.integers(0, 1), oldest_on=days, counted_on=days,
    ),
    "custody-started": st.builds(
        lambda span, more, due: {"from": span[0], **more} | ({"release_due": span[1]} if due else {}),
        spans, _dict(skn=skns, pn=pns), st.booleans(),
    ),
    "custody-prolonged": st.builds(lambda span, pn: {"pn": pn, "decided_on": span[0], "release_due": span[1]}, spans, pns),
    "custody-ended": _dict(pn=pns, released_on=days),
    "hearing-scheduled": _dict(pn=pns, court=texts, on=days),
    "file-released": _dict(pn=pns, to=texts, released_on=days),
    "advice-requested": _dict(pn=pns, advice=advices, about=texts, due_on=days),
    "advice-delivered": _dict(advice=advices, delivered_on=days),
    "supervision-started": st.builds(
        lambda span, more: {"from": span[0], "until": span[1], **more}, spans, _dict(judgment=judgments, sentence=st.sampled_from("12"))
    ),
    "victim-informed": _dict(pn=pns, about=texts, informed_on=days),
    # What it covers and whether its hash is right; the rest is filled in when the messages before it are bytes.
    "watermark": _dict(through_sequence=st.integers(0, 5), right=st.booleans(), complete_until=days),
}  # fmt: skip

_DAY = {"decided_on": "2025-07-05", "ground": "x"}
Part = tuple[str, str, dict[str, Any]]
STORY: tuple[Part, ...] = (
    ("skdb", "person-registered", {"skn": "S1", "identity": {"set": "1", "surname": "A"}}),
    ("skdb", "person-registered", {"skn": "S2", "identity": {"set": "1", "surname": "B"}}),
    ("skdb", "persons-merged", {"kept": "S1", "merged": "S2", **_DAY}),
    ("skdb", "persons-split", {"undoes": {"source": FEEDS["skdb"], "id": "skdb-3"}, **_DAY}),
    (
        "gps",
        "case-registered",
        {"pn": PNS[0], "skn": "S1", "office": "x", "received_on": "2025-07-01", "charges": [charge(1), charge(2)]},
    ),
    ("gps", "case-registered", {"pn": PNS[1], "skn": "S2", "office": "x", "received_on": "2025-07-01", "charges": [charge(1)]}),
    ("gps", "case-dismissed", {"pn": PNS[1], "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-07-02"}),
    ("gps", "penalty-order-issued", {"order": "O1", "pn": PNS[1], "charges": [1], "issued_on": "2025-07-03", "sentences": []}),
    ("grip", "judgment-given", {
        "judgment": "J1", "court": "x", "instance": 1, "pn": PNS[0], "given_on": "2025-07-03",
        "verdicts": [{"charge": 1, "verdict": "convicted"}], "sentences": [],
    }),
    ("grip", "appeal-lodged", {"judgment": "J1", "remedy": "appeal", "by": "x", "lodged_on": "2025-07-06"}),
    ("grip", "judgment-given", {
        "judgment": "J2", "court": "x", "instance": 2, "pn": PNS[0], "given_on": "2025-07-07", "on_appeal_of": "J1",
        "verdicts": [{"charge": 1, "verdict": "acquitted"}], "sentences": [],
    }),
    ("grip", "judgment-final", {"judgment": "J1", "final_on": "2025-07-05"}),
)  # fmt: skip


@dataclass(eq=False)
class Slot:
    """A message in the making. `spoilt` says what is wrong with it by itself; `target` is the slot that an amendment names."""

    feed: str
    kind: str
    data: dict[str, Any] | None
    id: str
    sequence: int | None
    spoilt: str | None = None
    target: "Slot | None" = None


_feeds = st.sampled_from(
    ("skdb", "gps", "gps", "gps", "grip", "grip", "skdb", "grip", "cjib", "old", "min", "pol", "pol", "ecr", "dji", "rec", "slh")
)
_amending = st.sampled_from(("skdb", "gps", "gps", "grip", "grip", "pol", "dji"))
_plain = _feeds.flatmap(lambda feed: st.tuples(st.just(feed), st.sampled_from(SENDERS[feed])))
_any_sender = st.tuples(_amending, st.sampled_from(sorted(DATA)))
_fresh = st.one_of(
    _plain,
    _plain,
    _plain,
    _any_sender,
    st.tuples(_amending, st.just(CORRECTION)),
    st.tuples(_amending, st.just(CORRECTION)),
    st.tuples(_amending, st.just(CORRECTION)),
    st.tuples(_amending, st.just(RETRACTION)),
    st.tuples(_amending, st.just(RETRACTION)),
)
_flaws = st.sampled_from((None,) * 14 + ("pn", "field", "type", "time", "sequence", "subject", "list", "surrogate", "deep"))
_amended = st.sampled_from(("same",) * 7 + ("other", "empty", "field", "pn"))


@st.composite
def message_sets(
    draw: st.DrawFn,
    most: int = 9,
    *,
    dangling: bool = True,
    story: tuple[Part, ...] = STORY,
    fresh: st.SearchStrategy[Any] = _fresh,
    whole: bool = False,
) -> list[bytes]:
    """A set of messages; with `dangling` a chain may name as previous, and an amendment as its target, what never comes; with `whole` the
    story is always in it.
    """
    told = 3 if whole else draw(st.sampled_from((0, 1, 2, 3)))
    wished: list[tuple[str, str, dict[str, Any] | None]] = [part for part in story if told == 3 or (told and draw(st.booleans()))]
    wished += [(feed, kind, None) for feed, kind in draw(st.lists(fresh, max_size=most))]
    slots = _numbered(draw, wished)
    for slot in slots:
        if slot.kind in (CORRECTION, RETRACTION):
            slot.target = _some(draw, slots, slot, dangling)
    made: dict[str, list[bytes]] = {}
    return [_raw(draw, slot, slots, made.setdefault(slot.feed, []), dangling) for slot in slots]


def _numbered(draw: st.DrawFn, wished: list[tuple[str, str, dict[str, Any] | None]]) -> list[Slot]:
    slots: list[Slot] = []
    counts = dict.fromkeys(FEEDS, 0)
    for feed, kind, data in wished:
        spoilt = draw(_flaws) if data is None else None
        id = f"{feed}-{1 + sum(slot.feed == feed for slot in slots)}"
        counts[feed] += spoilt != "sequence"
        slots.append(Slot(feed, kind, data, id, None if spoilt == "sequence" else counts[feed], spoilt))
    return slots


def _some(draw: st.DrawFn, slots: list[Slot], own: Slot, dangling: bool) -> Slot | None:
    """A slot of the same feed, mostly an earlier one."""
    same = [slot for slot in slots if slot.feed == own.feed]
    earlier = same[: same.index(own)]
    if earlier and draw(st.integers(0, 5)):
        return draw(st.sampled_from(earlier[::-1]))
    return draw(st.sampled_from([*same, None] if dangling else same))


def _raw(draw: st.DrawFn, slot: Slot, slots: list[Slot], before: list[bytes], dangling: bool) -> bytes:
    data = slot.data if slot.data is not None else _data(draw, slot, before)
    if slot.spoilt in ("pn", "field", "list", "surrogate"):
        data = _spoil(data, slot.spoilt)
    document = {
        "specversion": "1.0",
        "id": slot.id,
        "source": FEEDS[slot.feed],
        "type": "nl.hervat.nothing.v1" if slot.spoilt == "type" else f"nl.hervat.{slot.kind}.v1",
        "time": _time(draw, slot),
        "sequence": str(slot.sequence or "none"),
        "sequencetype": "Integer",
        "datacontenttype": "application/json",
        "data": data,
    }
    if slot.spoilt == "subject" or not draw(st.integers(0, 5)):
        document["subject"] = draw(skns) if slot.spoilt else _about(data) or draw(skns)
    if not draw(st.integers(0, 3)):
        named = _some(draw, slots, slot, dangling)
        document["previous"] = named.id if named is not None else f"{slot.feed}-lost"
    raw = json.dumps(document).encode()
    if slot.spoilt == "deep":
        raw = raw[:-1] + b', "more": ' + b"[" * 2000 + b"]" * 2000 + b"}"
    if slot.sequence is not None:
        before.append(raw)
    return raw


def _time(draw: st.DrawFn, slot: Slot) -> str:
    moment = START + timedelta(hours=draw(st.integers(0, 9)))
    return moment.strftime("%d-%m-%Y" if slot.spoilt == "time" else "%Y-%m-%dT%H:%M:%SZ")


def _data(draw: st.DrawFn, slot: Slot, before: list[bytes]) -> dict[str, Any]:
    if slot.kind not in (CORRECTION, RETRACTION):
        return _filled(draw(DATA[slot.kind]), slot.kind, before)
    named = {"source": FEEDS[slot.feed], "id": slot.target.id if slot.target else f"{slot.feed}-never"}
    if slot.kind == RETRACTION:
        return {"retracts": named, "ground": "x"}
    how, kind = draw(_amended), _meant(slot)
    if how == "empty":
        return {"corrects": named, "data": {}}
    if how == "other" or kind not in DATA:
        kind = draw(st.sampled_from(sorted(DATA)))
    inner = _filled(draw(DATA[kind]), kind, before)
    return {"corrects": named, "data": _spoil(inner, how) if how in ("pn", "field") else inner}


def _meant(slot: Slot) -> str:
    """The kind of the message that a correction means in the end."""
    seen: list[Slot] = []
    while slot.target is not None and slot.kind == CORRECTION and slot not in seen:
        seen.append(slot)
        slot = slot.target
    return slot.kind


def _filled(data: dict[str, Any], kind: str, before: list[bytes]) -> dict[str, Any]:
    """A watermark with the hash of what it covers, or with another one."""
    if kind != "watermark":
        return data
    through = data["through_sequence"]
    right = data["right"] and through <= len(before)
    return {
        "through_sequence": through,
        "complete_until": f"{data['complete_until']}T00:00:00Z",
        "count": through,
        "set_hash": set_hash(before[:through]) if right else "0" * 64,
    }


def set_hash(raws: list[bytes]) -> str:
    return hashlib.sha256(b"".join(map(digest_of_raw, raws))).hexdigest()


def digest_of_raw(raw: bytes) -> bytes:
    return hashlib.sha256(_canonical(raw)).digest()


def _canonical(raw: bytes) -> bytes:
    """The RFC 8785 form; of a message that has none, its bytes."""
    try:
        return rfc8785.dumps(json.loads(raw))
    except (rfc8785.CanonicalizationError, RecursionError):
        return raw


def _about(data: Any) -> str | None:
    """The person that the subject of a message with this data must be."""
    return next((data[field] for field in ("skn", "kept", "to") if field in data), None)


def _spoil(data: dict[str, Any], how: str) -> Any:
    if how == "list":
        return []
    if how == "surrogate":
        return data | {"nickname": "\ud800"}
    return data | ({"pn": BAD_PN} if how == "pn" and "pn" in data else {"nickname": "y"})


def written_otherwise(raw: bytes) -> bytes:
    """The same message in other bytes, its keys in another order and with other white space; one without an RFC 8785 form as it is."""
    if _canonical(raw) == raw:
        return raw
    document = json.loads(raw)
    return json.dumps(dict(reversed(document.items())), indent=1).encode()
