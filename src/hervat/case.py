"""Cases: a prosecution number, and the charges under it with the period in which each was done.

- A case is known by its prosecution number (`10/123456-25`); a charge by that number and its own, which is a whole number.
- Durations stay in the unit in which law or judgment gives them; they are never converted.
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from hervat.message import END, Text, Value, Whole

ProsecutionNumber = Annotated[str, Meta(pattern=f"^[0-9]{{2}}/[0-9]{{6}}-[0-9]{{2}}{END}")]
ChargeNumbers = Annotated[tuple[Whole, ...], Meta(min_length=1)]


class Period(Value, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The days on or between which something was done, both included."""

    from_: date
    to: date


class Duration(Value, frozen=True, kw_only=True):
    """How long: whole units as given, `hours` for community service, or `life`. "One year and six months" keeps both."""

    days: Whole | None = None
    weeks: Whole | None = None
    months: Whole | None = None
    years: Whole | None = None
    hours: Whole | None = None
    life: bool | None = None


class Charge(Value, frozen=True, kw_only=True, rename={"class_": "class"}):
    """One charge: the article (`Sr 310`), its class, the heaviest punishment the law sets on it, and when and where it was done."""

    charge: Whole
    article: Text
    label: Text
    class_: Literal["misdrijf", "overtreding"]
    maximum: Duration | None = None
    period: Period
    place: Text | None = None
    ecris: Text | None = None


Charges = Annotated[tuple[Charge, ...], Meta(min_length=1)]
