"""For how long each entry in a record is kept: each charge, with how it ended, held against the rules of retention.

- First the dismissal (does anything remain), then the term of a misdrijf or an overtreding. A term lasts longer by what was judged later.
- A verdict that is no final judgment in the sense of Sv 351 and 352 (inadmissible, summons void, not competent), and one that was annulled,
  do not tell how the case on the charge ended.
- A conviction abroad has no rule here, and says so.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from hervat.case import Duration
from hervat.law import retention as law
from hervat.law.retention.calendar import after
from hervat.law.rule import Horizon, Result
from hervat.law.value import NONE, Absent, Outcome
from hervat.message import Named
from hervat.register.record import Case, Charge, Person

Positions = Callable[[Named], int]
_JUDGED = ("convicted", "acquitted", "discharged", "guilty-without-penalty")
_CUSTODIAL = ("imprisonment", "detention", "youth-detention")
_MEASURES = ("hospital-order", "youth-placement", "custodial-order-repeat-offender")


class Kept(Struct, frozen=True, kw_only=True):
    """An entry: its case and charge, None of a conviction abroad, and what decides on how long it is kept."""

    case: str
    charge: Charge | None
    result: Result[Any]


def kept(person: Person, positions: Positions, complete_until: date | None, on: date, horizon: Horizon) -> Iterator[Kept]:
    """Every entry in a record, with for how long it is kept. `complete_until`: the day before which the register is complete."""
    known = law.Known(complete_until=complete_until or NONE)
    for case in person.cases:
        for charge in case.charges:
            whose = law.Person(died_on=person.died_on or NONE, judged_later=tuple(_later(person, charge, case, positions)))
            result = _result(charge, _ending(case, charge, positions(charge.message)), whose, known, on, horizon)
            yield Kept(case=case.prosecution_number, charge=charge, result=result)
    for one in person.foreign_convictions:
        abroad = law.Ending(by="foreign-conviction")
        offence, whose = law.Offence(class_="misdrijf", from_=one.decided_on), law.Person(died_on=person.died_on or NONE)
        result = law.misdrijf(offence, abroad, whose, known, on=on, horizon=horizon)
        yield Kept(case=f"{one.member_state}/{one.reference}", charge=None, result=result)


def _result(charge: Charge, ending: law.Ending, whose: law.Person, known: law.Known, on: date, horizon: Horizon) -> Result[Any]:
    dismissed = law.dismissal(ending, on=on, horizon=horizon)
    if ending.by is not None and dismissed.outcome is not Outcome.NO:
        return dismissed
    offence = law.Offence(
        article=charge.article, class_=charge.class_, maximum=charge.maximum, from_=charge.period.from_, to=charge.period.to
    )
    rule = law.misdrijf if charge.class_ == "misdrijf" else law.overtreding
    return rule(offence, ending, whose, known, on=on, horizon=horizon)


def _ending(case: Case, charge: Charge, position: int) -> law.Ending:
    """How the case ended on a charge; what nothing tells is not told."""
    if charge.outcome in ("suspected", "summoned"):
        return law.Ending(by="open", position=position)
    if charge.outcome in ("dismissed", "dismissed-conditionally"):
        return law.Ending(by="dismissal", dismissed_on=charge.outcome_on, dismissal_code=charge.code, position=position)
    if charge.outcome == "penalty-order":
        order = next(one for one in case.orders if one.message == charge.message)
        kinds = tuple(one.kind for one in order.sentences)
        return law.Ending(by="penalty-order", executed_on=order.executed_on or NONE, sentences=kinds, position=position)
    if charge.outcome not in _JUDGED:
        return law.Ending(position=position)
    judgment = next(one for one in case.judgments if one.message == charge.message)
    kinds = tuple(one.kind for one in judgment.sentences)
    custody = _custody([one for one in judgment.sentences if one.kind in (*_CUSTODIAL, *_MEASURES)], charge.outcome_on)
    return law.Ending(by="judgment", judged_on=charge.outcome_on, custody=custody, sentences=kinds, position=position)


def _custody(sentences: list[Any], day: date) -> Duration | Absent | None:
    """The longest; None where one of them has no length that is told."""
    lengths = [Duration(**{unit: getattr(one, unit) for unit in Duration.__struct_fields__}) for one in sentences]
    if any(length == Duration() for length in lengths):
        return None
    return max(lengths, key=lambda length: after(day, length)) if lengths else NONE


def _later(person: Person, charge: Charge, of: Case, positions: Positions) -> Iterator[law.Later]:
    """The other misdrijven of the person that were judged, or of which a penalty order was fully executed."""
    for case in person.cases:
        executed = {order.message: order.executed_on for order in case.orders}
        for other in case.charges:
            if other.class_ != "misdrijf" or (case is of and other.charge == charge.charge):
                continue
            day = other.outcome_on if other.outcome in _JUDGED else executed.get(other.message)
            if day is not None:
                yield law.Later(judged_on=day, maximum=other.maximum, position=positions(other.message))
