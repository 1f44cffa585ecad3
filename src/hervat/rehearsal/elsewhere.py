"""What others tell and ask: police in the emergency, other member states, certificates, disclosures.

- The police report straight to the register from 12 August on, while the emergency procedure is open, and only serious
  violence and sexual offences.
- Most people who ask for a certificate are unknown to the register: their numbers lead to nobody.
- Only a part of the applications for a certificate is sent (see `rates.py`).
"""

from typing import Final

from hervat.rehearsal import names
from hervat.rehearsal.days import EMERGENCY_FROM, iso, on, workday, workday_before
from hervat.rehearsal.feeds import BVH, ECRIS, INDIGO, IRIS, VOG
from hervat.rehearsal.life import Data, Draft, Life
from hervat.rehearsal.rates import DISCLOSURES, EMERGENCY_REPORTS, EXTRACTS, FOREIGN_CONVICTIONS, KNOWN_APPLY, LIVES_IN_70_DAYS

STATES: Final = ("BE", "DE", "FR", "PL", "RO", "ES", "IT", "BG")
FOREIGN_OFFENCES: Final = (("1502 00", "theft"), ("1201 00", "assault"), ("0901 00", "drugs"))
SERIOUS: Final = (("serious-violence", "Sr 302"), ("serious-violence", "Sr 312"), ("sexual", "Sr 243"))
PURPOSES: Final = (("profile", "45"), ("profile", "60"), ("aspect", "84"), ("aspect", "86"), ("aspect", "11"))


def elsewhere(life: Life, skn: str) -> None:
    """What may happen to a person outside the feeds of OM and the courts."""
    lives = LIVES_IN_70_DAYS.value
    if life.chance(FOREIGN_CONVICTIONS.value / lives):
        convicted_abroad(life, skn, life.within(0, life.until))
    if life.chance(EMERGENCY_REPORTS.value / lives):
        reported_by_police(life, skn, life.within(EMERGENCY_FROM, life.until))
    if life.chance(DISCLOSURES.value / lives):
        asked_about(life, skn, workday(life.within(0, life.until - 2)))


def convicted_abroad(life: Life, skn: str, day: int) -> None:
    """Another member state notifies a conviction of some months ago."""
    state, (code, label) = life.rng.choice(STATES), life.rng.choice(FOREIGN_OFFENCES)
    decided = day - life.within(90, 300)
    told = {
        "skn": skn,
        "member_state": state,
        "reference": f"{state}-2025-{life.key}",
        "decided_on": iso(decided),
        "final_on": iso(decided + 30),
        "offences": [{"ecris": code, "label": label, "date": iso(decided - 100)}],
        "sanctions": [{"ecris": "8001", "amount_eur": f"{life.within(2, 30) * 50}.00"}],
    }
    sent = life.post(ECRIS, "foreign-conviction-notified", told, day, subject=skn, after=life.known)
    life.book.screening.changed(sent.name, on(decided), skn=skn)


def reported_by_police(life: Life, skn: str, day: int, report: str | None = None) -> Draft:
    """The police report a suspicion straight to the register."""
    category, article = life.rng.choice(SERIOUS)
    done = iso(day - life.within(1, 20))
    told: Data = {
        "police_report": report or f"PL0100-2025{life.key}",
        "skn": skn,
        "category": category,
        "article": article,
        "period": {"from": done, "to": done},
        "authority": "Minister JenV, 2025-08-12",
        "reported_on": iso(day),
    }
    sent = life.post(BVH, "emergency-report", told, day, subject=skn, after=life.known)
    life.book.screening.reported(sent.name, skn, on(day), told["police_report"], told)
    return sent


def asked_about(life: Life, skn: str, day: int) -> None:
    """The immigration service asks for judicial data."""
    told = {
        "request": f"ind-{life.key}",
        "article": "Bjsg 19",
        "purpose": "Vreemdelingenwet 2000",
        "requester": "IND",
        "skn": skn,
        "requested_on": iso(day),
    }
    life.post(INDIGO, "disclosure-requested", told, day, subject=skn)


def asked_for_hearing(life: Life, skn: str, hearing: int) -> None:
    """The probation service asks for an extract, some days before a hearing."""
    day = workday_before(hearing - life.within(3, 10))
    if 0 <= day <= life.until - 2 and life.chance(EXTRACTS.value):
        told = {
            "request": f"ext-{life.key}",
            "article": "Wjsg 8",
            "purpose": "zitting",
            "requester": "Reclassering Nederland",
            "skn": skn,
            "requested_on": iso(day),
        }
        life.post(IRIS, "disclosure-requested", told, day, subject=skn)


def known_asks_for_certificate(life: Life, number: str) -> None:
    """Somebody who has this number, and a record, may ask for a certificate of conduct."""
    if life.chance(KNOWN_APPLY.value):
        asks_for_certificate(life, number)


def asks_for_certificate(life: Life, number: str | None = None) -> None:
    """Somebody asks for a certificate of conduct: whoever has this number, or anybody."""
    day = workday(life.within(0, life.until - 2))
    purposes = life.rng.sample(PURPOSES, life.within(1, 2))
    told = {
        "application": f"vog-{life.key}",
        "bsn": number or life.rng.choice(names.service_numbers()),
        "birth": names.birth(life.rng),
        "purposes": [{"kind": kind, "number": number} for kind, number in purposes],
        "applied_on": iso(day),
    }
    life.post(VOG, "certificate-requested", told, day)
