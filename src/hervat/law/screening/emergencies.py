"""`emergency`: whether an emergency report may be shown or used.

The police gave it for one purpose. So it may be used for the purpose that its procedure names, by whom it names, in its sectors and for its
categories, as long as it is open; for nothing else, and when it is over the regular message takes its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.screening.facts import (
    COVERED_CATEGORIES,
    COVERED_SECTORS,
    OPEN_FROM,
    OPEN_UNTIL,
    PURPOSE,
    RECEIVERS,
    REPORTED_AS,
    REPORTED_ON,
    USE_PURPOSE,
    USE_RECEIVER,
    USE_SECTOR,
    Procedure,
    Report,
    Use,
)
from hervat.law.value import YES_NO, Absent, Outcome, Words

PURPOSE_BINDS = Parameter("purpose-binds", YES_NO)
ENDS_WITH_PROCEDURE = Parameter("use-ends-with-procedure", YES_NO)


@dataclass(frozen=True, slots=True)
class Permission:
    """What the use would be for, and who would receive it."""

    purpose: str
    receiver: str


def _in_time(asking: Asking) -> bool:
    return _within(asking, asking.need(REPORTED_ON))


def _of_category(asking: Asking) -> bool:
    return asking.need(REPORTED_AS) in asking.need(COVERED_CATEGORIES)


def _for_purpose(asking: Asking) -> bool:
    return not asking.value(PURPOSE_BINDS, asking.need(REPORTED_ON)) or asking.need(USE_PURPOSE) == asking.need(PURPOSE)


def _of_sector(asking: Asking) -> bool:
    return asking.need(USE_SECTOR) in asking.need(COVERED_SECTORS)


def _by_receiver(asking: Asking) -> bool:
    return asking.need(USE_RECEIVER) in asking.need(RECEIVERS)


def _open(asking: Asking) -> bool:
    """Whether the procedure is open on the day of the decision, or need not be once it has begun."""
    first = asking.need(OPEN_FROM)
    if asking.on < first:
        asking.lasts_until(first)
        return False
    if not asking.value(ENDS_WITH_PROCEDURE, asking.need(REPORTED_ON)):
        return True
    until = asking.need(OPEN_UNTIL)
    if isinstance(until, Absent) or until < asking.on:
        return isinstance(until, Absent)
    asking.lasts_until(until + timedelta(days=1) if until < date.max else None)
    return True


def _within(asking: Asking, day: date) -> bool:
    """Whether a day lies in the procedure; its last day counts."""
    if day < asking.need(OPEN_FROM):
        return False
    until = asking.need(OPEN_UNTIL)
    return isinstance(until, Absent) or day <= until


# Asked in this order until one fails: what is not told does not matter where something told forbids it already.
_QUESTIONS: tuple[tuple[Callable[[Asking], bool], Words, tuple[str, ...]], ...] = (
    (
        _in_time,
        Words(en="the report was made while the procedure was open", nl="de melding is gedaan terwijl de noodprocedure open was"),
        (REPORTED_ON.name, OPEN_FROM.name, OPEN_UNTIL.name),
    ),
    (
        _of_category,
        Words(en="its category is one of the procedure's", nl="de categorie is er een van de noodprocedure"),
        (REPORTED_AS.name, COVERED_CATEGORIES.name),
    ),
    (
        _for_purpose,
        Words(en="it is asked for the purpose that the procedure names", nl="het doel is dat van de noodprocedure"),
        (USE_PURPOSE.name, PURPOSE.name, PURPOSE_BINDS.name),
    ),
    (
        _of_sector,
        Words(en="the sector is one of the procedure's", nl="de sector is er een van de noodprocedure"),
        (USE_SECTOR.name, COVERED_SECTORS.name),
    ),
    (
        _by_receiver,
        Words(en="the receiver is one that the procedure names", nl="de ontvanger is er een die de noodprocedure noemt"),
        (USE_RECEIVER.name, RECEIVERS.name),
    ),
    (
        _open,
        Words(en="the procedure is open on the day of the decision", nl="de noodprocedure is open op de dag van de beslissing"),
        (OPEN_FROM.name, OPEN_UNTIL.name, ENDS_WITH_PROCEDURE.name),
    ),
)


def _version_1(asking: Asking) -> Finding[Permission]:
    for question, says, rests_on in _QUESTIONS:
        holds = question(asking)
        asking.note(Step(says, "Wpg 3", holds, asking.asked(*rests_on)))
        if not holds:
            refused = Words(
                en=f"it may not be used, for it is not so that {says.en}", nl=f"zij mag niet worden gebruikt; niet waar is dat {says.nl}"
            )
            return Finding(Outcome.NO, refused)
    allowed = Words(en="it may be used for this, and for nothing else", nl="hiervoor mag zij worden gebruikt, en voor niets anders")
    return Finding(Outcome.YES, allowed, Permission(asking.need(USE_PURPOSE), asking.need(USE_RECEIVER)))


EMERGENCY = Rule[Permission](
    name="screening.emergency",
    package=__package__,
    file="emergencies.toml",
    dated_by=REPORTED_ON,
    inputs=(
        *(REPORTED_ON, REPORTED_AS, USE_PURPOSE, USE_SECTOR, USE_RECEIVER),
        *(PURPOSE, COVERED_SECTORS, COVERED_CATEGORIES, RECEIVERS, OPEN_FROM, OPEN_UNTIL),
    ),
    parameters=(PURPOSE_BINDS, ENDS_WITH_PROCEDURE),
    versions={1: _version_1},
)


def emergency(report: Report, procedure: Procedure, use: Use, *, on: date, horizon: Horizon | None = None) -> Result[Permission]:
    """Whether an emergency report may be used, in a decision on a day."""
    return EMERGENCY.apply({**report.facts(), **procedure.facts(), **use.facts()}, on=on, horizon=horizon)
