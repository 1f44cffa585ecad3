"""The facts that the rules of retention ask for beside those of the offence, and the places in messages where each stands.

- A field that is None is not told; `NONE` is told that there is none.
- A position is that of the entry in the journal that told the facts; None where they stand in no entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hervat.case import Duration
from hervat.law.rule import Facts, Input, Origin, told
from hervat.law.value import DAY, LENGTH, TEXT, TEXTS, WHOLE, YES_NO, Absent, Sort, Words, choice, or_none

OPEN, DISMISSAL, JUDGMENT, PENALTY_ORDER, FOREIGN = "open", "dismissal", "judgment", "penalty-order", "foreign-conviction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Another misdrijf of the same person that was judged: the day (of a penalty order: that on which it was fully executed), the longest
    custody that the law sets on it (None: not told), and the position of the entry that told it.
    """

    judged_on: date
    maximum: Duration | None
    position: int | None = None


def _written(later: tuple[Later, ...]) -> list[dict[str, Any]]:
    return [
        {
            "judged_on": DAY.write(one.judged_on),
            "maximum": None if one.maximum is None else LENGTH.write(one.maximum),
            "position": one.position,
        }
        for one in later
    ]


def _later(given: Any) -> Later:
    if not isinstance(given, Mapping) or given.keys() != {"judged_on", "maximum", "position"}:
        raise ValueError("a later judgment has judged_on, maximum and position")
    maximum, position = given["maximum"], given["position"]
    return Later(
        judged_on=DAY.read(given["judged_on"]),
        maximum=None if maximum is None else LENGTH.read(maximum),
        position=None if position is None else WHOLE.read(position),
    )


def _read(given: Any) -> tuple[Later, ...]:
    if not isinstance(given, list):
        raise ValueError("a list of later judgments is wanted")
    return tuple(map(_later, given))


LATER: Sort[tuple[Later, ...]] = Sort("later judgments", _written, _read)

ENDED_BY = Input(
    "ending.by",
    choice(OPEN, DISMISSAL, JUDGMENT, PENALTY_ORDER, FOREIGN),
    Words(en="what ended the case on this charge, or that it is open", nl="waardoor de zaak over dit feit eindigde, of dat zij open is"),
    told_in=(
        "case-dismissed.decided_on",
        "judgment-given.given_on",
        "penalty-order-issued.issued_on",
        "foreign-conviction-notified.decided_on",
    ),
)
DISMISSED_ON = Input(
    "ending.dismissed_on",
    DAY,
    Words(en="the day of the decision not to prosecute", nl="de dag van de beslissing niet te vervolgen"),
    told_in=("case-dismissed.decided_on",),
)
DISMISSED_AS = Input(
    "ending.dismissal_code",
    TEXT,
    Words(en="the code of the dismissal", nl="de sepotcode"),
    told_in=("case-dismissed.code",),
)
JUDGED_ON = Input(
    "ending.judged_on",
    DAY,
    Words(
        en="the day on which the last final judgment (Sv 351, 352) on it was given, not the day from which it is open to no remedy",
        nl="de dag waarop de laatste einduitspraak (Sv 351, 352) erover is gedaan, niet die waarop zij onherroepelijk werd",
    ),
    told_in=("judgment-given.given_on",),
)
EXECUTED_ON = Input(
    "ending.executed_on",
    or_none(DAY),
    Words(
        en="the day on which the penalty order was fully executed", nl="de dag waarop de strafbeschikking volledig ten uitvoer was gelegd"
    ),
    told_in=("penalty-order-executed.executed_on",),
)
LAPSED_ON = Input(
    "ending.lapsed_on",
    or_none(DAY),
    Words(
        en="the day on which the right to prosecute lapsed by prescription",
        nl="de dag waarop het recht tot strafvordering door verjaring is vervallen",
    ),
    told_in=("prosecution-lapsed.lapsed_on",),
)
CUSTODY = Input(
    "sentence.custody",
    or_none(LENGTH),
    Words(
        en="the longest prison sentence or custodial measure imposed",
        nl="de langste opgelegde gevangenisstraf of vrijheidsbenemende maatregel",
    ),
    told_in=("judgment-given.sentences.years", "judgment-given.sentences.life"),
)
SENTENCES = Input(
    "sentence.kinds",
    TEXTS,
    Words(
        en="the kinds of the sentences imposed, without substitute custody",
        nl="de soorten opgelegde straffen, zonder vervangende hechtenis",
    ),
    told_in=("judgment-given.sentences.kind", "penalty-order-issued.sentences.kind"),
)
FINE_CATEGORY = Input(
    "sentence.fine_category",
    WHOLE,
    Words(en="the category of the fine (Sr 23)", nl="de categorie van de geldboete (Sr 23)"),
    told_in=("judgment-given.sentences.fine_category", "penalty-order-issued.sentences.fine_category"),
)
LEGAL_PERSON = Input(
    "person.legal",
    YES_NO,
    Words(en="whether it is a legal person", nl="of het een rechtspersoon is"),
    told_in=("person-registered.identity.legal",),
)
DIED_ON = Input(
    "person.died_on",
    or_none(DAY),
    Words(en="the day on which the person died", nl="de dag waarop de persoon is overleden"),
    told_in=("person-died.died_on",),
)
JUDGED_LATER = Input(
    "person.judged_later",
    LATER,
    Words(en="the other misdrijven of the person that were judged", nl="de andere misdrijven van de persoon waarover is geoordeeld"),
    told_in=("judgment-given.given_on", "penalty-order-executed.executed_on"),
)
COMPLETE_UNTIL = Input(
    "known.complete_until",
    or_none(DAY),
    Words(
        en="the day before which every source that can tell a judgment, an execution or who is who is complete here",
        nl="de dag waarvóór iedere bron die een uitspraak, een tenuitvoerlegging of een identiteit kan melden hier volledig is",
    ),
    Origin.JOURNAL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the case ended on a charge (`by`: open, dismissal, judgment, penalty-order or foreign-conviction), and what was imposed.

    `executed_on`, `lapsed_on` and `custody` may be `NONE`. `custody` is the longest prison sentence or custodial measure.
    """

    by: str | None = None
    dismissed_on: date | None = None
    dismissal_code: str | None = None
    judged_on: date | None = None
    executed_on: date | Absent | None = None
    lapsed_on: date | Absent | None = None
    custody: Duration | Absent | None = None
    sentences: tuple[str, ...] | None = None
    fine_category: int | None = None
    position: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        at = self.position
        return (
            told(ENDED_BY, self.by, at)
            | told(DISMISSED_ON, self.dismissed_on, at)
            | told(DISMISSED_AS, self.dismissal_code, at)
            | told(JUDGED_ON, self.judged_on, at)
            | told(EXECUTED_ON, self.executed_on, at)
            | told(LAPSED_ON, self.lapsed_on, at)
            | told(CUSTODY, self.custody, at)
            | told(SENTENCES, self.sentences, at)
            | told(FINE_CATEGORY, self.fine_category, at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose entry it is: when the person died (`NONE`: not known to have died), and the other misdrijven that were judged (empty: none)."""

    died_on: date | Absent | None = None
    judged_later: tuple[Later, ...] | None = None
    legal: bool | None = None
    position: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        at = self.position
        return told(DIED_ON, self.died_on, at) | told(JUDGED_LATER, self.judged_later, at) | told(LEGAL_PERSON, self.legal, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The day before which the register is complete in all that can lengthen a term; `NONE` where one source does not say."""

    complete_until: date | Absent | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        return told(COMPLETE_UNTIL, self.complete_until)
