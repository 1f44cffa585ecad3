"""Invented facts for the rules of retention: an offence of a misdrijf, how it ended, and the person."""

from datetime import date

from hervat.case import Duration
from hervat.law.retention import NONE, Ending, Known, Later, Offence, Person

ALL_KNOWN = Known(complete_until=date(2200, 1, 1))
YEARS = {many: Duration(years=many) for many in (1, 4, 6, 8, 12, 20, 21, 30, 40, 41)}
LIFE = Duration(life=True)


def offence(
    article: str = "Sr 310", maximum: Duration | None = YEARS[4], first: date = date(2001, 1, 1), last: date | None = None
) -> Offence:
    return Offence(class_="misdrijf", article=article, maximum=maximum, from_=first, to=last or first, position=1)


def judged(on: date, custody: Duration | None = None) -> Ending:
    return Ending(by="judgment", judged_on=on, custody=custody or NONE, position=2)


def dismissed(on: date, lapsed_on: date | None = None) -> Ending:
    return Ending(by="dismissal", dismissed_on=on, lapsed_on=lapsed_on or NONE, position=2)


def executed(on: date | None) -> Ending:
    return Ending(by="penalty-order", executed_on=on or NONE, position=2)


def person(*later: tuple[date, Duration | None], died_on: date | None = None) -> Person:
    return Person(died_on=died_on or NONE, judged_later=tuple(Later(judged_on=on, maximum=maximum) for on, maximum in later), legal=False)


ALONE = person()
