"""The facts that the rules of screening ask for, and the places in messages where each stands.

- A field that is None is not told; `NONE` is told that there is none.
- A position is that of the entry in the journal that told the facts; None where they stand in no entry.
"""

from dataclasses import dataclass
from datetime import date

from hervat.case import Duration
from hervat.law.offences import ARTICLE, CLASS, DONE_FROM, DONE_TO, ECRIS, FORCED, MAXIMUM
from hervat.law.rule import Facts, Input, Origin, told
from hervat.law.value import DAY, TEXT, TEXTS, Absent, Words, choice, or_none

SECTORS = ("childcare", "taxi")

SECTOR = Input(
    "enrolment.sector",
    choice(*SECTORS),
    Words(en="the sector of the enrolment", nl="de sector van de inschrijving"),
    told_in=("screening-enrolled.sector",),
)
ENROLLED_FROM = Input(
    "enrolment.from",
    DAY,
    Words(en="the first day of the enrolment", nl="de eerste dag van de inschrijving"),
    told_in=("screening-enrolled.from",),
)
ENROLLED_UNTIL = Input(
    "enrolment.until",
    or_none(DAY),
    Words(en="the day on which the enrolment ends, no longer a day of it", nl="de dag waarop de inschrijving eindigt, zelf geen dag ervan"),
    told_in=("screening-ended.until",),
)
CHANGED_ON = Input(
    "change.on",
    DAY,
    Words(en="the day of the change: of the decision, or of the fact", nl="de dag van de wijziging: van de beslissing of van het feit"),
    told_in=(
        "case-registered.received_on",
        "case-dismissed.decided_on",
        "penalty-order-issued.issued_on",
        "judgment-given.given_on",
        "judgment-final.final_on",
        "foreign-conviction-notified.decided_on",
        "emergency-report.reported_on",
    ),
)
KNOWN_ON = Input(
    "change.known_on",
    DAY,
    Words(en="the day on which the register knew of the change", nl="de dag waarop het register de wijziging kende"),
    Origin.JOURNAL,
)
CATEGORY = Input(
    "offence.category",
    or_none(choice("serious-violence", "sexual")),
    Words(en="the category that the police gave it", nl="de categorie die de politie eraan gaf"),
    told_in=("emergency-report.category",),
)
REPORTED_ON = Input(
    "report.reported_on", DAY, Words(en="the day of the report", nl="de dag van de melding"), told_in=("emergency-report.reported_on",)
)
REPORTED_AS = Input(
    "report.category",
    choice("serious-violence", "sexual"),
    Words(en="the category of the report", nl="de categorie van de melding"),
    told_in=("emergency-report.category",),
)
PURPOSE = Input(
    "procedure.purpose", TEXT, Words(en="the purpose that the procedure names", nl="het doel dat de noodprocedure noemt"), Origin.ACT
)
COVERED_SECTORS = Input(
    "procedure.sectors", TEXTS, Words(en="the sectors of the procedure", nl="de sectoren van de noodprocedure"), Origin.ACT
)
COVERED_CATEGORIES = Input(
    "procedure.categories", TEXTS, Words(en="the categories of the procedure", nl="de categorieën van de noodprocedure"), Origin.ACT
)
RECEIVERS = Input(
    "procedure.receivers", TEXTS, Words(en="the receivers it names", nl="de ontvangers die de noodprocedure noemt"), Origin.ACT
)
OPEN_FROM = Input("procedure.from", DAY, Words(en="the first day of the procedure", nl="de eerste dag van de noodprocedure"), Origin.ACT)
OPEN_UNTIL = Input(
    "procedure.until", or_none(DAY), Words(en="the last day of the procedure", nl="de laatste dag van de noodprocedure"), Origin.ACT
)
USE_PURPOSE = Input(
    "use.purpose", TEXT, Words(en="the purpose for which it is asked", nl="het doel waarvoor erom wordt gevraagd"), Origin.ASKED
)
USE_SECTOR = Input(
    "use.sector", choice(*SECTORS), Words(en="the sector for which it is asked", nl="de sector waarvoor erom wordt gevraagd"), Origin.ASKED
)
USE_RECEIVER = Input("use.receiver", TEXT, Words(en="who would receive it", nl="wie het zou ontvangen"), Origin.ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """An enrolment in a screened population: its days from `from_` up to and without `until` (`NONE`: no end). `ended_at`: the entry that
    told the end.
    """

    sector: str | None = None
    from_: date | None = None
    until: date | Absent | None = None
    position: int | None = None
    ended_at: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        return (
            told(SECTOR, self.sector, self.position)
            | told(ENROLLED_FROM, self.from_, self.position)
            | told(ENROLLED_UNTIL, self.until, self.ended_at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change in somebody's documentation: its day, and the day on which the register knew of it."""

    on: date | None = None
    known_on: date | None = None
    position: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        return told(CHANGED_ON, self.on, self.position) | told(KNOWN_ON, self.known_on, self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """What a change is about: a charge, an offence of a foreign conviction, or what an emergency report says. What has no article, no ECRIS
    code or no category of the police says `NONE` there. `from_` and `to` are the days on or between which it was done, both included.
    """

    article: str | Absent | None = None
    class_: str | None = None
    maximum: Duration | None = None
    ecris: str | Absent | None = None
    category: str | Absent | None = None
    from_: date | None = None
    to: date | None = None
    forced_prostitution: bool | None = None
    position: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        at = self.position
        return (
            told(ARTICLE, self.article, at)
            | told(CLASS, self.class_, at)
            | told(MAXIMUM, self.maximum, at)
            | told(ECRIS, self.ecris, at)
            | told(CATEGORY, self.category, at)
            | told(DONE_FROM, self.from_, at)
            | told(DONE_TO, self.to, at)
            | told(FORCED, self.forced_prostitution, at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An emergency report of the police."""

    category: str | None = None
    reported_on: date | None = None
    position: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        return told(REPORTED_AS, self.category, self.position) | told(REPORTED_ON, self.reported_on, self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """An emergency procedure: `from_` and `until` are its first and last day (`NONE`: no end is known)."""

    purpose: str | None = None
    sectors: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    receivers: tuple[str, ...] | None = None
    from_: date | None = None
    until: date | Absent | None = None
    position: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        at = self.position
        return (
            told(PURPOSE, self.purpose, at)
            | told(COVERED_SECTORS, self.sectors, at)
            | told(COVERED_CATEGORIES, self.categories, at)
            | told(RECEIVERS, self.receivers, at)
            | told(OPEN_FROM, self.from_, at)
            | told(OPEN_UNTIL, self.until, at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A use that somebody wants to make of an emergency report."""

    purpose: str | None = None
    sector: str | None = None
    receiver: str | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        return told(USE_PURPOSE, self.purpose) | told(USE_SECTOR, self.sector) | told(USE_RECEIVER, self.receiver)
