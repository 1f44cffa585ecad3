"""The command `certificate forecast`: when the backlog of applications is gone, at the pace that was measured or at another."""

from argparse import Namespace
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.clock import SystemClock, legal_day
from hervat.consumers.certificates.forecast import Forecast, Measured
from hervat.doors import words
from hervat.doors.asking import day
from hervat.doors.certificates import ensure_text
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.law.certificates import free_days
from hervat.law.receipt import notice
from hervat.law.value import Certainty, Words

_SAID = {
    "en": {
        "waiting": "{} applications wait at the end of {}",
        "measured": "measured from {} to {}, {} working days: {} came in, {} were decided",
        "pace": "on a working day {} come in and {} are decided",
        "gone": "at this pace the backlog is gone in {} working days: on {}",
        "beyond": "at this pace the backlog is gone in {} working days: beyond the calendar",
        "never": "at this pace the backlog never goes: {} more must be decided on a working day before it begins to",
        "none": "nothing waits",
    },
    "nl": {
        "waiting": "{} aanvragen wachten aan het einde van {}",
        "measured": "gemeten van {} tot en met {}, {} werkdagen: {} kwamen binnen, op {} werd beslist",
        "pace": "op een werkdag komen er {} binnen en wordt op {} beslist",
        "gone": "in dit tempo is de achterstand in {} werkdagen weg: op {}",
        "beyond": "in dit tempo is de achterstand in {} werkdagen weg: voorbij de kalender",
        "never": "in dit tempo gaat de achterstand nooit weg: op {} meer moet per werkdag worden beslist voor zij begint te slinken",
        "none": "er wacht niets",
    },
}


def forecast_certificates(arguments: Namespace) -> int:
    """When the backlog is gone; 1 where it never is."""
    on = legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)
    ensure_text(on)
    if arguments.over < 1:
        raise Usage("--over is 1 working day or more")
    if any(pace is not None and pace < 0 for pace in (arguments.arriving, arguments.deciding)):
        raise Usage("--arriving and --deciding are numbers of applications on a working day: 0 or more")
    with Node.opened(arguments.store) as node:
        found, measured = Certificates(node).forecast(on, arguments.over, arriving=arguments.arriving, deciding=arguments.deciding)
    certainty = free_days(on).certainty
    unverified = notice([("holidays", certainty)] if certainty is not Certainty.QUOTED else [])
    shown = words.as_document(_document(found, measured, unverified)) if arguments.json else "\n".join(
        _in_words(found, measured, unverified, arguments.lang)
    )
    show(shown)
    return 0 if found.working_days is not None else 1


def _document(found: Forecast, measured: Measured | None, unverified: Words | None) -> dict[str, Any]:
    return {
        "on": found.on.isoformat(),
        "waiting": found.waiting,
        "arriving": _number(found.pace.arriving),
        "deciding": _number(found.pace.deciding),
        "working_days": None if found.working_days is None else _number(found.working_days),
        "gone_on": None if found.gone_on is None else found.gone_on.isoformat(),
        "missing": found.missing,
        "measured": None if measured is None else {
            "first": measured.first.isoformat(),
            "last": measured.last.isoformat(),
            "working_days": measured.working_days,
            "arrived": measured.arrived,
            "decided": measured.decided,
        },
        "notice": None if unverified is None else unverified.en,
    }


def _number(value: Fraction) -> float:
    return round(float(value), 3)


def _in_words(found: Forecast, measured: Measured | None, unverified: Words | None, language: str) -> Iterator[str]:
    said, pace = _SAID[language], found.pace
    yield said["waiting"].format(found.waiting, found.on)
    if measured is not None:
        yield said["measured"].format(measured.first, measured.last, measured.working_days, measured.arrived, measured.decided)
    yield said["pace"].format(_shown(pace.arriving), _shown(pace.deciding))
    if not found.waiting:
        yield said["none"]
    elif found.working_days is None:
        yield said["never"].format(found.missing)
    else:
        yield said["beyond" if found.gone_on is None else "gone"].format(_shown(found.working_days), found.gone_on)
    if unverified is not None:
        yield getattr(unverified, language)


def _shown(value: Fraction) -> str:
    return f"{float(value):.1f}".removesuffix(".0")
