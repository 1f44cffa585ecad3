"""The world of the rehearsal `justis`: applications for certificates on every working day, before, during and after an outage.

- The numbers of a day are those that were published, times the scale, in whole thousandths: so they stand to each other as they did.
- Who applies, who of them has something in the register, and what whoever decides makes of that, is drawn from the seed and invented.
- On the day after the last nobody applies: who is refused hears of it a day before, and of the last day somebody may be.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from hervat.rehearsal import names
from hervat.rehearsal.sources import Sources

PUBLISHED: Final = {"applications on a working day": 5_000, "waiting at the end": 60_000, "decided on a working day in recovery": 12_000}
ARRIVING, WAITING, DECIDING = 5, 60, 12
"""In thousands."""
FIRST, OUT, LAST_OUT, LAST = date(2021, 10, 8), date(2021, 10, 15), date(2021, 11, 1), date(2021, 11, 19)
CLOSING = date(2021, 11, 22)
"""The working day after the last, on which nobody applies."""
RECORDED: Final = 0.12
"""The share of applicants with something in the register. Invented, as is the next."""
REFUSED: Final = 0.25
TELLING: Final = ("skdb", "gps", "grip", "execute", "gratie", "ecris")
_ASKED: Final = (("aspect", "86"), ("aspect", "21"), ("profile", "65"))


@dataclass(slots=True, frozen=True)
class Applicant:
    """An application, and what whoever decides makes of it where a person must."""

    number: str
    on: date
    refused: bool


@dataclass(slots=True, frozen=True)
class Day:
    """A working day: what is sent in the morning, and who applies."""

    on: date
    raws: tuple[bytes, ...]
    applicants: tuple[Applicant, ...]


def thousands(scale: float) -> int:
    """How many applications stand for a thousand."""
    return max(round(1_000 * scale), 1)


def days(seed: int, scale: float) -> Iterator[Day]:
    """The working days from the first to the closing one. No day of these weeks but Saturdays and Sundays is free."""
    random, sources, on, count = Random(f"justis {seed}"), Sources((*TELLING, "vog"), ""), FIRST, 0
    while on <= CLOSING:
        if on.isoweekday() <= 5:
            sources.time = f"{on}T05:00:00Z"
            raws, applicants = list[bytes](), list[Applicant]()
            for _ in range(ARRIVING * thousands(scale) if on <= LAST else 0):
                count += 1
                raws += _applies(sources, random, count, on)
                applicants.append(Applicant(f"v{count}", on, random.random() < REFUSED))
            yield Day(on, (*raws, *sources.marks(sources.time, TELLING)), tuple(applicants))
        on += timedelta(days=1)


def _applies(sources: Sources, random: Random, count: int, on: date) -> Iterator[bytes]:
    bsn, skn = names.number_of_story(count), f"{count:08d}"
    recorded = random.random() < RECORDED
    if recorded or random.random() < 0.5:
        identity = {"set": "1", "surname": f"Synthetic {count}", "birth": "1980-05-17", "bsn": bsn}
        yield sources.send("skdb", "person-registered", skn=skn, identity=identity)
    if recorded:
        yield from _record(sources, random, count, skn)
    kind, number = random.choice(_ASKED)
    told = {"application": f"v{count}", "bsn": bsn, "birth": "1980-05-17", "purposes": [{"kind": kind, "number": number}]}
    yield sources.send("vog", "certificate-requested", **told, applied_on=str(on))


def _record(sources: Sources, random: Random, count: int, skn: str) -> Iterator[bytes]:
    """A case of the last two years, and mostly a judgment in it."""
    done = OUT - timedelta(days=random.randint(200, 700))
    pn, begun, judged = f"10/{count % 1_000_000:06d}-20", str(done + timedelta(days=20)), str(done + timedelta(days=120))
    article = random.choice(("Sr 310", "Sr 302", "Sr 242"))
    charge: dict[str, Any] = {"charge": 1, "article": article, "label": "synthetic", "class": "misdrijf"}
    charge |= {"maximum": {"years": 8}, "period": {"from": str(done), "to": str(done)}}
    yield sources.send("gps", "case-registered", pn=pn, skn=skn, office="Synthetic", received_on=begun, charges=[charge])
    if random.random() < 0.7:
        prison = [{"sentence": "1", "kind": "imprisonment", "months": 1}]
        given = {"judgment": f"j{count}", "court": "Synthetic", "instance": 1, "pn": pn, "given_on": judged}
        verdicts = [{"charge": 1, "verdict": "convicted"}]
        yield sources.send("grip", "judgment-given", **given, verdicts=verdicts, sentences=prison)
