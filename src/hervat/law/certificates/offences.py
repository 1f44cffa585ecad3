"""`group`: what an offence is for the look-back of a certificate.

Sex offences, serious violence and organised crime have look-back windows of their own; every other offence has the ordinary one. An
article that no list has is of an unknown group: it is never taken for an ordinary offence.
"""

from collections.abc import Callable
from datetime import date

from hervat.law.articles import ARTICLES, Article, article
from hervat.law.certificates.purposes import Group
from hervat.law.offences import (
    ARTICLE,
    CLASS,
    DONE_FROM,
    DONE_TO,
    ECRIS,
    ECRIS_NOT_SEXUAL,
    ECRIS_SEXUAL,
    EXPLOITATION,
    FORCED,
    MAXIMUM,
    SERIOUS_MONTHS,
    SEXUAL,
    SEXUAL_TOO,
    VIOLENT,
    Done,
    serious,
    sexual,
)
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule
from hervat.law.screening.facts import Offence
from hervat.law.value import TEXTS, Absent, Outcome, Words

ORGANISED = Parameter("organised-articles", ARTICLES)
ORDINARY = Parameter("other-articles", ARTICLES)
ECRIS_ORDINARY = Parameter("ecris-other", TEXTS)

_SAYS = {
    Group.SEXUAL: Words(en="a sex offence", nl="een zedenmisdrijf"),
    Group.SERIOUS_VIOLENCE: Words(en="serious violence", nl="een ernstig geweldsmisdrijf"),
    Group.ORGANISED: Words(en="organised crime", nl="georganiseerde criminaliteit"),
    Group.OTHER: Words(en="an offence with the ordinary look-back", nl="een feit met de gewone terugkijktermijn"),
    Group.UNKNOWN: Words(
        en="it is in no list here: a person assesses it",
        nl="het staat in geen lijst hier: een mens beoordeelt het",
    ),
}


def _group(asking: Asking) -> Group:
    first, last = asking.need(DONE_FROM), asking.need(DONE_TO)
    named, code = asking.need(ARTICLE), asking.need(ECRIS)
    if last < first:
        return Group.UNKNOWN
    done = Done(asking, first, last)
    # A code of a sex offence decides by itself, also beside an article that is none.
    if isinstance(code, str) and done.coded(code, ECRIS_SEXUAL) is not False:
        return Group.SEXUAL
    if isinstance(named, Absent):
        return Group.OTHER if isinstance(code, str) and done.coded(code, ECRIS_ORDINARY) else Group.UNKNOWN
    one = article(named)
    return Group.UNKNOWN if one is None else _group_of_article(done, one, code)


def _group_of_article(done: Done, one: Article, code: str | Absent) -> Group:
    """The first of these questions that is not answered no decides."""
    questions: tuple[tuple[Callable[[], bool | None], Group], ...] = (
        (lambda: sexual(done, one, code), Group.SEXUAL),
        (lambda: serious(done, one), Group.SERIOUS_VIOLENCE),
        (lambda: done.among(one, ORGANISED), Group.ORGANISED),
        (lambda: done.asking.need(CLASS) == "overtreding", Group.OTHER),
        (lambda: done.among(one, VIOLENT), Group.OTHER),
        (lambda: done.among(one, ORDINARY), Group.OTHER),
    )
    for question, group in questions:
        holds = question()
        if holds is not False:
            return group if holds else Group.UNKNOWN
    return Group.UNKNOWN


def _version_1(asking: Asking) -> Finding[Group]:
    group = _group(asking)
    outcome = {Group.OTHER: Outcome.NO, Group.UNKNOWN: Outcome.CANNOT_SAY}.get(group, Outcome.YES)
    return Finding(outcome, _SAYS[group], group)


OFFENCE = Rule[Group](
    name="certificate.offence",
    package=__package__,
    file="offences.toml",
    dated_by=DONE_FROM,
    inputs=(ARTICLE, CLASS, MAXIMUM, ECRIS, DONE_FROM, DONE_TO, FORCED),
    parameters=(
        *(SEXUAL, SEXUAL_TOO, EXPLOITATION, VIOLENT, SERIOUS_MONTHS, ORGANISED, ORDINARY),
        *(ECRIS_SEXUAL, ECRIS_NOT_SEXUAL, ECRIS_ORDINARY),
    ),
    versions={1: _version_1},
)


def offence_group(offence: Offence, *, on: date, horizon: Horizon | None = None) -> Result[Group]:
    """What an offence is for look-back: yes where it has a window of its own, no where it has the ordinary one."""
    return OFFENCE.apply(offence.facts(), on=on, horizon=horizon)
