"""Outcomes: what was decided about each charge, and what was imposed.

- Verdicts and kinds of sentence are closed sets; money is in euro with two decimals, as a string, never a float.
- A sentence is known by the judgment or order that imposed it and its own number, written as a string.
"""

import datetime
from typing import Annotated, Literal

from msgspec import Meta

from hervat.case import Duration
from hervat.message import END, Text, Value, Whole

VerdictName = Literal[
    "convicted", "acquitted", "discharged", "guilty-without-penalty", "inadmissible", "summons-void", "not-competent"
]
SentenceKind = Literal[
    "imprisonment",
    "detention",
    "youth-detention",
    "community-service",
    "fine",
    "disqualification",
    "hospital-order",
    "youth-placement",
    "custodial-order-repeat-offender",
    "other",
]
SentenceNumber = Annotated[str, Meta(pattern=f"^[0-9]{{1,9}}{END}")]
Amount = Annotated[str, Meta(pattern=f"^[0-9]{{1,12}}\\.[0-9]{{2}}{END}")]


class Verdict(Value, frozen=True, kw_only=True):
    """The verdict on one charge; `label` is what it was proven or qualified as, where the court says so."""

    charge: Whole
    verdict: VerdictName
    label: Text | None = None


class Measure(Duration, frozen=True, kw_only=True):
    """How much: a duration or an amount of money in euro."""

    amount_eur: Amount | None = None


class Conditional(Measure, frozen=True, kw_only=True):
    """The part of a sentence that is not carried out unless a condition is broken, and the years on probation."""

    probation_years: Whole | None = None


class Sentence(Measure, frozen=True, kw_only=True):
    """One sentence of a judgment or penalty order; an order or disqualification may come without a measure."""

    sentence: SentenceNumber
    kind: SentenceKind
    conditional: Conditional | None = None


class Remission(Measure, frozen=True, kw_only=True):
    """What a pardon remits of one sentence; without a measure: all of it."""

    sentence: SentenceNumber


class Offence(Value, frozen=True, kw_only=True):
    """An offence in a foreign conviction, by its ECRIS code."""

    ecris: Text
    label: Text | None = None
    date: datetime.date | None = None


class Sanction(Measure, frozen=True, kw_only=True):
    """A sanction in a foreign conviction, by its ECRIS code."""

    ecris: Text
    label: Text | None = None
    conditional: Conditional | None = None


Sentences = tuple[Sentence, ...]
Verdicts = Annotated[tuple[Verdict, ...], Meta(min_length=1)]
