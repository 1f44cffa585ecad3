"""The record of a person as facts of the law of immigration.

- A decision imposes what it does as far as it still sets the outcome of a charge. Where it does for some of its charges only, what is left
  of its sentences is told by no message: each is a sentence of a kind that may count.
- So is what was imposed abroad: it has ECRIS codes, and of those no table was read.
- A measure that has a part of which the length is not told, has no length that is told.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from hervat.case import Duration
from hervat.law import immigration as law
from hervat.message import Named
from hervat.outcome import Measure
from hervat.outcome import Sentence as Imposed
from hervat.register.record import Case, Charge, ForeignConviction, Judgment, Order, Person, Sentence

IMPOSES = ("convicted", "discharged", "guilty-without-penalty")
_MAY_COUNT = law.Sentence(kind="other")
Positions = Callable[[Named], int]


def known(person: Person, positions: Positions, blind: tuple[str, ...]) -> law.Known:
    """What the register knows of a person, as the rules ask for it. `positions` tells where in the journal a message lies."""
    decided = [one for case in person.cases for one in _decisions(case, positions)]
    charges = [_charge(case, charge, positions) for case in person.cases for charge in case.charges]
    return law.Known(decisions=(*decided, *map(_foreign, person.foreign_convictions)), charges=tuple(charges), blind=blind)


def _charge(case: Case, charge: Charge, positions: Positions) -> law.Charge:
    return law.Charge(
        key=f"{case.prosecution_number}#{charge.charge}",
        class_=charge.class_,
        outcome=charge.outcome,
        final_on=charge.final_on,
        position=positions(charge.message),
    )


def _decisions(case: Case, positions: Positions) -> Iterator[law.Decision]:
    for judgment in case.judgments:
        charges = [one for one in case.charges if one.message == judgment.message and one.outcome in IMPOSES]
        if charges:
            imposing = {one.charge for one in judgment.verdicts if one.verdict in IMPOSES}
            yield _judged(judgment, charges, positions(judgment.message), whole=imposing == {one.charge for one in charges})
    for order in case.orders:
        charges = [one for one in case.charges if one.message == order.message and one.outcome == "penalty-order"]
        if charges:
            yield _ordered(order, charges, positions(order.message), whole=set(order.charges) == {one.charge for one in charges})


def _judged(judgment: Judgment, charges: list[Charge], position: int, *, whole: bool) -> law.Decision:
    return law.Decision(
        key=judgment.judgment,
        by="judgment",
        final_on=judgment.final_on,
        offences=tuple(map(_offence, charges)),
        sentences=tuple(_executed(one) if whole else _MAY_COUNT for one in judgment.sentences),
        position=position,
    )


def _ordered(order: Order, charges: list[Charge], position: int, *, whole: bool) -> law.Decision:
    return law.Decision(
        key=order.order,
        by="penalty-order",
        final_on=order.final_on,
        offences=tuple(map(_offence, charges)),
        sentences=tuple(_sentence(one) if whole else _MAY_COUNT for one in order.sentences),
        position=position,
    )


def _foreign(conviction: ForeignConviction) -> law.Decision:
    return law.Decision(
        key=f"{conviction.member_state}/{conviction.reference}",
        by="foreign",
        final_on=conviction.final_on,
        offences=tuple(law.Offence(first=one.date, last=one.date) for one in conviction.offences) or (law.Offence(),),
        sentences=tuple(_MAY_COUNT for _ in conviction.sanctions),
    )


def _offence(charge: Charge) -> law.Offence:
    return law.Offence(class_=charge.class_, maximum=charge.maximum, first=charge.period.from_, last=charge.period.to)


def _executed(sentence: Sentence) -> law.Sentence:
    imposed = _sentence(sentence)
    return law.Sentence(
        kind=imposed.kind,
        whole=imposed.whole,
        conditional=imposed.conditional,
        cents=imposed.cents,
        enforced_days=sum(one.days for one in sentence.enforced),
        ended_on=sentence.ended_on,
        remitted=bool(sentence.remitted),
    )


def _sentence(sentence: Imposed) -> law.Sentence:
    part = None if sentence.conditional is None else _length(sentence.conditional)
    clear = sentence.conditional is None or part is not None
    # A fine of which a part is conditional may be of less weight; how much less, no rule says.
    fined = sentence.conditional is None and sentence.amount_eur is not None
    return law.Sentence(
        kind=sentence.kind,
        whole=_length(sentence) if clear else None,
        conditional=part if clear else None,
        cents=int(100 * Decimal(sentence.amount_eur or 0)) if fined else None,
    )


def _length(measure: Measure) -> Duration | None:
    """How long; None where it is in no unit of time."""
    units = {unit: getattr(measure, unit) for unit in Duration.__struct_fields__}
    return Duration(**units) if any(many is not None for many in units.values()) else None
