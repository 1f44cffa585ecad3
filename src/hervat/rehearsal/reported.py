"""Hard stories about reports of the police in the emergency: each about somebody who works in childcare, and each ends otherwise."""

from typing import Final

from hervat.rehearsal.casefile import CaseFile
from hervat.rehearsal.days import iso, workday
from hervat.rehearsal.elsewhere import reported_by_police
from hervat.rehearsal.enrolments import enrol
from hervat.rehearsal.feeds import PRK, TAXI, Feed
from hervat.rehearsal.identities import number_of
from hervat.rehearsal.life import Data, Life

LABELS: Final = {
    "Sr 243": "opzetverkrachting", "Sr 300": "mishandeling", "Sr 302": "zware mishandeling", "Sr 312": "diefstal met geweld",
}  # fmt: skip


def _works(life: Life, which: int = 0, feed: Feed = PRK) -> str:
    """Somebody who is known to the register and is screened."""
    skn = life.person(which, -life.within(70, 90), number_of(life, which))
    enrol(life, number_of(life, which), -life.within(20, 60), feed)
    return skn


def _reported(life: Life, skn: str) -> Data:
    """What the police report under a number of this life."""
    return reported_by_police(life, skn, life.within(26, 35), f"PL0900-2025{life.index:06}").data


def _becomes_a_case(life: Life, skn: str, report: Data, **otherwise: object) -> CaseFile:
    """OM registers, behind the closed link, the case that a report is about; `otherwise` is what it found to be so."""
    case = CaseFile(life, skn, workday(life.within(36, 42)), 1, report["police_report"])
    said: Data = {"article": report["article"], "period": report["period"]} | otherwise
    case.charges[0].update(said | {"label": LABELS[said["article"]], "class": "misdrijf", "maximum": {"years": 8}})
    return case


def confirmed(life: Life) -> None:
    """The case is what was reported, and goes to court."""
    skn = _works(life)
    case = _becomes_a_case(life, skn, _reported(life, skn))
    case.summon(workday(life.within(44, 60)))


def of_another_article(life: Life) -> None:
    """OM calls it by another article, on another day."""
    skn = _works(life)
    _becomes_a_case(life, skn, _reported(life, skn), article="Sr 300", period={"from": iso(20), "to": iso(20)})


def of_somebody_else(life: Life) -> None:
    """It was somebody else, who works in childcare as well."""
    first, second = _works(life), _works(life, 1)
    _becomes_a_case(life, second, _reported(life, first))


def taken_back(life: Life) -> None:
    """The police take their report back."""
    sent = reported_by_police(life, _works(life), life.within(26, 35))
    life.retract(sent, "another person of that name", life.within(38, 60))


def nothing_came_of_it(life: Life) -> None:
    """No case was ever registered."""
    reported_by_police(life, _works(life), life.within(26, 60))


def of_a_driver(life: Life) -> None:
    """Somebody who drives a taxi: the procedure is not for that."""
    skn = _works(life, feed=TAXI)
    _becomes_a_case(life, skn, _reported(life, skn))


STORIES = (confirmed, of_another_article, of_somebody_else, taken_back, nothing_came_of_it, of_a_driver)
