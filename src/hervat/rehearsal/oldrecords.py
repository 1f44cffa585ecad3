"""A synthetic register of old records for the rehearsal `purge`: persons with cases that ended long ago, as the bytes their sources send.

- A *row* is a charge, an offence record. A case has six to fourteen, one message that registers it, and one or two that end it: so a row is
  a tenth of a case, and comes as a quarter of a message. That is more than cases have: it is how so many rows can be made in a minute. How
  cases end and how old they are is invented as well.
- How long ago a case ended is drawn over its own term and a twentieth more, so that about one row in twenty is due.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from hervat.rehearsal.sources import Sources

ROWS: Final = 13_000_000
"""At scale 1: as many as the register of the case is said to have had."""
TODAY: Final = date(2021, 1, 10)
NAMES: Final = ("skdb", "gps", "grip", "execute", "gratie", "ecris", "tulp")
_DEATHS: Final = "skdb"
# Article, class, the most that the law sets on it in years, and the term in years over which the age of a case is drawn.
_SORTS: Final = (
    ("Sr 310", "misdrijf", 4, 20),
    ("Sr 310", "misdrijf", 4, 20),
    ("Sr 302", "misdrijf", 8, 30),
    ("WVW 5", "overtreding", None, 5),
    ("Sr 242", "misdrijf", 12, 40),
)


def sent_on(day: date) -> str:
    """The moment of a day at which everything is sent."""
    return f"{day}T12:00:00Z"


def marks(sources: Sources) -> list[bytes]:
    """What every source says: that up to the moment at which it says so it sent everything."""
    return sources.marks(sources.time, NAMES)


def records(sources: Sources, seed: int, rows: int) -> Iterator[bytes]:
    """Persons with cases, until there are so many charges, and the watermarks."""
    random, made, cases, persons = Random(seed), 0, 0, 0
    while made < rows:
        persons += 1
        skn = f"{persons:08d}"
        yield sources.send("skdb", "person-registered", skn=skn, identity={"set": "1", "surname": f"Synthetic {persons}"})
        for _ in range(random.choice((1, 1, 2, 3))):
            cases += 1
            charges = min(random.randint(6, 14), max(rows - made, 1))
            made += charges
            yield from _case(sources, random, cases, skn, charges)
            if made >= rows:
                break
    yield from marks(sources)


def _case(sources: Sources, random: Random, number: int, skn: str, count: int) -> Iterator[bytes]:
    article, sort, maximum, term = random.choice(_SORTS)
    ended = TODAY - timedelta(days=random.randrange(int(term * 365.25 * 1.05)))
    done = ended - timedelta(days=random.randint(60, 400))
    pn = f"{number // 1_000_000:02d}/{number % 1_000_000:06d}-{ended.year % 100:02d}"
    charge = {"article": article, "label": "synthetic", "class": sort, "period": {"from": str(done), "to": str(done)}}
    charge |= {} if maximum is None else {"maximum": {"years": maximum}}
    numbers = list(range(1, count + 1))
    received = str(done + timedelta(days=30))
    listed = [{"charge": one, **charge} for one in numbers]
    yield sources.send("gps", "case-registered", pn=pn, skn=skn, office="Synthetic", received_on=received, charges=listed)
    how = random.random()
    if how < 0.7:
        light = [{"sentence": "1", "kind": "disqualification", "months": 6}]
        verdicts = [{"charge": one, "verdict": "convicted" if random.random() < 0.9 else "acquitted"} for one in numbers]
        given: dict[str, Any] = {"judgment": f"j{number}", "court": "Synthetic", "instance": 1, "pn": pn, "given_on": str(ended)}
        yield sources.send("grip", "judgment-given", **given, verdicts=verdicts, sentences=light)
    elif how < 0.9:
        code = random.choice(("02", "50", "01"))
        yield sources.send("gps", "case-dismissed", pn=pn, charges=numbers, code=code, conditional=False, decided_on=str(ended))
    else:
        fine = [{"sentence": "1", "kind": "fine", "amount_eur": "500.00"}]
        issued = str(ended - timedelta(days=30))
        yield sources.send("gps", "penalty-order-issued", order=f"o{number}", pn=pn, charges=numbers, issued_on=issued, sentences=fine)
        yield sources.send("execute", "penalty-order-executed", order=f"o{number}", executed_on=str(ended))


def wrong_deaths(sources: Sources, every: int) -> Iterator[bytes]:
    """A source tells that each so many-th person died long ago."""
    for person in range(every, sources.sequence[_DEATHS], every):
        yield sources.send(_DEATHS, "person-died", skn=f"{person:08d}", died_on="2008-06-01")
    yield from marks(sources)


def taken_back(sources: Sources, first: int, last: int) -> Iterator[bytes]:
    """It takes back what it sent under these numbers, both included, but for its watermark, the last."""
    for number in range(first, last):
        retracts = sources.named(_DEATHS, f"{_DEATHS}-{number}")
        yield sources.send(_DEATHS, "message-retracted", retracts=retracts, ground="sent in error")
    yield from marks(sources)
