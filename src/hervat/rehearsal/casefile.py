"""A case from registration to execution: each step sends its message and writes what is now true in the book.

- A step that was taken in error is sent with `true=False`: the book does not hear of it.
- Steps of one case are told in the order in which they happened; `clock` is the moment of the last one.
- What the prosecution service decides is dated on the day that it tells it; a summons has no date of its own, its day is
  the legal day of the message.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from hervat.rehearsal import names
from hervat.rehearsal.days import HOUR, iso, legal_day, moment, on, workday
from hervat.rehearsal.feeds import EXECUTE, GPS, GRATIE, GRIP, TULP, Feed
from hervat.rehearsal.life import Data, Draft, Life
from hervat.rehearsal.screened import CHANGING
from hervat.rehearsal.truth import Decision

OFFENCES: Final = (
    ("Sr 310", "diefstal", "misdrijf", {"years": 4}),
    ("Sr 311", "diefstal met braak", "misdrijf", {"years": 6}),
    ("Sr 300", "mishandeling", "misdrijf", {"years": 3}),
    ("Sr 302", "zware mishandeling", "misdrijf", {"years": 8}),
    ("Sr 285", "bedreiging", "misdrijf", {"years": 3}),
    ("Sr 350", "vernieling", "misdrijf", {"years": 2}),
    ("Sr 416", "opzetheling", "misdrijf", {"years": 4}),
    ("Sr 239", "schennis van de eerbaarheid", "misdrijf", {"months": 3}),
    ("Sr 266", "eenvoudige belediging", "misdrijf", {"months": 3}),
    ("WVW 8", "rijden onder invloed", "misdrijf", {"months": 3}),
    ("WVW 107", "rijden zonder rijbewijs", "overtreding", None),
    ("Opiumwet 2", "handel in harddrugs", "misdrijf", {"years": 8}),
    ("WWM 26", "wapenbezit", "misdrijf", {"years": 4}),
    ("APV 2.1", "samenscholing", "overtreding", None),
)
COURTS: Final = (("rdm", "Rechtbank Rotterdam"), ("ams", "Rechtbank Amsterdam"), ("dha", "Rechtbank Den Haag"))
HIGHER: Final = {2: ("hof", "Gerechtshof Den Haag"), 3: ("hr", "Hoge Raad der Nederlanden")}
NEAR_MIDNIGHT: Final = 0.03
# What has no date of its own: it is dated by its message, whose clock is never behind.
DATED_BY_MESSAGE: Final = frozenset({"summons-issued", "charges-amended"})
PENALTIES: Final = ("imprisonment", "community-service", "fine")


class Judgment(NamedTuple):
    """A judgment that was given: its number, its message, the verdicts, and the number of a sentence to serve."""

    number: str
    sent: Draft
    verdicts: Mapping[int, str]
    to_serve: str | None


class CaseFile:
    """One case of a life, held by `skn`. Registering it is its first step."""

    def __init__(self, life: Life, skn: str, day: int, charges: int = 1, police_report: str | None = None) -> None:
        self.life, self.skn = life, skn
        self.which = life.cases
        life.cases += 1
        office, self.office = life.rng.choice(names.OFFICES)
        self.pn = names.pn_of(office, life.index, self.which)
        self.police_report = police_report
        self.charges = [self.charge(number, day - life.within(1, 20)) for number in range(1, charges + 1)]
        self.judgments = self.orders = 0
        self._about: dict[str, list[int]] = {}
        self.registered = self._register(day)
        self.clock = self.registered.event

    def charge(self, number: int, day: int) -> Data:
        """A charge as a message carries it, for something done on `day`."""
        article, label, class_, maximum = self.life.rng.choice(OFFENCES)
        told: Data = {"charge": number, "article": article, "label": label, "class": class_}
        if maximum is not None:
            told["maximum"] = maximum
        return told | {"period": {"from": iso(day), "to": iso(day)}}

    def _register(self, day: int) -> Draft:
        told: Data = {"pn": self.pn, "skn": self.skn, "office": self.office, "received_on": iso(day)}
        if self.police_report is not None:
            told["police_report"] = self.police_report
        self.life.book.holder[self.pn] = self.skn
        for charge in self.charges:
            self.life.book.charged(self.pn, charge["charge"], on(day))
        told["charges"] = self.charges
        sent = self.life.post(GPS, "case-registered", told, day, subject=self.skn, after=self.life.known)
        self._changed(sent, on(day))
        if self.police_report is not None:
            self.life.book.screening.filed(self.police_report, self.pn, sent.name, self.charges)
        return sent

    def numbers(self) -> list[int]:
        """The numbers of the charges."""
        return [charge["charge"] for charge in self.charges]

    def tell(self, feed: Feed, kind: str, told: Data, day: int, upon: Draft | None = None, *, dated: int | None = None) -> Draft:
        """Send a message of this case, after the last one; what it tells is of the day `dated` where that is another."""
        draft = self.life.post(feed, kind, told, day, subject=self.skn, after=self.clock, upon=upon)
        self.clock = draft.event
        if kind in CHANGING:
            self._changed(draft, legal_day(draft.event) if kind in DATED_BY_MESSAGE else on(day if dated is None else dated))
        return draft

    def _changed(self, sent: Draft, day: date) -> None:
        """Write in the book that the documentation changed, and which charges that is about."""
        told = sent.data
        given = told.get("verdicts") or told.get("charges")
        number = told.get("order") or told.get("judgment") or ""
        charges = self._about.get(number, []) if given is None else [one if isinstance(one, int) else one["charge"] for one in given]
        if number:
            self._about[number] = charges
        self.life.book.screening.changed(sent.name, day, pn=self.pn, charges=charges)

    def decide(self, of: str, outcome: str, day: int, charges: Iterable[int], code: str | None = None) -> None:
        """Write in the book that `of` decided these charges."""
        for charge in charges:
            self.life.book.decided(self.pn, charge, Decision(of, outcome, on(day), code))

    def summon(self, day: int, charges: list[int] | None = None) -> Draft:
        """Summon for these charges (all where none are named). Some are written near midnight in Amsterdam."""
        charges = charges or self.numbers()
        hearing = iso(workday(day + self.life.within(10, 60)))
        if self.life.chance(NEAR_MIDNIGHT):
            self.clock = max(self.clock, moment(day, 22 * HOUR))
        sent = self.tell(GPS, "summons-issued", {"pn": self.pn, "charges": charges, "hearing_on": hearing}, day)
        for charge in charges:
            decision = Decision(sent.id, "summoned", legal_day(sent.event))
            self.life.book.decided(self.pn, charge, decision)
        return sent

    def dismiss(
        self, day: int, code: str, *, conditional: bool = False, charges: list[int] | None = None, true: bool = True
    ) -> Draft:
        """Dismiss these charges (all where none are named). In the book the dismissal goes by the id of its message."""
        charges = charges or self.numbers()
        told = {"pn": self.pn, "charges": charges, "code": code, "conditional": conditional, "decided_on": iso(day)}
        if conditional:
            told["conditions"] = "no contact with the victim for one year"
        sent = self.tell(GPS, "case-dismissed", told, day)
        if true:
            self.decide(sent.id, "dismissed-conditionally" if conditional else "dismissed", day, charges, code)
        return sent

    def order(self, day: int, charges: list[int] | None = None, *, true: bool = True) -> Draft:
        """Issue a penalty order."""
        charges = charges or self.numbers()
        self.orders += 1
        number = f"sb-{self.life.key}-{self.which}-{self.orders}"
        fine = f"{self.life.within(2, 24) * 50}.00"
        told = {"order": number, "pn": self.pn, "charges": charges, "issued_on": iso(day)}
        told["sentences"] = [{"sentence": "1", "kind": "fine", "amount_eur": fine}]
        sent = self.tell(GPS, "penalty-order-issued", told, day)
        if true:
            self.decide(number, "penalty-order", day, charges)
        return sent

    def oppose(self, order: Draft, day: int) -> Draft:
        """The person opposes the order, which stays the outcome until another decision."""
        return self.tell(GPS, "penalty-order-opposed", {"order": order.data["order"], "opposed_on": iso(day)}, day)

    def withdraw(self, order: Draft, day: int, ground: str) -> Draft:
        """The order falls away; the decision before it counts again."""
        self.life.book.undone(self.pn, order.data["order"])
        told = {"order": order.data["order"], "withdrawn_on": iso(day), "ground": ground}
        return self.tell(GPS, "penalty-order-withdrawn", told, day)

    def order_final(self, order: Draft, final: int, day: int, feed: Feed = EXECUTE, upon: Draft | None = None) -> Draft:
        """The order became final on `final`, told on `day`."""
        self.life.book.final(self.pn, order.data["order"], on(final))
        told = {"order": order.data["order"], "final_on": iso(final)}
        return self.tell(feed, "penalty-order-final", told, day, upon, dated=final)

    def execute(self, order: Draft, day: int) -> Draft:
        """The order was carried out."""
        told = {"order": order.data["order"], "executed_on": iso(day)}
        return self.tell(EXECUTE, "penalty-order-executed", told, day)

    def judge(
        self, day: int, verdicts: Mapping[int, str], *, instance: int = 1, of: Judgment | None = None, true: bool = True
    ) -> Judgment:
        """A court gives judgment; in a higher instance on appeal `of` another."""
        self.judgments += 1
        at, court = HIGHER[instance] if instance > 1 else self.life.rng.choice(COURTS)
        number = f"{at}-{self.life.key}-{self.which}-{self.judgments}"
        sentences = self._sentences() if "convicted" in verdicts.values() else []
        told: Data = {"judgment": number, "court": court, "instance": instance, "pn": self.pn, "given_on": iso(day)}
        if of is not None:
            told |= {"on_appeal_of": of.number, "appeal_number": f"22/{self.life.index % 1_000_000:06}-25"}
        told["verdicts"] = [{"charge": charge, "verdict": verdict} for charge, verdict in verdicts.items()]
        sent = self.tell(GRIP, "judgment-given", told | {"sentences": sentences}, day)
        judgment = Judgment(number, sent, verdicts, "1" if sentences and sentences[0]["kind"] != "fine" else None)
        if true:
            self.judged(judgment, day)
        return judgment

    def judged(self, judgment: Judgment, day: int) -> None:
        """Write a judgment of `day` in the book."""
        for charge, verdict in judgment.verdicts.items():
            self.decide(judgment.number, verdict, day, (charge,))

    def _sentences(self) -> list[Data]:
        kind = self.life.rng.choice(PENALTIES)
        if kind == "fine":
            return [{"sentence": "1", "kind": kind, "amount_eur": f"{self.life.within(2, 40) * 50}.00"}]
        if kind == "community-service":
            return [{"sentence": "1", "kind": kind, "hours": self.life.within(2, 24) * 10}]
        months = self.life.within(2, 24)
        conditional = {"months": months // 2, "probation_years": 2}
        return [{"sentence": "1", "kind": kind, "months": months, "conditional": conditional}]

    def final(self, judgment: Judgment, final: int, day: int, upon: Draft | None = None) -> Draft:
        """The judgment became final on `final`, told on `day`."""
        self.life.book.final(self.pn, judgment.number, on(final))
        return self.tell(GRIP, "judgment-final", {"judgment": judgment.number, "final_on": iso(final)}, day, upon, dated=final)

    def appeal(self, judgment: Judgment, day: int, remedy: str = "appeal") -> Draft:
        """Somebody lodges an appeal."""
        by = self.life.rng.choice(("defendant", "prosecution"))
        told = {"judgment": judgment.number, "remedy": remedy, "by": by, "lodged_on": iso(day)}
        return self.tell(GRIP, "appeal-lodged", told, day)

    def withdraw_appeal(self, judgment: Judgment, day: int) -> Draft:
        """Every appeal against the judgment is withdrawn."""
        return self.tell(GRIP, "appeal-withdrawn", {"judgment": judgment.number, "withdrawn_on": iso(day)}, day)

    def start(self, judgment: Judgment, day: int) -> Draft:
        """The sentence begins; prison tells it for what is served there, the collection agency for the rest."""
        told = {"judgment": judgment.number, "sentence": judgment.to_serve or "1", "started_on": iso(day)}
        return self.tell(self._carried_out_by(judgment), "sentence-started", told, day)

    def end(self, judgment: Judgment, day: int) -> Draft:
        """The sentence is served."""
        told = {"judgment": judgment.number, "sentence": judgment.to_serve or "1", "ended_on": iso(day)}
        return self.tell(self._carried_out_by(judgment), "sentence-ended", told, day)

    def _carried_out_by(self, judgment: Judgment) -> Feed:
        sentences = judgment.sent.data["sentences"]
        return TULP if sentences and sentences[0]["kind"] == "imprisonment" else EXECUTE

    def annul(self, judgment: Judgment, day: int) -> Draft:
        """The judgment is annulled: its charges have no outcome until a later judgment."""
        self.decide(f"annulled {judgment.number}", "annulled", day, judgment.verdicts)
        told = {"judgment": judgment.number, "decided_on": iso(day), "ground": "new fact"}
        return self.tell(GRIP, "judgment-annulled", told, day)

    def pardon(self, judgment: Judgment, day: int) -> Draft:
        """Part of the sentence is remitted."""
        decree = f"KB 2025-{self.life.index:06}"
        told = {"judgment": judgment.number, "decree": decree, "decided_on": iso(day)}
        return self.tell(GRATIE, "pardon-granted", told | {"remits": [{"sentence": "1", "months": 1}]}, day)

    def reattribute(self, holder: str, day: int, *, told_from: str | None = None) -> Draft:
        """The case turns out to be another person's."""
        told = {"pn": self.pn, "from": told_from or self.skn, "to": holder, "decided_on": iso(day)}
        self.life.book.holder[self.pn] = self.skn = holder
        return self.tell(GPS, "case-reattributed", told | {"ground": "wrong identity used"}, day)
