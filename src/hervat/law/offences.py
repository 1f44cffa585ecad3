"""An offence as rules ask for it, and the questions that more than one asks: is it a sex offence, is it serious violence.

The lists and bounds are values of the rule that asks, in its own file under these names: two laws may draw the line elsewhere.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from hervat.case import Duration
from hervat.law.articles import ARTICLES, Article, Articles
from hervat.law.rule import Asking, Input, Parameter, Step
from hervat.law.value import DAY, LENGTH, TEXT, TEXTS, WHOLE, YES_NO, Absent, Words, choice, or_none

ARTICLE = Input(
    "offence.article",
    or_none(TEXT),
    Words(en="the article of the offence", nl="het artikel van het strafbare feit"),
    told_in=("case-registered.charges.article", "charges-amended.charges.article", "emergency-report.article"),
)
CLASS = Input(
    "offence.class",
    choice("misdrijf", "overtreding"),
    Words(en="the class of the offence", nl="of het een misdrijf of een overtreding is"),
    told_in=("case-registered.charges.class", "charges-amended.charges.class"),
)
MAXIMUM = Input(
    "offence.maximum",
    LENGTH,
    Words(en="the longest custody that the law sets on the offence", nl="de langste vrijheidsstraf die de wet op het feit stelt"),
    told_in=("case-registered.charges.maximum", "charges-amended.charges.maximum"),
)
ECRIS = Input(
    "offence.ecris",
    or_none(TEXT),
    Words(en="the ECRIS code of the offence", nl="de ECRIS-code van het feit"),
    told_in=("case-registered.charges.ecris", "charges-amended.charges.ecris", "foreign-conviction-notified.offences.ecris"),
)
DONE_FROM = Input(
    "offence.from",
    DAY,
    Words(en="the first day on which it was done", nl="de eerste dag waarop het is begaan"),
    told_in=("case-registered.charges.period.from", "foreign-conviction-notified.offences.date", "emergency-report.period.from"),
)
DONE_TO = Input(
    "offence.to",
    DAY,
    Words(en="the last day on which it was done", nl="de laatste dag waarop het is begaan"),
    told_in=("case-registered.charges.period.to", "foreign-conviction-notified.offences.date", "emergency-report.period.to"),
)
FORCED = Input(
    "offence.forced_prostitution",
    YES_NO,
    Words(en="whether somebody was forced into prostitution", nl="of iemand tot prostitutie werd gedwongen"),
    told_in=("case-registered.charges.forced_prostitution", "charges-amended.charges.forced_prostitution"),
)

SEXUAL = Parameter("sexual-articles", ARTICLES)
SEXUAL_TOO = Parameter("sexual-articles-further", ARTICLES)
EXPLOITATION = Parameter("exploitation-articles", ARTICLES)
VIOLENT = Parameter("violent-articles", ARTICLES)
SERIOUS_MONTHS = Parameter("serious-above-months", WHOLE)
ECRIS_SEXUAL = Parameter("ecris-sexual", TEXTS)
ECRIS_NOT_SEXUAL = Parameter("ecris-exploitation-not-sexual", TEXTS)


@dataclass(frozen=True, slots=True)
class Done:
    """The offence as far as it is told: its days, its article, and its ECRIS code."""

    asking: Asking
    first: date
    last: date

    def among(self, one: Article, parameter: Parameter[Articles]) -> bool | None:
        """Whether an article is in a list; None where that differs between the days on which it was done."""
        listed = self.asking.value_between(parameter, self.first, self.last)
        return self._noted({one in articles for articles in listed}, parameter, ARTICLE.name)

    def coded(self, code: str, parameter: Parameter[tuple[str, ...]]) -> bool | None:
        """Whether an ECRIS code begins as one of a list does."""
        listed = self.asking.value_between(parameter, self.first, self.last)
        return self._noted({code.startswith(codes) for codes in listed}, parameter, ECRIS.name)

    def longer(self, maximum: Duration) -> bool | None:
        """Whether custody may be longer than the bound of serious violence."""
        bounds = self.asking.value_between(SERIOUS_MONTHS, self.first, self.last)
        return self._noted({_longer(maximum, months) for months in bounds}, SERIOUS_MONTHS, MAXIMUM.name)

    def _noted(self, answers: set[bool], parameter: Parameter[Any], asked: str) -> bool | None:
        holds = answers.pop() if len(answers) == 1 else None
        rests_on = (asked, DONE_FROM.name, DONE_TO.name, parameter.name)
        self.asking.note(Step(self.asking.about(parameter), self.asking.sources(parameter), holds, rests_on))
        return holds


def sexual(done: Done, one: Article, code: str | Absent) -> bool | None:
    """Whether an article, with the ECRIS code beside it, is that of a sex offence; None where it cannot be said."""
    for parameter in (SEXUAL, SEXUAL_TOO):
        listed = done.among(one, parameter)
        if listed is not False:
            return listed
    exploitation = done.among(one, EXPLOITATION)
    if not exploitation:
        return exploitation
    if isinstance(code, str) and done.coded(code, ECRIS_NOT_SEXUAL):
        return False
    forced = done.asking.read(FORCED)
    says = Words(en="somebody was forced into prostitution", nl="iemand werd tot prostitutie gedwongen")
    done.asking.note(Step(says, "Sr 273f", forced, (FORCED.name,)))
    return forced


def serious(done: Done, one: Article) -> bool | None:
    """Whether it is violence whose maximum is above the bound of serious violence; None where it cannot be said."""
    violent = done.among(one, VIOLENT)
    if not violent:
        return violent
    maximum = done.asking.read(MAXIMUM)
    return None if maximum is None else done.longer(maximum)


def _longer(maximum: Duration, months: int) -> bool:
    """Whether custody may be longer than a number of months; weeks and days beside years decide where they stand exactly on it."""
    whole = 12 * (maximum.years or 0) + (maximum.months or 0)
    return maximum.life is True or whole > months or (whole == months and bool(maximum.weeks or maximum.days))
