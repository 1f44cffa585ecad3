"""`lookback`: how far back an application for a certificate looks.

What the certificate is for decides the number of years; under 23 it is fewer, but not for sex offences, serious violence and
organised crime; custody inside the window lengthens it. So there is a window for each group of offences.

- What the function is, or the age, may not be told. Then the answer is cannot-say and has the longest windows that it could be:
  what lies outside those counts in no case.
- A purpose that no table has is named and gets no window.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from hervat.law.certificates.facts import APPLIED_ON, ASKED_FOR, BIRTH, CUSTODY, FUNCTION, Application, Windows
from hervat.law.certificates.periods import lengthened, years_after, years_before
from hervat.law.certificates.purposes import PURPOSES, YEARS, YEARS_BY_NAME, Purpose
from hervat.law.dated import Span
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import WHOLE, YES_NO, Absent, Outcome, Words, choice

KNOWN = Parameter("purposes", PURPOSES)
KNOWN_TOO = Parameter("purposes-not-read", PURPOSES)
DEFAULT_YEARS = Parameter("years", WHOLE)
PURPOSE_YEARS = Parameter("years-by-purpose", YEARS_BY_NAME)
FUNCTION_YEARS = Parameter("years-by-function", YEARS_BY_NAME)
SEXUAL_YEARS = Parameter("years-sexual", YEARS)
YOUNG_AGE = Parameter("young-under-age", WHOLE)
YOUNG_YEARS = Parameter("years-young", WHOLE)
YOUNG_SERIOUS_YEARS = Parameter("years-young-serious-violence", WHOLE)
YOUNG_ORGANISED_YEARS = Parameter("years-young-organised", WHOLE)
YOUNG_SHORTENS_OWN = Parameter("young-shortens-own-years", YES_NO)
YOUNG_ON = Parameter("young-on", choice("application", "decision"))
COUNTED_FROM = Parameter("counted-back-from", choice("application", "decision"))
LENGTHENS_AGAIN = Parameter("custody-lengthens-again", YES_NO)

_ARTICLE = "policy rules for the certificate of conduct, look-back"


@dataclass(frozen=True, slots=True)
class _Application:
    """One application of the rule, on the day of the application, by which its values are chosen."""

    asking: Asking
    on: date

    def counted_from(self) -> date:
        """The day from which is counted back. What is counted from the day of the decision is another window on the next day."""
        if self.asking.value(COUNTED_FROM, self.on) == "application":
            return self.on
        self.asking.lasts_until(self.asking.on + timedelta(days=1) if self.asking.on < date.max else None)
        return self.asking.on

    def own_years(self, purposes: tuple[Purpose, ...], function: str | Absent | None) -> int | None:
        """The most years that a purpose or the function has of its own; None where neither has. A function that is not told may be
        any.
        """
        by_purpose, by_function = (self.asking.value(table, self.on) for table in (PURPOSE_YEARS, FUNCTION_YEARS))
        years = [by_purpose[one.told] for one in purposes if one.told in by_purpose]
        if function is None:
            years += by_function.values()
        elif not isinstance(function, Absent):
            years.append(by_function[function])
        return max(years, default=None)

    def young(self) -> bool | None:
        """Whether the applicant is under 23; None where that is not told, or a month or year of birth leaves it open."""
        birth = self.asking.read(BIRTH)
        if birth is None:
            return None
        age = self.asking.value(YOUNG_AGE, self.on)
        birthdays = [years_after(one, age) for one in _first_and_last(birth)]
        day = self.on
        if self.asking.value(YOUNG_ON, self.on) == "decision":
            day = self.asking.on
            for birthday in birthdays:
                self.asking.lasts_until(birthday if birthday > day else None)
        answers = {day < birthday for birthday in birthdays}
        young = answers.pop() if len(answers) == 1 else None

        def step() -> Step:
            says = Words(en=f"the applicant is under {age} on {day}", nl=f"de aanvrager is op {day} jonger dan {age}")
            return Step(says, _ARTICLE, young, (BIRTH.name, YOUNG_AGE.name, YOUNG_ON.name))

        self.asking.note(step)
        return young

    def years(self, own: int | None, young: bool | None) -> tuple[int, int, int]:
        """The years for any offence, for serious violence, and for organised crime."""
        usual = self.asking.value(DEFAULT_YEARS, self.on) if own is None else own
        if not young or (own is not None and not self.asking.value(YOUNG_SHORTENS_OWN, self.on)):
            return usual, usual, usual
        short, serious, organised = (
            self.asking.value(years, self.on) for years in (YOUNG_YEARS, YOUNG_SERIOUS_YEARS, YOUNG_ORGANISED_YEARS)
        )
        # Before organised crime was taken out of the shorter term it had that term, whatever the purpose.
        return short, max(serious, own or serious), max(organised, own or organised) if organised > short else short

    def window(self, years: int | Absent, custody: tuple[Span, ...], words: Words) -> Span:
        """The window of a number of years, lengthened by the custody in it."""
        if isinstance(years, Absent):
            return Span()
        last = self.counted_from()
        first = years_before(last, years)
        begins = lengthened(first, last, custody, again=self.asking.value(LENGTHENS_AGAIN, self.on)) if custody else first

        def step() -> Step:
            days = (first - begins).days
            says = Words(
                en=f"{words.en}: {years} years before {last} and {days} days of custody, from {begins}",
                nl=f"{words.nl}: {years} jaar voor {last} en {days} dagen detentie, vanaf {begins}",
            )
            return Step(says, _ARTICLE, True, (ASKED_FOR.name, CUSTODY.name, COUNTED_FROM.name))

        self.asking.note(step)
        return Span(begins)


def _first_and_last(birth: str) -> tuple[date, date]:
    """The first and last day that a day, month or year of birth may be."""
    first = date.fromisoformat(birth + "0000-01-01"[len(birth) :])
    match birth.count("-"):
        case 0:
            return first, first.replace(month=12, day=31)
        case 1:
            return first, first.replace(day=monthrange(first.year, first.month)[1])
        case _:
            return first, first


def _unknown(asking: Asking, applied_on: date, purposes: tuple[Purpose, ...], function: str | Absent | None) -> Words | None:
    """What is not in any table here, in words; None where everything is."""
    strange = [one.told for one in purposes if one not in asking.value(KNOWN, applied_on)]
    # Asked for only where it can make a difference: it was not read, and is named where it is used.
    if strange:
        known = {one.told for one in asking.value(KNOWN_TOO, applied_on)}
        strange = [name for name in strange if name not in known]
    if isinstance(function, str) and function not in asking.value(FUNCTION_YEARS, applied_on):
        strange.append(function)
    if not purposes:
        return Words(en="the application names no profile and no aspect", nl="de aanvraag noemt geen profiel en geen aspect")
    if not strange:
        return None
    return Words(en=f"not in any table here: {', '.join(strange)}", nl=f"in geen tabel hier: {', '.join(strange)}")


def _version_1(asking: Asking) -> Finding[Windows]:
    applied_on, purposes = asking.need(APPLIED_ON), asking.need(ASKED_FOR)
    if applied_on > asking.on:
        asking.lasts_until(applied_on)
        return Finding(Outcome.CANNOT_SAY, Words(
            en="the application lies after the decision",
            nl="de aanvraag ligt na de beslissing",
        ))
    function = asking.read(FUNCTION)
    unknown = _unknown(asking, applied_on, purposes, function)
    if unknown is not None:
        asking.note(Step(unknown, _ARTICLE, None, (ASKED_FOR.name, FUNCTION.name, *((KNOWN.name,) if purposes else ()))))
        return Finding(Outcome.CANNOT_SAY, unknown)
    custody, one = asking.need(CUSTODY), _Application(asking, applied_on)
    own, young = one.own_years(purposes, function), one.young()
    ordinary, serious, organised = one.years(own, young)
    windows = Windows(
        ordinary=one.window(ordinary, custody, Words(en="any offence", nl="elk feit")),
        serious_violence=one.window(serious, custody, Words(en="serious violence", nl="ernstig geweld")),
        organised=one.window(organised, custody, Words(en="organised crime", nl="georganiseerde criminaliteit")),
        sexual=one.window(asking.value(SEXUAL_YEARS, applied_on), custody, Words(en="sex offences", nl="zedenmisdrijven")),
    )
    if young is None:
        says = Words(
            en="whether the shorter look-back of the young holds is open",
            nl="of de kortere termijn voor jongeren geldt, is open",
        )
        return Finding(Outcome.CANNOT_SAY, says, windows)
    says = Words(en=f"what counts is from {windows.ordinary.first} on", nl=f"wat telt, is van {windows.ordinary.first} of later")
    return Finding(Outcome.YES, says, windows)


LOOKBACK = Rule[Windows](
    name="certificate.lookback",
    package=__package__,
    file="lookback.toml",
    dated_by=APPLIED_ON,
    inputs=(ASKED_FOR, FUNCTION, APPLIED_ON, BIRTH, CUSTODY),
    parameters=(
        *(KNOWN, KNOWN_TOO, DEFAULT_YEARS, PURPOSE_YEARS, FUNCTION_YEARS, SEXUAL_YEARS),
        *(YOUNG_AGE, YOUNG_YEARS, YOUNG_SERIOUS_YEARS, YOUNG_ORGANISED_YEARS, YOUNG_SHORTENS_OWN, YOUNG_ON),
        *(COUNTED_FROM, LENGTHENS_AGAIN),
    ),
    versions={1: _version_1},
)


def lookback(application: Application, *, on: date, horizon: Horizon | None = None) -> Result[Windows]:
    """How far back an application looks, in a decision on a day: yes where every window is sure."""
    return LOOKBACK.apply(application.facts(), on=on, horizon=horizon)
