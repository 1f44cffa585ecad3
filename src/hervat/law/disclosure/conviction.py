"""The facts of a conviction that the limited set asks for, and the places in messages where each stands.

A penalty order and a measure of Sr 37a count as a conviction here (Wjsg 10(1)), though an order is none elsewhere.
"""

from dataclasses import dataclass
from datetime import date

from hervat.case import Duration
from hervat.law.offences import CLASS
from hervat.law.retention.facts import FINE_CATEGORY, SENTENCES
from hervat.law.rule import Facts, Input, Origin, told
from hervat.law.value import DAY, LENGTH, WHOLE, YES_NO, Absent, Words, choice, or_none

ADULT, YOUTH, LEGAL_PERSON = "adult", "youth", "legal-person"
JUDGMENT, PENALTY_ORDER, FOREIGN = "judgment", "penalty-order", "foreign-conviction"

LAW = Input(
    "conviction.law",
    choice(ADULT, YOUTH, LEGAL_PERSON),
    Words(
        en="under which law: for adults, for youth, or for legal persons",
        nl="volgens welk recht: voor volwassenen, jeugd of rechtspersonen",
    ),
    told_in=("judgment-given.law", "penalty-order-issued.law"),
)
GIVEN_BY = Input(
    "conviction.by",
    choice(JUDGMENT, PENALTY_ORDER, FOREIGN),
    Words(en="what it was given by", nl="waarbij zij is gegeven"),
    told_in=("judgment-given.given_on", "penalty-order-issued.issued_on", "foreign-conviction-notified.decided_on"),
)
GIVEN_ON = Input(
    "conviction.given_on",
    DAY,
    Words(en="the day on which it was given", nl="de dag waarop zij is gegeven"),
    told_in=("judgment-given.given_on", "penalty-order-issued.issued_on", "foreign-conviction-notified.decided_on"),
)
FINAL_ON = Input(
    "conviction.final_on",
    or_none(DAY),
    Words(en="the day on which it became final", nl="de dag waarop zij onherroepelijk werd"),
    told_in=("judgment-final.final_on", "penalty-order-final.final_on", "foreign-conviction-notified.final_on"),
)
ANNULLED = Input(
    "conviction.annulled",
    YES_NO,
    Words(en="whether it was annulled on revision without a penalty", nl="of zij bij herziening is vernietigd zonder straf"),
    told_in=("judgment-annulled.decided_on",),
)
MISDRIJF_HERE = Input(
    "conviction.misdrijf_here",
    YES_NO,
    Words(en="whether what was judged abroad is a misdrijf here", nl="of wat in het buitenland is beoordeeld hier een misdrijf is"),
    told_in=("foreign-conviction-notified.offences.misdrijf_here",),
)
AGE = Input(
    "conviction.age",
    WHOLE,
    Words(en="the age in whole years on the first day of the offence", nl="de leeftijd in hele jaren op de eerste dag van het feit"),
    Origin.JOURNAL,
)
SERVED = Input(
    "sentence.custody_executed",
    or_none(LENGTH),
    Words(
        en="the custody that was imposed without condition or was executed later",
        nl="de vrijheidsstraf die onvoorwaardelijk is opgelegd of later ten uitvoer is gelegd",
    ),
    told_in=("judgment-given.sentences.years", "conditional-sentence-enforced.days"),
)
PROLONGED = Input(
    "sentence.prolonged",
    or_none(LENGTH),
    Words(en="by how much probation or a measure was prolonged", nl="met hoeveel een proeftijd of maatregel is verlengd"),
    told_in=("sentence-prolonged.length",),
)
FINE_EXECUTED = Input(
    "sentence.fine_executed",
    YES_NO,
    Words(
        en="whether the fine was imposed without condition or was executed later",
        nl="of de geldboete onvoorwaardelijk is opgelegd of later ten uitvoer is gelegd",
    ),
    told_in=("judgment-given.sentences.conditional", "conditional-sentence-enforced.days"),
)
ALL_CONDITIONAL = Input(
    "sentence.all_conditional",
    YES_NO,
    Words(en="whether all of it was conditional, and never executed", nl="of alles voorwaardelijk was, en nooit ten uitvoer is gelegd"),
    told_in=("judgment-given.sentences.conditional", "conditional-sentence-enforced.days"),
)
FINE_CENTS = Input(
    "sentence.fine_cents",
    WHOLE,
    Words(en="the fine in cents", nl="de geldboete in centen"),
    told_in=("judgment-given.sentences.amount_eur",),
)
HOURS = Input(
    "sentence.hours",
    WHOLE,
    Words(en="the hours of community service", nl="de uren taakstraf"),
    told_in=("judgment-given.sentences.hours",),
)
PLACEMENT_ENDED = Input(
    "sentence.placement_ended",
    YES_NO,
    Words(en="whether the placement of a youth (PIJ) has ended", nl="of de plaatsing in een inrichting voor jeugdigen (PIJ) is geëindigd"),
    told_in=("sentence-ended.ended_on",),
)
OTHERS_UNTIL = Input(
    "person.other_windows_until",
    or_none(DAY),
    Words(
        en="the day before which the window of another such conviction of the person runs",
        nl="de dag waarvóór de termijn van een andere zodanige veroordeling van de persoon loopt",
    ),
    Origin.JOURNAL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conviction:
    """A conviction on one charge. `final_on`, `custody_executed`, `prolonged` and `other_windows_until` may be `NONE`; `sentences` are the
    kinds of what was imposed, without substitute custody.
    """

    law: str | None = None
    by: str | None = None
    class_: str | None = None
    given_on: date | None = None
    final_on: date | Absent | None = None
    annulled: bool | None = None
    misdrijf_here: bool | None = None
    age: int | None = None
    sentences: tuple[str, ...] | None = None
    custody_executed: Duration | Absent | None = None
    prolonged: Duration | Absent | None = None
    fine_category: int | None = None
    fine_executed: bool | None = None
    fine_cents: int | None = None
    hours: int | None = None
    all_conditional: bool | None = None
    placement_ended: bool | None = None
    other_windows_until: date | Absent | None = None
    position: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        at = self.position
        return (
            told(LAW, self.law, at)
            | told(GIVEN_BY, self.by, at)
            | told(CLASS, self.class_, at)
            | told(GIVEN_ON, self.given_on, at)
            | told(FINAL_ON, self.final_on, at)
            | told(ANNULLED, self.annulled, at)
            | told(MISDRIJF_HERE, self.misdrijf_here, at)
            | told(AGE, self.age, at)
            | told(SENTENCES, self.sentences, at)
            | told(SERVED, self.custody_executed, at)
            | told(PROLONGED, self.prolonged, at)
            | told(FINE_CATEGORY, self.fine_category, at)
            | told(FINE_EXECUTED, self.fine_executed, at)
            | told(FINE_CENTS, self.fine_cents, at)
            | told(HOURS, self.hours, at)
            | told(ALL_CONDITIONAL, self.all_conditional, at)
            | told(PLACEMENT_ENDED, self.placement_ended, at)
            | told(OTHERS_UNTIL, self.other_windows_until)
        )
