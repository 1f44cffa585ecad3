"""The world of the rehearsal `wrong-name`: pairs of people, and what is recorded under the name of one and is the other's.

- Somebody who is screened, and somebody who committed an offence. In four of five pairs something is told wrongly, in one nothing is.
- Every pair draws from its own stream of chance. Each day has what is sent, who is decided on and answered, and what the book says must be
  told that evening. What the book knows is written as it happens, beside the message and not from it.
- The same world told rightly from the start is written down along with it, by sources of their own.
- Everybody is synthetic, and so is how often what goes wrong, and for how long.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final, NamedTuple

from hervat.rehearsal import names
from hervat.rehearsal.misnamed import Book, Case, Judgment, Telling
from hervat.rehearsal.sources import Sources

PAIRS: Final = 1_000
"""At scale 1. Invented."""
DAYS: Final = 60
FIRST: Final = date(2025, 1, 6)
UNTOUCHED: Final = "nothing is wrong"
RENUMBERED, MERGED, MISJUDGED, RESENT = (
    "case under the wrong number, re-attributed",
    "two persons merged, and split",
    "judgment in the wrong case, corrected",
    "case under the wrong number, corrected",
)
KINDS: Final = (RENUMBERED, MERGED, MISJUDGED, RESENT, UNTOUCHED)
TELLING: Final = ("skdb", "gps", "grip", "execute", "gratie", "ecris")
NAMES: Final = (*TELLING, "prk", "taxi", "vog", "indigo")
_MARKED_EVERY: Final = 2
_ARTICLES: Final = (("Sr 310", 4), ("Sr 302", 8), ("Sr 242", 12))
_GROUNDS: Final = (("Wjsg 8", "hearing", "OM"), ("Wjsg 8", "hearing", "Rechtbank Rotterdam"), ("Bjsg 19", "aliens-law", "IND"))
_PURPOSE: Final = {"childcare": {"kind": "aspect", "number": "86"}, "taxi": {"kind": "profile", "number": "65"}}
_FEED: Final = {"childcare": "prk", "taxi": "taxi"}


def on(day: int) -> date:
    """The date of a day of this world: every third of the calendar."""
    return FIRST + timedelta(days=3 * day)


class Mistake(NamedTuple):
    """What went wrong: how, under whose number, whose it is, and from which day until which."""

    kind: str
    skn: str
    truly: str
    since: date
    until: date


@dataclass(slots=True)
class Day:
    """A day: what is sent, what is decided, and whether whoever decides refuses what is to be assessed, and what is answered; and what the
    book says must be told in the evening.
    """

    on: date
    raws: list[bytes] = field(default_factory=list)
    decided: list[tuple[str, bool]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)


class Person(NamedTuple):
    """Somebody, by both numbers."""

    skn: str
    bsn: str


class World:
    """All days, and the book of what is so."""

    def __init__(self, seed: int, scale: float) -> None:
        self.book = Book()
        self.days = [Day(on(day)) for day in range(DAYS)]
        self.right: list[bytes] = []
        self.mistakes: list[Mistake] = []
        self.applications: dict[str, tuple[str, str]] = {}
        self.requests: dict[str, tuple[str, str]] = {}
        self.pairs = max(round(PAIRS * scale), len(KINDS))
        self._wrongly, self._rightly = Sources(NAMES, ""), Sources(NAMES, "")
        self._plans: list[list[Callable[[Day], None]]] = [[] for _ in range(DAYS)]
        self._deeds: list[list[Callable[[Day], None]]] = [[] for _ in range(DAYS)]
        self._cases = 0
        for number in range(self.pairs):
            _Pair(self, number, Random(f"wrong-name {seed} {number}")).tell()
        for number, (day, plans, deeds) in enumerate(zip(self.days, self._plans, self._deeds, strict=True)):
            self._wrongly.time = self._rightly.time = f"{day.on}T08:00:00Z"
            for send in plans:
                send(day)
            if number % _MARKED_EVERY == 0:
                day.raws += self._wrongly.marks(self._wrongly.time, TELLING)
            for deed in deeds:
                deed(day)
            day.tellings = self.book.evening()
        self.right += self._rightly.marks(self._rightly.time, TELLING)

    def plan(self, day: int, act: Callable[..., None], *about: Any) -> None:
        """Let something be sent on a day."""
        self._plans[day].append(lambda one: act(one, *about))

    def do(self, day: int, act: Callable[..., None], *about: Any) -> None:
        """Let somebody decide or answer on a day, on what was sent up to then."""
        self._deeds[day].append(lambda one: act(one, *about))

    def send(self, day: Day, feed: str, kind: str, rightly: dict[str, Any], **wrongly: Any) -> str:
        """Send a message, wrongly in what is given so, and rightly in the other world; the id of the wrong one."""
        self.right.append(self._rightly.send(feed, kind, **rightly))
        return self.mend(day, feed, kind, **rightly | wrongly)

    def mend(self, day: Day, feed: str, kind: str, **data: Any) -> str:
        """Send what the right world has no need of; its id."""
        day.raws.append(self._wrongly.send(feed, kind, **data))
        return f"{feed}-{self._wrongly.sequence[feed]}"

    def named(self, feed: str, id: str) -> dict[str, str]:
        """How a message is named by another."""
        return self._wrongly.named(feed, id)

    def enrolled(self, signal: Telling) -> str:
        """Whose enrolment a signal is of."""
        return self.book.enrolled[signal.of.split()[0]]

    def source_of(self, id: str) -> str:
        """The source of a message."""
        return self._wrongly.named(id.split("-")[0], id)["source"]

    def number_of_case(self) -> str:
        """A prosecution number that is not given yet."""
        self._cases += 1
        return f"10/{self._cases:06d}-25"


class _Pair:
    """Somebody who is screened, somebody who committed an offence, and what goes wrong between them."""

    def __init__(self, world: World, number: int, random: Random) -> None:
        self.world, self.random = world, random
        self.kind = KINDS[number % len(KINDS)]
        numbers = names.service_numbers()
        self.one, self.other = (Person(f"{2 * number + which:08d}", numbers[2 * number + which]) for which in (1, 2))
        self.sector = random.choice(("childcare", "taxi"))
        self.begun = random.randint(4, 20)
        self.judged = self.begun + random.randint(1, 4)
        self.final = self.judged + random.randint(1, 3)
        self.wrong = {MERGED: random.randint(self.begun, 30), MISJUDGED: self.judged}.get(self.kind, self.begun)
        # Some are put right late: they are decided upon and told long after.
        self.mended = random.randint(max(self.wrong, self.final) + 4, 45)
        self.told = min(self.mended + (random.randint(5, 12) if random.random() < 0.25 else 0), DAYS - 2)

    def tell(self) -> None:
        """All that happens to the two."""
        for who in (self.one, self.other):
            self.world.plan(0, self._registered, who)
        self.world.plan(0, self._enrolled, self.one)
        if self.random.random() < 0.4:
            self.world.plan(0, self._enrolled, self.other)
        self._cases()
        if self.kind == MERGED:
            self.world.plan(self.wrong, self._merged)
        if self.kind != UNTOUCHED:
            self.world.mistakes.append(Mistake(self.kind, self.one.skn, self.other.skn, on(self.wrong), on(self.told)))
        for who, certificates, extracts in ((self.one, 2, 2), (self.other, 1, 1)):
            for _ in range(self.random.randint(0, certificates)):
                self._applies(who)
            for _ in range(self.random.randint(0, extracts)):
                self._is_asked_about(who)

    def _registered(self, day: Day, who: Person) -> None:
        identity = {"set": "1", "surname": f"Synthetic {int(who.skn)}", "birth": "1980-05-17", "bsn": who.bsn}
        self.world.send(day, "skdb", "person-registered", {"skn": who.skn, "identity": identity})

    def _enrolled(self, day: Day, who: Person) -> None:
        said = {"enrolment": f"e{who.skn}", "sector": self.sector, "bsn": who.bsn, "from": str(FIRST)}
        self.world.book.enrolled[self.world.send(day, _FEED[self.sector], "screening-enrolled", said)] = who.skn

    def _cases(self) -> None:
        """The case of the offender, in which the court decides; and perhaps one of the other, in which the court may be told to have."""
        theirs, own = self.world.number_of_case(), self.world.number_of_case()
        charges = 1 if self.kind == MISJUDGED else self.random.randint(1, 2)
        told = self.one if self.kind in (RENUMBERED, RESENT) else self.other
        self.world.plan(self.begun, self._case, theirs, self.other, told, charges)
        if self.kind == MISJUDGED or self.random.random() < 0.3:
            self.world.plan(self.begun, self._case, own, self.one, self.one, 1)
        court = own if self.kind == MISJUDGED else theirs
        self.world.plan(self.judged, self._judgment, theirs, court, charges)
        if self.random.random() < 0.8:
            self.world.plan(self.final, self._became_final, theirs)

    def _case(self, day: Day, pn: str, truly: Person, told: Person, charges: int) -> None:
        article, years = self.random.choice(_ARTICLES)
        done = str(day.on - timedelta(days=self.random.randint(4, 200)))
        charge = {"article": article, "label": "synthetic", "class": "misdrijf", "maximum": {"years": years}}
        listed = [{"charge": number, **charge, "period": {"from": done, "to": done}} for number in range(1, charges + 1)]
        said = {"pn": pn, "skn": truly.skn, "office": "Synthetic", "received_on": str(day.on), "charges": listed}
        id = self.world.send(day, "gps", "case-registered", said, skn=told.skn)
        self.world.book.cases[pn] = Case(told.skn, truly.skn, day.on, charges, id)
        if told != truly:
            self.world.plan(self.told, self._put_right, pn, id, said)

    def _put_right(self, day: Day, pn: str, id: str, said: dict[str, Any]) -> None:
        """A case is told to be somebody else's after all."""
        if self.kind == RENUMBERED:
            moved = {"pn": pn, "from": self.one.skn, "to": self.other.skn, "decided_on": str(on(self.mended)), "ground": "wrong number"}
            self.world.mend(day, "gps", "case-reattributed", **moved)
        else:
            self.world.mend(day, "gps", "message-corrected", corrects=self.world.named("gps", id), data=said)
        self.world.book.cases[pn].holder = self.other.skn

    def _judgment(self, day: Day, pn: str, told: str, charges: int) -> None:
        verdicts = [{"charge": number, "verdict": "convicted"} for number in range(1, charges + 1)]
        prison = [{"sentence": "1", "kind": "imprisonment", "months": 1}]
        said = {"judgment": f"j{pn}", "court": "Synthetic", "instance": 1, "pn": pn, "given_on": str(day.on)}
        said |= {"verdicts": verdicts, "sentences": prison}
        id = self.world.send(day, "grip", "judgment-given", said, pn=told)
        self.world.book.judgments[pn] = Judgment(told, pn, day.on, id)
        if told != pn:
            self.world.plan(self.told, self._corrected, pn, id, said)

    def _corrected(self, day: Day, pn: str, id: str, said: dict[str, Any]) -> None:
        self.world.mend(day, "grip", "message-corrected", corrects=self.world.named("grip", id), data=said)
        self.world.book.judgments[pn].pn = pn

    def _became_final(self, day: Day, pn: str) -> None:
        judgment = self.world.book.judgments[pn]
        judgment.final_message = self.world.send(day, "grip", "judgment-final", {"judgment": f"j{pn}", "final_on": str(day.on)})
        judgment.final_on = day.on

    def _merged(self, day: Day) -> None:
        kept, away = self.random.sample((self.one.skn, self.other.skn), 2)
        said = {"kept": kept, "merged": away, "decided_on": str(day.on), "ground": "fingerprints"}
        id = self.world.mend(day, "skdb", "persons-merged", **said)
        self.world.book.kept[away] = kept
        self.world.plan(self.told, self._split, id, away)

    def _split(self, day: Day, id: str, away: str) -> None:
        undone = {"undoes": self.world.named("skdb", id), "decided_on": str(on(self.mended)), "ground": "another's fingerprints"}
        self.world.mend(day, "skdb", "persons-split", **undone)
        del self.world.book.kept[away]

    def _some_day(self) -> int:
        """Mostly while something is wrong, else whenever."""
        if self.random.random() < 0.7:
            return self.random.randint(self.wrong, self.told - 1)
        return self.random.randint(1, DAYS - 4)

    def _applies(self, who: Person) -> None:
        asked, refuses = self._some_day(), self.random.random() < 0.8
        decided = asked + self.random.randint(0, 2)

        def apply(day: Day) -> None:
            number = f"a{len(self.world.applications)}"
            said = {"application": number, "bsn": who.bsn, "birth": "1980-05-17", "purposes": [_PURPOSE[self.sector]]}
            id = self.world.send(day, "vog", "certificate-requested", said | {"applied_on": str(day.on)})
            self.world.applications[id] = number, who.skn
            self.world.do(decided, decide, id)

        def decide(day: Day, id: str) -> None:
            day.decided.append((id, refuses))
            self.world.book.decide(id, who.skn, day.on)

        self.world.plan(asked, apply)

    def _is_asked_about(self, who: Person) -> None:
        asked, by_skn = self._some_day(), self.random.random() < 0.5
        article, purpose, requester = self.random.choice(_GROUNDS)
        answered = asked + self.random.randint(0, 2)

        def ask(day: Day) -> None:
            said = {"request": f"r{len(self.world.requests)}", "article": article, "purpose": purpose, "requester": requester}
            named = {"skn": who.skn} if by_skn else {"bsn": who.bsn}
            id = self.world.send(day, "indigo", "disclosure-requested", said | named | {"requested_on": str(day.on)})
            self.world.requests[id] = requester, who.skn
            self.world.do(answered, answer, id)

        def answer(day: Day, id: str) -> None:
            day.answered.append(id)
            self.world.book.answer(id, who.skn, day.on)

        self.world.plan(asked, ask)
