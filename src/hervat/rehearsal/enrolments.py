"""Who is screened: an enrolment in childcare or the taxi trade, from a day on, until it ends.

- The register of persons in childcare and the taxi office know a citizen service number, and nothing of what is in the register.
- Most people who are screened are unknown to the register: their numbers lead to nobody.
- Those who worked there long before the cut are told of in one load; how many there are is a parameter of the world.
"""

from typing import Final

from hervat.rehearsal import names
from hervat.rehearsal.days import iso, on, workday
from hervat.rehearsal.feeds import PRK, TAXI, Feed
from hervat.rehearsal.life import Data, Draft, Life
from hervat.rehearsal.rates import ENROLLED_BEFORE, ENROLMENT_CORRECTED, ENROLMENT_RETRACTED, IN_CHILDCARE, TWO_JOBS

LOADED: Final = -100
LONGEST_AGO: Final = 3000
SECTORS: Final = {PRK: "childcare", TAXI: "taxi"}
CANARY: Final = "lrk-000000017"


def enrol(life: Life, number: str, since: int, feed: Feed | None = None, holder: str | None = None) -> Draft:
    """Enrol whoever has this number; told on the day itself, or in the load of what is older. The canary's holder is `CANARY`."""
    feed = feed or (PRK if life.chance(IN_CHILDCARE.value) else TAXI)
    told: Data = {"sector": SECTORS[feed], "bsn": number, "from": iso(since)}
    if holder or feed is PRK:
        told["holder"] = holder or f"lrk-{life.within(100_000_000, 999_999_999)}"
    sent = life.post(feed, "screening-enrolled", told, min(max(since, LOADED + life.within(0, 5)), life.until))
    sent.data["enrolment"] = sent.id
    life.book.screening.enrolled(sent.id, sent.name, number, on(since), SECTORS[feed], exists=holder != CANARY)
    return sent


def end(life: Life, enrolled: Draft, until: int, day: int | None = None) -> Draft:
    """Nobody is screened under this enrolment from the day `until` on."""
    told = {"enrolment": enrolled.id, "until": iso(until)}
    sent = life.post(enrolled.feed, "screening-ended", told, until if day is None else day, upon=enrolled)
    life.book.screening.ended(enrolled.id, sent.name, on(until))
    return sent


def renumber(life: Life, enrolled: Draft, number: str, since: int, day: int) -> Draft:
    """The enrolment was of somebody else, or began on another day."""
    life.book.screening.enrolled(enrolled.id, enrolled.name, number, on(since), SECTORS[enrolled.feed])
    return life.correct(enrolled, enrolled.data | {"bsn": number, "from": iso(since)}, day)


def works(life: Life, number: str, born: int) -> None:
    """Somebody known to the register works where people are screened: since long, or from some day on, perhaps in both trades."""
    long_since = life.chance(ENROLLED_BEFORE.value)
    job(life, number, -life.within(-LOADED, LONGEST_AGO) if long_since else life.within(max(born, LOADED), life.until))
    if life.chance(TWO_JOBS.value):
        job(life, number, life.within(LOADED, life.until))


def job(life: Life, number: str, since: int) -> None:
    """One enrolment: taken back, corrected, ended, or going on."""
    sent = enrol(life, number, since)
    told = max(since, LOADED + 6)
    if life.chance(ENROLMENT_RETRACTED.value):
        if told + 2 < life.until:
            life.retract(sent, "enrolled by mistake", told + life.within(0, 2))
        return
    if told + 10 < life.until and life.chance(ENROLMENT_CORRECTED.value):
        renumber(life, sent, number, since - life.within(1, 40), told + life.within(1, 5))
    ended = told + life.within(10, 400)
    if ended <= life.until:
        end(life, sent, ended, min(workday(ended + life.within(0, 3)), life.until))


def starts_to_be_screened(life: Life) -> None:
    """Somebody whom the register most likely does not know begins to work there."""
    job(life, life.rng.choice(names.service_numbers()), life.within(-30, life.until))


def is_screened(life: Life, number: str) -> None:
    """Somebody whom the register does not know has worked there since long."""
    enrol(life, number, -life.within(-LOADED, LONGEST_AGO))
