"""The convictions in the record of a person, as the law of the limited set asks for them: one for each charge.

- Convicted, guilty without penalty, a penalty order, a discharge with a hospital order (Sr 37a) and a conviction abroad are candidates;
  what else became of a charge is in no limited set, and no rule is asked.
- A decision imposes what it does as far as it still sets the outcome of its charges. Where it does for some only, what is left of its
  sentences is told by no message.
- No message tells of a prolonged probation, of the category of a fine or whether what was judged abroad is a misdrijf here: not told.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from hervat.case import Duration
from hervat.law import disclosure as law
from hervat.law.value import NONE, Absent
from hervat.message import Named
from hervat.outcome import Measure
from hervat.outcome import Sentence as Imposed
from hervat.register.record import Case, Charge, ForeignConviction, Judgment, Order, Person, Sentence

Positions = Callable[[Named], int]
_CONVICTED = ("convicted", "guilty-without-penalty")
_IMPOSES = (*_CONVICTED, "discharged")
_CUSTODIAL = ("imprisonment", "detention", "youth-detention")
_PLACEMENT, _MEASURE = "youth-placement", "hospital-order"
_UNITS = tuple(unit for unit in Duration.__struct_fields__ if unit != "life")


class Candidate(Struct, frozen=True, kw_only=True):
    """A conviction: its key, how it is shown where it is disclosed, the facts for the rules, and the ages that its person can have had."""

    key: str
    shown: dict[str, Any]
    facts: law.Conviction
    ages: tuple[int, int] | None


class _Imposed(Struct, frozen=True, kw_only=True):
    """What a decision imposed; None where no message tells what is left of it."""

    sentences: tuple[Sentence | Imposed, ...] | None

    @property
    def kinds(self) -> tuple[str, ...] | None:
        return None if self.sentences is None else tuple(one.kind for one in self.sentences)

    def of(self, *kinds: str) -> tuple[Sentence | Imposed, ...] | None:
        return None if self.sentences is None else tuple(one for one in self.sentences if one.kind in kinds)


def candidates(person: Person, positions: Positions) -> list[Candidate]:
    """Every conviction in a record. `positions` tells where in the journal a message lies."""
    births = [identity.birth for identity in person.identities if identity.birth is not None]
    at_home = [one for case in person.cases for one in _of_case(case, births, positions)]
    return [*at_home, *map(_abroad, person.foreign_convictions)]


def _of_case(case: Case, births: list[str], positions: Positions) -> Iterator[Candidate]:
    for judgment in case.judgments:
        standing = [one for one in case.charges if one.message == judgment.message and one.outcome in _IMPOSES]
        whole = {one.charge for one in judgment.verdicts if one.verdict in _IMPOSES} == {one.charge for one in standing}
        imposed = _Imposed(sentences=judgment.sentences if whole else None)
        measured = any(one.kind == _MEASURE for one in judgment.sentences)
        for charge in standing:
            if charge.outcome in _CONVICTED or measured:
                yield _candidate(case, charge, imposed, births, positions(judgment.message), judgment=judgment)
    for order in case.orders:
        standing = [one for one in case.charges if one.message == order.message and one.outcome == "penalty-order"]
        imposed = _Imposed(sentences=order.sentences if set(order.charges) == {one.charge for one in standing} else None)
        for charge in standing:
            yield _candidate(case, charge, imposed, births, positions(order.message), order=order)


def _candidate(
    case: Case,
    charge: Charge,
    imposed: _Imposed,
    births: list[str],
    position: int,
    *,
    judgment: Judgment | None = None,
    order: Order | None = None,
) -> Candidate:
    key = f"{case.prosecution_number}#{charge.charge}"
    ages = _ages(births, charge.period.from_)
    facts = law.Conviction(
        by="judgment" if order is None else "penalty-order",
        class_=charge.class_,
        given_on=charge.outcome_on,
        final_on=charge.final_on or NONE,
        annulled=False,
        age=ages[0] if ages is not None and ages[0] == ages[1] else None,
        sentences=imposed.kinds,
        custody_executed=_custody(imposed.of(*_CUSTODIAL)),
        fine_executed=_executed(imposed.of("fine")),
        fine_cents=_cents(imposed.of("fine")),
        hours=_hours(imposed.of("community-service")),
        all_conditional=_all_conditional(imposed.sentences),
        placement_ended=_ended(imposed.of(_PLACEMENT)),
        position=position,
    )
    shown: dict[str, Any] = {"case": case.prosecution_number, "charge": charge, "sentences": imposed.sentences}
    if judgment is not None:
        shown |= {"judgment": judgment.judgment, "court": judgment.court, "instance": judgment.instance, "ecli": judgment.ecli}
    return Candidate(key=key, shown=shown | ({} if order is None else {"order": order.order}), facts=facts, ages=ages)


def _abroad(conviction: ForeignConviction) -> Candidate:
    facts = law.Conviction(
        by="foreign-conviction", given_on=conviction.decided_on, final_on=conviction.final_on or NONE, annulled=False, position=None
    )
    key = f"{conviction.member_state}/{conviction.reference}"
    return Candidate(key=key, shown={"foreign_conviction": conviction}, facts=facts, ages=None)


def _ages(births: list[str], day: date) -> tuple[int, int] | None:
    """The least and the greatest age on a day of whoever has one of these dates of birth, which may lack a day or a month."""
    if not births:
        return None
    latest = max(_last(birth) for birth in births)
    earliest = min(_first(birth) for birth in births)
    return _age(latest, day), _age(earliest, day)


def _first(birth: str) -> tuple[int, int, int]:
    year, month, day = (*map(int, birth.split("-")), 1, 1)[:3]
    return year, month, day


def _last(birth: str) -> tuple[int, int, int]:
    year, month, day = (*map(int, birth.split("-")), *(12, 31)[birth.count("-") :])[:3]
    return year, month, day


def _age(born: tuple[int, int, int], day: date) -> int:
    return max(day.year - born[0] - ((day.month, day.day) < born[1:]), 0)


def _length(measure: Measure) -> dict[str, int] | None:
    """The units of a length; None for life, and where there are none."""
    units = {unit: many for unit in _UNITS if (many := getattr(measure, unit)) is not None}
    return units or None if not measure.life else None


def _unconditional(sentence: Sentence | Imposed) -> dict[str, int] | None:
    """What of a length was imposed without condition, and executed later; None where that is not clear."""
    left = _length(sentence)
    if left is None:
        return None
    if sentence.conditional is not None:
        part = _length(sentence.conditional)
        if part is None or not part.keys() <= left.keys() or any(part[unit] > left[unit] for unit in part):
            return None
        left = {unit: many - part.get(unit, 0) for unit, many in left.items()}
    later = sum(one.days for one in sentence.enforced) if isinstance(sentence, Sentence) else 0
    return left | ({"days": left.get("days", 0) + later} if later else {})


def _custody(custodial: tuple[Sentence | Imposed, ...] | None) -> Duration | Absent | None:
    if custodial is None:
        return None
    if any(one.life for one in custodial):
        return Duration(life=True)
    parts = [_unconditional(one) for one in custodial]
    whole: dict[str, int] = {}
    for part in parts:
        if part is None:
            return None
        whole = {unit: whole.get(unit, 0) + part.get(unit, 0) for unit in {**whole, **part}}
    executed: dict[str, Any] = {unit: many for unit, many in whole.items() if many}
    return Duration(**executed) if executed else NONE


def _is_conditional(sentence: Sentence | Imposed) -> bool | None:
    """Whether the whole of it was conditional, and nothing of it executed; None where that is not clear."""
    if sentence.conditional is None:
        return False
    if isinstance(sentence, Sentence) and sentence.enforced:
        return False
    whole, part = (_amounts(one) for one in (sentence, sentence.conditional))
    return whole == part if whole and part else None


def _amounts(measure: Measure) -> dict[str, Any]:
    units = {unit: getattr(measure, unit) for unit in (*_UNITS, "life", "amount_eur")}
    return {unit: many for unit, many in units.items() if many is not None}


def _all_conditional(sentences: tuple[Sentence | Imposed, ...] | None) -> bool | None:
    if sentences is None:
        return None
    answers = {_is_conditional(one) for one in sentences}
    return False if not answers or False in answers else True if answers == {True} else None


def _executed(fines: tuple[Sentence | Imposed, ...] | None) -> bool | None:
    conditional = _all_conditional(fines)
    return None if conditional is None else bool(fines) and not conditional


def _cents(fines: tuple[Sentence | Imposed, ...] | None) -> int | None:
    if not fines or any(one.amount_eur is None for one in fines):
        return None
    return sum(int(100 * Decimal(one.amount_eur or 0)) for one in fines)


def _hours(services: tuple[Sentence | Imposed, ...] | None) -> int | None:
    if not services or any(one.hours is None for one in services):
        return None
    return sum(one.hours or 0 for one in services)


def _ended(placements: Iterable[Sentence | Imposed] | None) -> bool | None:
    if placements is None:
        return None
    return all(isinstance(one, Sentence) and one.ended_on is not None for one in placements)
