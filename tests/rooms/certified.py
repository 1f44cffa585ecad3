"""Worlds for searches of certificates: an applicant with a BSN, cases as far as they came, an application, and every feed with its mark."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import rfc8785

from tests.rooms.messages import set_hash

NUMBERS = {"skdb": 1, "gps": 2, "grip": 3, "execute": 4, "gratie": 5, "vog": 8, "ecris": 10}
FEEDS = {name: f"urn:nld:oin:00000099{number:09d}000:systeem:{name}" for name, number in NUMBERS.items()}
TELLING = ("skdb", "gps", "grip", "execute", "gratie", "ecris")
APPLIED, ON = date(2025, 9, 25), date(2025, 10, 1)
BSN, OTHER_BSN = "999990019", "999990020"
NUMBER = "vog-1"

Said = tuple[str, str, dict[str, Any]]


def registered(skn: str = "S1", bsn: str | None = BSN, **more: Any) -> Said:
    identity = {"set": "1", "surname": "A"} | ({} if bsn is None else {"bsn": bsn}) | more
    return "skdb", "person-registered", {"skn": skn, "identity": identity}


def application(*purposes: str, number: str = NUMBER, bsn: str = BSN, birth: str = "1985-05-17", on: date = APPLIED) -> Said:
    asked = [dict(zip(("kind", "number"), one.split(), strict=True)) for one in purposes or ("aspect 84",)]
    data = {"application": number, "bsn": bsn, "birth": birth, "purposes": asked, "applied_on": on.isoformat()}
    return "vog", "certificate-requested", data


def case(number: int, done: date, ended: str, article: str = "Sr 310", skn: str = "S1", maximum: int = 4) -> list[Said]:
    """A case with one charge, as far as it came: registered, dismissed, judged, acquitted, final, carried out."""
    pn, judgment = f"10/{number:06d}-25", f"j{number}"
    day = [(done + timedelta(days=5 * step)).isoformat() for step in range(6)]
    charge = {
        "charge": 1,
        "article": article,
        "label": "l",
        "class": "misdrijf",
        "maximum": {"years": maximum},
        "period": {"from": day[0], "to": day[0]},
    }
    begun: Said = ("gps", "case-registered", {"pn": pn, "skn": skn, "office": "x", "received_on": day[1], "charges": [charge]})
    if ended == "dismissed":
        return [begun, ("gps", "case-dismissed", {"pn": pn, "charges": [1], "code": "02", "conditional": False, "decided_on": day[2]})]
    verdict = "acquitted" if ended == "acquitted" else "convicted"
    judged = {"judgment": judgment, "court": "x", "instance": 1, "pn": pn, "given_on": day[2]}
    prison = [{"sentence": "1", "kind": "imprisonment", "months": 1}]
    told: list[Said] = [
        begun,
        ("grip", "judgment-given", judged | {"verdicts": [{"charge": 1, "verdict": verdict}], "sentences": prison}),
        ("grip", "judgment-final", {"judgment": judgment, "final_on": day[3]}),
        ("execute", "sentence-started", {"judgment": judgment, "sentence": "1", "started_on": day[4]}),
        ("execute", "sentence-ended", {"judgment": judgment, "sentence": "1", "ended_on": day[5]}),
    ]
    return told[: {"registered": 1, "judged": 2, "acquitted": 3, "final": 3, "carried out": 5}[ended]]


def sealed(said: Iterable[Said], until: str = "2025-10-02T00:00:00Z") -> dict[str, list[bytes]]:
    """Every feed with its messages in sequence, and its watermark at the end: everything until then is there."""
    feeds: dict[str, list[bytes]] = defaultdict(list)
    for name, kind, data in said:
        feeds[name].append(message(name, len(feeds[name]) + 1, kind, data))
    for name in TELLING:
        feeds[name].append(watermark(name, feeds[name], until))
    return feeds


def watermark(name: str, before: Sequence[bytes], until: str) -> bytes:
    claim = {"through_sequence": len(before), "count": len(before), "complete_until": until}
    return message(name, len(before) + 1, "watermark", claim | {"set_hash": set_hash(list(before))})


def message(name: str, sequence: int, kind: str, data: dict[str, Any], **more: str) -> bytes:
    envelope = {"specversion": "1.0", "id": f"{name}-{sequence}", "source": FEEDS[name], "type": f"nl.hervat.{kind}.v1"}
    told = {"time": "2025-09-25T08:00:00Z", "sequence": str(sequence), "sequencetype": "Integer"}
    return rfc8785.dumps(envelope | told | more | {"datacontenttype": "application/json", "data": data})


def all_of(feeds: dict[str, list[bytes]]) -> list[bytes]:
    return [raw for feed in feeds.values() for raw in feed]
