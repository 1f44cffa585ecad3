"""Histories for searches of disclosure: requests by SKN and by BSN, and what changes in the records that they ask for."""

from typing import Any

from hypothesis import strategies as st

from tests.rooms.messages import BSNS, CORRECTION, FEEDS, GROUNDS, PNS, RETRACTION, Part, charge, message_sets

FULL, PROCEEDINGS, LIMITED = GROUNDS
_DAY = {"decided_on": "2025-07-05", "ground": "x"}
NOBODY = "S99"
FINED = {"sentence": "1", "kind": "fine", "amount_eur": "500.00"}


def request(number: str, ground: dict[str, str], **who: Any) -> dict[str, Any]:
    return {"request": number, **ground, "requested_on": "2025-07-01", **who}


def person(skn: str, bsn: str, birth: str = "1980-05") -> dict[str, Any]:
    return {"skn": skn, "identity": {"set": "1", "surname": "A", "birth": birth, "bsn": bsn}}


def case(pn: str, skn: str, *numbers: int) -> dict[str, Any]:
    return {"pn": pn, "skn": skn, "office": "x", "received_on": "2025-07-03", "charges": [charge(number) for number in numbers]}


def judgment(number: str, pn: str, verdict: str = "convicted", **more: Any) -> dict[str, Any]:
    said = {"judgment": number, "court": "x", "instance": 1, "pn": pn, "given_on": "2025-07-03", "sentences": [FINED]}
    return said | {"verdicts": [{"charge": 1, "verdict": verdict}]} | more


STORY: tuple[Part, ...] = (
    ("skdb", "person-registered", person("S1", BSNS[0])),
    ("skdb", "person-registered", person("S2", BSNS[1])),
    ("skdb", "persons-merged", {"kept": "S1", "merged": "S2", **_DAY}),
    ("skdb", "persons-split", {"undoes": {"source": FEEDS["skdb"], "id": "skdb-3"}, **_DAY}),
    ("skdb", "identity-added", {**person("S2", BSNS[0]), "leading": True}),
    ("ind", "disclosure-requested", request("R1", FULL, skn="S1")),
    ("ind", "disclosure-requested", request("R2", PROCEEDINGS, bsn=BSNS[0])),
    ("ind", "disclosure-requested", request("R3", LIMITED, skn="S1")),
    ("ind", "disclosure-requested", request("R4", LIMITED, bsn=BSNS[1])),
    ("ind", "disclosure-requested", request("R5", LIMITED, skn=NOBODY)),
    ("gps", "case-registered", case(PNS[0], "S1", 1, 2)),
    ("gps", "case-registered", case(PNS[1], "S2", 1)),
    ("gps", "case-dismissed", {"pn": PNS[1], "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-07-04"}),
    ("gps", "penalty-order-issued", {"order": "O1", "pn": PNS[1], "charges": [1], "issued_on": "2025-07-03", "sentences": [FINED]}),
    ("gps", "penalty-order-final", {"order": "O1", "final_on": "2025-07-06"}),
    ("gps", "case-reattributed", {"pn": PNS[0], "from": "S1", "to": "S2", **_DAY}),
    ("gps", "summons-issued", {"pn": PNS[0], "charges": [1], "hearing_on": "2025-08-01"}),
    ("grip", "judgment-given", judgment("J1", PNS[0])),
    ("grip", "judgment-final", {"judgment": "J1", "final_on": "2025-07-05"}),
)

_KINDS = {
    "skdb": ("person-registered", "identity-added", "persons-merged", "persons-split", "person-died"),
    "ind": ("disclosure-requested",),
    "gps": (
        "case-registered", "charges-amended", "case-dismissed", "case-reattributed", "penalty-order-issued", "penalty-order-final",
        "summons-issued",
    ),
    "grip": ("judgment-given", "appeal-lodged", "judgment-final", "judgment-annulled"),
    "cjib": ("sentence-started",),
    "ecr": ("foreign-conviction-notified",),
    "pol": ("emergency-report",),
}  # fmt: skip
_plain = st.sampled_from(("skdb", "skdb", "ind", "gps", "gps", "grip", "grip", "cjib", "ecr", "pol")).flatmap(
    lambda feed: st.tuples(st.just(feed), st.sampled_from(_KINDS[feed]))
)
_amending = st.tuples(st.sampled_from(("skdb", "gps", "grip", "ind")), st.sampled_from((CORRECTION, CORRECTION, RETRACTION)))


def requested_sets(most: int = 9, *, whole: bool = False) -> st.SearchStrategy[list[bytes]]:
    """A set of messages in which most concerns somebody whose judicial data are asked for; with `whole` the story is always in it."""
    return message_sets(most, story=STORY, fresh=st.one_of(_plain, _plain, _amending), whole=whole)
