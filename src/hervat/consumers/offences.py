"""A charge of the register as the law asks for an offence."""

from hervat.case import Charge
from hervat.law.screening import NONE, Offence


def offence_of(charge: Charge, position: int | None) -> Offence:
    """The offence that a charge is of, as the entry at a position has it."""
    return Offence(
        article=charge.article,
        class_=charge.class_,
        maximum=charge.maximum,
        ecris=NONE if charge.ecris is None else charge.ecris,
        category=NONE,
        from_=charge.period.from_,
        to=charge.period.to,
        position=position,
    )
