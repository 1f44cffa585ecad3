"""`applied`: under which law somebody was convicted, of which no message tells: for adults or for youth.

Who was certainly under sixteen is judged under the law for youth, who was certainly twenty-three or more under that for adults; in between
a sentence that only one of the two has tells. What neither tells is not told. Whoever has an age is no legal person.
"""

from datetime import date

from hervat.law.disclosure.conviction import ADULT, GIVEN_ON, YOUTH
from hervat.law.retention.facts import SENTENCES
from hervat.law.rule import Asking, Finding, Horizon, Input, Origin, Parameter, Result, Rule, Step, told
from hervat.law.value import NONE, TEXTS, WHOLE, Absent, Outcome, Words, or_none

AT_LEAST = Input(
    "conviction.age_at_least",
    or_none(WHOLE),
    Words(
        en="the least age on the first day of the offence, none where no birth is known",
        nl="de leeftijd op de eerste dag van het feit is minstens; geen als geen geboorte bekend is",
    ),
    Origin.JOURNAL,
)
AT_MOST = Input(
    "conviction.age_at_most",
    or_none(WHOLE),
    Words(
        en="the greatest age on the first day of the offence, none where no birth is known",
        nl="de leeftijd op de eerste dag van het feit is hoogstens; geen als geen geboorte bekend is",
    ),
    Origin.JOURNAL,
)
YOUTH_BELOW = Parameter("youth-below", WHOLE)
ADULT_FROM = Parameter("adult-from", WHOLE)
OF_YOUTH_ALONE = Parameter("kinds-of-youth", TEXTS)
OF_ADULTS_ALONE = Parameter("kinds-of-adults", TEXTS)


def _found(law: str) -> Finding[str]:
    return Finding(Outcome.YES, Words(en=f"the law for {law}", nl=f"het recht voor {'jeugd' if law == YOUTH else 'volwassenen'}"), law)


def _version_1(asking: Asking) -> Finding[str]:
    day, least, most = asking.need(GIVEN_ON), asking.need(AT_LEAST), asking.need(AT_MOST)
    for law, age, bound in ((YOUTH, most, YOUTH_BELOW), (ADULT, least, ADULT_FROM)):
        edge = asking.value(bound, day)
        holds = not isinstance(age, Absent) and (age < edge) == (law == YOUTH)
        asking.note(Step(asking.about(bound), asking.sources(bound), holds, (AT_LEAST.name, AT_MOST.name, bound.name)))
        if holds:
            return _found(law)
    kinds, only = asking.need(SENTENCES), list[str]()
    for law, listed in ((YOUTH, OF_YOUTH_ALONE), (ADULT, OF_ADULTS_ALONE)):
        names = asking.value(listed, day)
        holds = any(kind in names for kind in kinds)
        asking.note(Step(asking.about(listed), asking.sources(listed), holds, (SENTENCES.name, listed.name)))
        only += [law] if holds else []
    if len(only) == 1:
        return _found(*only)
    says = Words(en="neither age nor sentence tells under which law", nl="leeftijd noch straf vertelt volgens welk recht")
    return Finding(Outcome.CANNOT_SAY, says)


APPLIED = Rule[str](
    name="disclosure.applied-law",
    package=__package__,
    file="applied.toml",
    dated_by=GIVEN_ON,
    inputs=(GIVEN_ON, AT_LEAST, AT_MOST, SENTENCES),
    parameters=(YOUTH_BELOW, ADULT_FROM, OF_YOUTH_ALONE, OF_ADULTS_ALONE),
    versions={1: _version_1},
)


def applied(
    given_on: date | None,
    ages: tuple[int, int] | None,
    sentences: tuple[str, ...] | None,
    *,
    position: int | None = None,
    on: date,
    horizon: Horizon | None = None,
) -> Result[str]:
    """Under which law a conviction fell, where that can be told; `ages` are the least and the greatest that it can be."""
    least, most = (NONE, NONE) if ages is None else ages
    facts = told(GIVEN_ON, given_on, position) | told(SENTENCES, sentences, position) | told(AT_LEAST, least) | told(AT_MOST, most)
    return APPLIED.apply(facts, on=on, horizon=horizon)
