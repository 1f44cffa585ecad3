"""Histories for searches of screening: enrolments and identities that come, go and meet, and what changes in documentation meanwhile."""

from typing import Any

from hypothesis import strategies as st

from tests.rooms.messages import BSNS, CORRECTION, FEEDS, PNS, RETRACTION, Part, charge, message_sets

_DAY = {"decided_on": "2025-07-05", "ground": "x"}


def _person(skn: str, bsn: str) -> dict[str, Any]:
    return {"skn": skn, "identity": {"set": "1", "surname": "A", "bsn": bsn}}


def _case(pn: str, skn: str, *numbers: int) -> dict[str, Any]:
    charges = [charge(number) for number in numbers]
    return {"pn": pn, "skn": skn, "office": "x", "received_on": "2025-07-03", "charges": charges}


def _enrolment(number: str, bsn: str, since: str, sector: str = "taxi") -> dict[str, Any]:
    return {"enrolment": number, "sector": sector, "bsn": bsn, "from": since, "holder": "H1"}


def _report(skn: str) -> dict[str, Any]:
    period = {"from": "2025-06-01", "to": "2025-06-02"}
    said = {"police_report": "R1", "skn": skn, "category": "sexual", "period": period, "authority": "x", "article": "Sr 242"}
    return said | {"reported_on": "2025-08-14"}


STORY: tuple[Part, ...] = (
    ("skdb", "person-registered", _person("S1", BSNS[0])),
    ("skdb", "person-registered", _person("S2", BSNS[1])),
    ("skdb", "persons-merged", {"kept": "S1", "merged": "S2", **_DAY}),
    ("skdb", "persons-split", {"undoes": {"source": FEEDS["skdb"], "id": "skdb-3"}, **_DAY}),
    ("skdb", "identity-added", {**_person("S2", BSNS[0]), "leading": True}),
    ("prk", "screening-enrolled", _enrolment("E1", BSNS[0], "2025-07-02")),
    ("prk", "screening-enrolled", _enrolment("E2", BSNS[1], "2025-07-04")),
    ("prk", "screening-ended", {"enrolment": "E1", "until": "2025-07-06"}),
    ("gps", "case-registered", _case(PNS[0], "S1", 1, 2)),
    ("gps", "case-registered", _case(PNS[1], "S2", 1)),
    ("gps", "case-dismissed", {"pn": PNS[1], "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-07-04"}),
    ("gps", "penalty-order-issued", {"order": "O1", "pn": PNS[1], "charges": [1], "issued_on": "2025-07-03", "sentences": []}),
    ("gps", "penalty-order-opposed", {"order": "O1", "opposed_on": "2025-07-05"}),
    ("gps", "case-reattributed", {"pn": PNS[0], "from": "S1", "to": "S2", **_DAY}),
    ("grip", "judgment-given", {
        "judgment": "J1", "court": "x", "instance": 1, "pn": PNS[0], "given_on": "2025-07-03",
        "verdicts": [{"charge": 1, "verdict": "convicted"}], "sentences": [],
    }),
    ("grip", "judgment-final", {"judgment": "J1", "final_on": "2025-07-05"}),
    ("ecr", "foreign-conviction-notified", {
        "skn": "S1", "member_state": "BE", "reference": "x", "decided_on": "2025-07-05", "final_on": "2025-07-05", "offences": [],
        "sanctions": [],
    }),
)  # fmt: skip

REPORTED: tuple[Part, ...] = (
    ("skdb", "person-registered", _person("S1", BSNS[0])),
    ("skdb", "person-registered", _person("S2", BSNS[1])),
    ("prk", "screening-enrolled", _enrolment("E1", BSNS[0], "2025-07-02", "childcare")),
    ("prk", "screening-enrolled", _enrolment("E2", BSNS[1], "2025-07-04", "childcare")),
    ("pol", "emergency-report", _report("S1")),
    ("gps", "case-registered", _case(PNS[0], "S1", 1) | {"police_report": "R1"}),
    ("gps", "case-registered", _case(PNS[1], "S2", 1) | {"police_report": "R1"}),
)
_TWO_SUSPECTS: tuple[Part, ...] = (
    ("pol", "emergency-report", _report("S2")),
    ("gps", "case-dismissed", {"pn": PNS[0], "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-07-04"}),
)

_KINDS = {
    "skdb": ("person-registered", "identity-added", "identity-added", "persons-merged", "persons-split"),
    "prk": ("screening-enrolled", "screening-enrolled", "screening-ended"),
    "gps": (
        "case-registered", "charges-amended", "case-dismissed", "case-dismissed", "case-reattributed", "penalty-order-issued",
        "penalty-order-final", "summons-issued",
    ),
    "grip": ("judgment-given", "appeal-lodged", "appeal-withdrawn", "judgment-final", "judgment-annulled"),
    "cjib": ("sentence-started", "penalty-order-executed"),
    "min": ("pardon-granted",),
    "ecr": ("foreign-conviction-notified",),
    "pol": ("emergency-report",),
}  # fmt: skip
_plain = st.sampled_from(("skdb", "prk", "prk", "gps", "gps", "grip", "skdb", "cjib", "min", "ecr")).flatmap(
    lambda feed: st.tuples(st.just(feed), st.sampled_from(_KINDS[feed]))
)
_of_reports = st.sampled_from(("pol", "gps", "gps", "skdb", "prk")).flatmap(
    lambda feed: st.tuples(st.just(feed), st.sampled_from((*_KINDS[feed][:3], CORRECTION, RETRACTION)))
)
_amending = st.tuples(st.sampled_from(("skdb", "gps", "prk", "prk", "grip")), st.sampled_from((CORRECTION, CORRECTION, RETRACTION)))
_fresh = st.one_of(_plain, _plain, _amending)


def screened_sets(most: int = 9, *, whole: bool = False) -> st.SearchStrategy[list[bytes]]:
    """A set of messages in which most concerns somebody who is enrolled; with `whole` the story is always in it."""
    return message_sets(most, story=STORY, fresh=_fresh, whole=whole)


def reported_sets(most: int = 9, *, whole: bool = False) -> st.SearchStrategy[list[bytes]]:
    """A set of messages in which most concerns somebody whom the police reported; with `whole` the story is always in it."""
    fresh = st.one_of(_of_reports, _of_reports, _fresh)
    told = [message_sets(most, story=story, fresh=fresh, whole=whole) for story in (REPORTED, REPORTED[:5], (*REPORTED, *_TWO_SUSPECTS))]
    return st.one_of(told)
