"""The record of a person as facts of the law of retention: each charge is an entry, with how it ended.

- A judgment ends a charge where it convicts, acquits, discharges or finds guilty without a penalty (Sv 351, 352). After another verdict, an
  annulment, a summons, an order that is opposed, or an appeal that is neither withdrawn nor judged on, the case on the charge is open.
- A conviction that imposes nothing imposed what the judgment did on which it is an appeal; of any other that is not told.
- Of a sentence on an overtreding that is custody of another kind than the law names, it is not told whether it makes the term longer.
- What a judgment imposed is told of all charges on which it imposes something, for no message says which sentence is for which. Of a
  sentence that may be custody and has no length, it is not told how long it is.
- Another misdrijf counts as judged by every such verdict that is not annulled, and by every order that was executed and not withdrawn.
- Whether a conviction abroad lengthens a term is in no rule here: of a term that began before one, what was judged later is not told.
- That the right to prosecute lapsed is told by no message, and neither is whether somebody is a legal person, nor the category of a fine.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from hervat.case import Duration
from hervat.law import retention as law
from hervat.law.retention.calendar import after
from hervat.law.value import Absent
from hervat.outcome import Measure
from hervat.outcome import Sentence as Imposed
from hervat.register.record import Case, Charge, Judgment, Order, Person, Sentence

JUDGED = ("convicted", "acquitted", "discharged", "guilty-without-penalty")
IMPOSES = ("convicted", "discharged", "guilty-without-penalty")
DISMISSED = ("dismissed", "dismissed-conditionally")
CUSTODY = ("imprisonment", "detention", "youth-detention")
"""Custody by its kind; another kind may be custody."""
NO_CUSTODY = ("community-service", "fine", "disqualification")


class Entry(Struct, frozen=True, kw_only=True):
    """One charge, by its case and number, as the law asks for it: the offence, how it ended, and whose it is. `judged_on`: the days on
    which it was judged itself, where it is a misdrijf.
    """

    pn: str
    charge: int
    offence: law.Offence
    ending: law.Ending
    person: law.Person
    judged_on: tuple[date, ...] = ()
    registered_on: date = date.min

    @property
    def start(self) -> date | None:
        """The day from which its term counts; None where that has not begun."""
        day = self.ending.dismissed_on or self.ending.judged_on or self.ending.executed_on
        return day if isinstance(day, date) else None

    @property
    def is_in_order(self) -> bool:
        """Whether it ended after the offence and the registration, and a death came after that: else a day, or whose it is, is wrong."""
        begun = max(self.offence.from_ or date.min, self.registered_on)
        ended, died_on = self.start or begun, self.person.died_on
        return begun <= ended and not (isinstance(died_on, date) and died_on < ended)


def recorded(person: Person) -> Iterator[Entry]:
    """Every charge of a person, of a record in which nothing is hidden. What is the same of several charges is one value."""
    judged: dict[law.Later, set[tuple[str, int]]] = {}
    for case in person.cases:
        for later, number in _judged(case):
            # What was judged on one day with one maximum says the same, however often.
            judged.setdefault(later, set()).add((case.prosecution_number, number))
    own: dict[tuple[str, int], list[law.Later]] = {}
    for later, of in judged.items():
        for at in of:
            own.setdefault(at, []).append(later)
    died_on = law.NONE if person.died_on is None else person.died_on
    abroad = [one.decided_on for one in person.foreign_convictions]
    persons: dict[tuple[law.Later, ...] | None, law.Person] = {}
    for case in person.cases:
        alike: dict[tuple[Any, ...], tuple[law.Offence, law.Ending, bool]] = {}
        for charge in case.charges:
            ended = charge.outcome, charge.outcome_on, charge.code, charge.message
            told = charge.class_, charge.article, charge.maximum, charge.period, ended
            if told not in alike:
                ending = _ending(case, charge)
                alike[told] = _offence(charge), ending, _is_after(abroad, ending)
            offence, ending, is_after = alike[told]
            mine = own.get((case.prosecution_number, charge.charge), [])
            # Without what was judged on this charge alone; it is the same for all of which nothing was.
            alone = None if is_after else tuple(one for one in mine if len(judged[one]) == 1)
            if alone not in persons:
                others = None if alone is None else tuple(one for one in judged if one not in alone)
                persons[alone] = law.Person(died_on=died_on, judged_later=others)
            yield Entry(
                pn=case.prosecution_number,
                charge=charge.charge,
                offence=offence,
                ending=ending,
                person=persons[alone],
                judged_on=tuple([one.judged_on for one in mine]),
                registered_on=case.registered_on,
            )


def _offence(charge: Charge) -> law.Offence:
    days = charge.period
    return law.Offence(class_=charge.class_, article=charge.article, maximum=charge.maximum, from_=days.from_, to=days.to)


def _is_after(days: Iterable[date], ending: law.Ending) -> bool:
    """Whether one of some days lies after the one from which a term counts."""
    start = ending.dismissed_on or ending.judged_on or ending.executed_on
    return isinstance(start, date) and any(day > start for day in days)


def _ending(case: Case, charge: Charge) -> law.Ending:
    if charge.outcome in DISMISSED:
        return law.Ending(by="dismissal", dismissed_on=charge.outcome_on, dismissal_code=charge.code)
    if charge.outcome in JUDGED:
        given = next(one for one in case.judgments if one.message == charge.message)
        return law.Ending(by="open") if _is_appealed(case, given) else _by_judgment(case, given, charge.outcome)
    if charge.outcome == "penalty-order":
        order = next(one for one in case.orders if one.message == charge.message)
        return law.Ending(by="open") if order.opposed_on is not None else _by_order(order)
    return law.Ending(by="open")


def _is_appealed(case: Case, judgment: Judgment) -> bool:
    """Whether an appeal against a judgment lies: it was not withdrawn, and no judgment that stands was given on it."""
    judged = any(one.on_appeal_of == judgment.judgment and one.annulled_on is None for one in case.judgments)
    return not judged and any(one.withdrawn_on is None for one in judgment.appeals)


def _by_judgment(case: Case, judgment: Judgment, outcome: str) -> law.Ending:
    imposed = _imposed(case, judgment, outcome) if outcome in IMPOSES else ()
    custody = None if imposed is None else _custody(imposed, judgment.given_on)
    return law.Ending(by="judgment", judged_on=judgment.given_on, custody=custody, sentences=None if imposed is None else _kinds(imposed))


def _imposed(case: Case, judgment: Judgment, outcome: str) -> tuple[Sentence, ...] | None:
    """What was imposed; None where a conviction says nothing of that, and neither does what it is on appeal of."""
    if judgment.sentences or outcome != "convicted":
        return judgment.sentences
    given = {one.judgment: one for one in case.judgments}
    # Each is looked at once, so that two that say they are on appeal of each other come to an end.
    before = given.pop(judgment.judgment).on_appeal_of
    while before in given:
        found = given.pop(before)
        if found.sentences:
            return found.sentences
        before = found.on_appeal_of
    return None


def _kinds(sentences: Iterable[Imposed]) -> tuple[str, ...] | None:
    """The kinds of sentences; None where of one it is not told whether it is custody that makes the term of an overtreding longer."""
    kinds = tuple(one.kind for one in sentences)
    return kinds if {*kinds} <= {*NO_CUSTODY, *CUSTODY} else None


def _by_order(order: Order) -> law.Ending:
    executed_on = law.NONE if order.executed_on is None else order.executed_on
    return law.Ending(by="penalty-order", executed_on=executed_on, sentences=_kinds(order.sentences))


def _custody(sentences: Iterable[Sentence], day: date) -> Duration | Absent | None:
    """The longest custody imposed on a day; `NONE` where there is none, None where a length is not told."""
    lengths = [_length(one) for one in sentences if one.kind not in NO_CUSTODY]
    if not lengths:
        return law.NONE
    told = [length for length in lengths if length is not None]
    return max(told, key=lambda length: after(day, length)) if len(told) == len(lengths) else None


def _length(measure: Measure) -> Duration | None:
    """How long; None where it is in no unit of time on the calendar."""
    units = {unit: getattr(measure, unit) for unit in ("days", "weeks", "months", "years", "life")}
    return Duration(**units) if any(units.values()) else None


def _judged(case: Case) -> Iterator[tuple[law.Later, int]]:
    """The misdrijven that were judged, each by its number."""
    charges, said = {one.charge: one for one in case.charges if one.class_ == "misdrijf"}, dict[tuple[date, Duration | None], law.Later]()
    for number, on in _days_of_judging(case):
        if number in charges:
            told = on, charges[number].maximum
            if told not in said:
                said[told] = law.Later(judged_on=on, maximum=told[1])
            yield said[told], number


def _days_of_judging(case: Case) -> Iterator[tuple[int, date]]:
    for judgment in case.judgments:
        if judgment.annulled_on is None:
            yield from ((one.charge, judgment.given_on) for one in judgment.verdicts if one.verdict in JUDGED)
    for order in case.orders:
        if order.executed_on is not None and order.withdrawn_on is None:
            yield from ((number, order.executed_on) for number in order.charges)
