"""The hearings for which somebody was summoned or that a court scheduled, and whether the register knows somebody to be in custody: what
makes an extract urgent.
"""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from hervat import kinds
from hervat.consumers.spells import spells
from hervat.message import Message
from hervat.register.record import Person

_CUSTODIAL = frozenset(
    ("imprisonment", "detention", "youth-detention", "hospital-order", "youth-placement", "custodial-order-repeat-offender")
)


class Hearing(Struct, frozen=True, kw_only=True):
    """A hearing in a case."""

    hearing_on: date
    case: str


def hearings(person: Person, messages: Iterable[Message], on: date) -> list[Hearing]:
    """The hearings in the cases of a person on a day or after it, the nearest first. A charge that nobody may see brings none."""
    scheduled = {
        Hearing(hearing_on=one.on, case=case.prosecution_number)
        for case in person.cases
        for one in case.process
        if one.kind == "hearing-scheduled" and one.on is not None and one.on >= on
    }
    shown = {(case.prosecution_number, charge.charge) for case in person.cases for charge in case.charges}
    found = {
        Hearing(hearing_on=one.data.hearing_on, case=one.data.pn)
        for one in messages
        if isinstance(one.data, kinds.SummonsIssued)
        and one.data.hearing_on >= on
        and any((one.data.pn, charge) in shown for charge in one.data.charges)
    }
    return sorted(found | scheduled, key=lambda one: (one.hearing_on, one.case))


def in_custody(person: Person) -> bool:
    """Whether custody or a custodial sentence of the person began and has not ended, as far as it is told."""
    if any(spell.ended_on is None and spell.skn in person.skns for case in person.cases for spell in spells(case.process)):
        return True
    sentences = (one for case in person.cases for judgment in case.judgments for one in judgment.sentences)
    return any(one.kind in _CUSTODIAL and one.started_on is not None and one.ended_on is None for one in sentences)
