"""`grounds`: whether a request for disclosure rests on a ground, and which set that ground opens: the full one or the limited one.

The receivers are a closed list. A request names its article; whoever asks, or whoever is acted for by a mandate that runs, must be a
receiver of that article, and ask for its purpose; for staff vetting the person concerned has signed a consent. A private employer receives
nothing, on no ground and by no mandate.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hervat.law.disclosure.facts import (
    CONSENT,
    MANDATE,
    MANDATE_FROM,
    MANDATE_UNTIL,
    NAMED_ARTICLE,
    PURPOSE,
    REQUESTED_ON,
    REQUESTER,
    Request,
)
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import TEXT, TEXTS, YES_NO, Absent, Certainty, Outcome, Sort, Words


class Scope(StrEnum):
    """What a ground opens: all judicial data, or only final convictions within their windows (Wjsg 10-12)."""

    FULL = "full"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of disclosure: its article, who may receive, for which purposes, whether consent is needed, and what it opens."""

    article: str
    what: Words
    scope: Scope
    receivers: tuple[str, ...]
    purposes: tuple[str, ...]
    consent: bool
    certainty: Certainty
    source: str


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be given, on which article, to whom, for whom that acts (None: for itself), and for what; nothing else."""

    scope: Scope
    article: str
    receiver: str
    mandate_of: str | None
    purpose: str


_KEYS = {"article", "what", "scope", "receivers", "purposes", "consent", "certainty", "source"}


def _ground(given: Any) -> Ground:
    if not isinstance(given, dict) or given.keys() != _KEYS:
        raise ValueError(f"a ground has {', '.join(sorted(_KEYS))}")
    what = given["what"]
    if not isinstance(what, dict) or what.keys() != {"en", "nl"}:
        raise ValueError("a ground says what in en and nl")
    return Ground(
        article=TEXT.read(given["article"]),
        what=Words(en=TEXT.read(what["en"]), nl=TEXT.read(what["nl"])),
        scope=Scope(given["scope"]),
        receivers=TEXTS.read(given["receivers"]),
        purposes=TEXTS.read(given["purposes"]),
        consent=YES_NO.read(given["consent"]),
        certainty=Certainty(given["certainty"]),
        source=TEXT.read(given["source"]),
    )


def _grounds(given: Any) -> tuple[Ground, ...]:
    if not isinstance(given, list) or not given:
        raise ValueError("one or more grounds are wanted")
    found = tuple(map(_ground, given))
    if len({(one.article, role) for one in found for role in one.receivers}) < sum(len(one.receivers) for one in found):
        raise ValueError("a receiver stands there twice under one article")
    return found


GROUNDS: Sort[tuple[Ground, ...]] = Sort("grounds of disclosure", list, _grounds)
FULL = Parameter("grounds-full", GROUNDS)
LIMITED = Parameter("grounds-limited", GROUNDS)
NEVER = Parameter("never-receives", TEXTS)
NEEDS_CONSENT = Parameter("article-of-consent", TEXT)
NEEDS_MANDATE = Parameter("article-of-mandate", TEXT)


def _no(says: Words) -> Finding[Permission]:
    refused = Words(en=f"nothing is disclosed: {says.en}", nl=f"er wordt niets verstrekt: {says.nl}")
    return Finding(Outcome.NO, refused)


def _is_barred(asking: Asking, role: str, day: date, asked: str) -> bool:
    barred = role in asking.value(NEVER, day)
    asking.note(Step(asking.about(NEVER), asking.sources(NEVER), barred, (asked, NEVER.name)))
    return barred


def _on(asking: Asking, named: str, day: date) -> tuple[tuple[Ground, ...], Parameter[tuple[Ground, ...]]] | None:
    """The grounds of an article, and the list they stand in; the other list is looked at only where the first has none of it."""
    for grounds in (LIMITED, FULL):
        found = tuple(one for one in asking.value(grounds, day) if one.article == named)
        if found:
            return found, grounds
    return None


def _mandated(asking: Asking, day: date) -> Finding[Permission] | None:
    """The refusal where the mandate does not run on the day of the decision; it is asked again when it begins or ends."""
    article = asking.value(NEEDS_MANDATE, day)
    first = asking.need(MANDATE_FROM)
    until = asking.need(MANDATE_UNTIL) if first <= asking.on else first
    runs = first <= asking.on and (isinstance(until, Absent) or asking.on < until)
    asking.lasts_until(until if isinstance(until, date) and asking.on < until else None)
    asked = (MANDATE.name, MANDATE_FROM.name, *((MANDATE_UNTIL.name,) if first <= asking.on else ()), NEEDS_MANDATE.name)
    asking.note(Step(asking.about(NEEDS_MANDATE), article, runs, asked))
    if runs:
        return None
    return _no(
        Words(
            en=f"the mandate does not run on {asking.on} (it begins on {first} or has ended); {article}",
            nl=f"het mandaat loopt niet op {asking.on} (het begint op {first} of is geëindigd); {article}",
        )
    )


def _no_receiver(article: str, grounds: tuple[Ground, ...], receiver: str) -> Finding[Permission]:
    who = ", ".join(role for one in grounds for role in one.receivers)
    return _no(
        Words(
            en=f"{receiver} is no receiver under {article}, whose receivers are {who}",
            nl=f"{receiver} is geen ontvanger volgens {article}; dat zijn {who}",
        )
    )


def _for_purpose(asking: Asking, one: Ground, grounds: Parameter[Any]) -> Finding[Permission] | None:
    """The refusal where the purpose is not one that the receiver has under the ground."""
    purpose = asking.need(PURPOSE)
    fits = purpose in one.purposes
    says = Words(en="it is asked for a purpose of that ground", nl="het wordt gevraagd voor een doel van die grond")
    asking.note(Step(says, one.article, fits, (PURPOSE.name, grounds.name)))
    if fits:
        return None
    return _no(
        Words(
            en=f"{purpose} is no purpose of {one.article}, whose purposes are {', '.join(one.purposes)}",
            nl=f"{purpose} is geen doel van {one.article}; dat zijn {', '.join(one.purposes)}",
        )
    )


def _consented(asking: Asking, one: Ground, grounds: Parameter[Any], day: date) -> Finding[Permission] | None:
    """The refusal where a consent is needed and was not signed."""
    if not one.consent:
        return None
    article, given = asking.value(NEEDS_CONSENT, day), asking.need(CONSENT)
    asking.note(Step(asking.about(NEEDS_CONSENT), article, given, (CONSENT.name, NEEDS_CONSENT.name, grounds.name)))
    if given:
        return None
    return _no(
        Words(en=f"the person concerned signed no consent; {article}", nl=f"de betrokkene heeft niet schriftelijk toegestemd; {article}")
    )


def _version_1(asking: Asking) -> Finding[Permission]:
    day = asking.need(REQUESTED_ON)
    if asking.on < day:
        asking.lasts_until(day)
        return Finding(Outcome.CANNOT_SAY, _NOT_YET)
    requester = asking.need(REQUESTER)
    if _is_barred(asking, requester, day, REQUESTER.name):
        return _no(_BARRED)
    named = asking.need(NAMED_ARTICLE)
    if isinstance(named, Absent):
        return _no(_GROUNDLESS)
    found = _on(asking, named, day)
    if found is None:
        unknown = Words(
            en=f"{named} is no ground that is known here: a person looks at it, and nothing is disclosed on this",
            nl=f"{named} is geen grond die hier bekend is: een mens bekijkt het, en hierop wordt niets verstrekt",
        )
        return Finding(Outcome.CANNOT_SAY, unknown)
    of_article, grounds = found
    mandate = asking.need(MANDATE)
    mandate_of = None if isinstance(mandate, Absent) else mandate
    receiver, asked = (requester, REQUESTER.name) if mandate_of is None else (mandate_of, MANDATE.name)
    if mandate_of is not None and _is_barred(asking, mandate_of, day, MANDATE.name):
        return _no(_BARRED)
    one = next((ground for ground in of_article if receiver in ground.receivers), None)
    what = of_article[0].what if one is None else one.what
    asking.note(Step(what, named, one is not None, (NAMED_ARTICLE.name, asked, grounds.name)))
    if one is None:
        return _no_receiver(named, of_article, receiver)
    refusal = _for_purpose(asking, one, grounds) or (None if mandate_of is None else _mandated(asking, day))
    refusal = refusal or _consented(asking, one, grounds, day)
    if refusal is not None:
        return refusal
    granted = Permission(one.scope, one.article, requester, mandate_of, asking.need(PURPOSE))
    return Finding(Outcome.YES, _SAYS[one.scope], granted)


_NOT_YET = Words(en="the request is made after the day of the decision", nl="het verzoek is gedaan na de dag van de beslissing")
_BARRED = Words(
    en="a private employer never receives judicial data; a certificate of conduct (Wjsg 28) is what it may ask for",
    nl="een particuliere werkgever ontvangt nooit justitiële gegevens; hij kan om een verklaring omtrent het gedrag vragen (Wjsg 28)",
)
_GROUNDLESS = Words(en="the request names no article it rests on", nl="het verzoek noemt geen artikel waarop het berust")
_SAYS = {
    Scope.FULL: Words(
        en="all judicial data may be given, for this purpose only",
        nl="alle justitiële gegevens mogen worden verstrekt, alleen voor dit doel",
    ),
    Scope.LIMITED: Words(
        en="only final convictions within their windows may be given, for this purpose only",
        nl="alleen onherroepelijke veroordelingen binnen hun termijn mogen worden verstrekt, alleen voor dit doel",
    ),
}

REQUESTED = Rule[Permission](
    name="disclosure.grounds",
    package=__package__,
    file="grounds.toml",
    dated_by=REQUESTED_ON,
    inputs=(NAMED_ARTICLE, PURPOSE, REQUESTER, REQUESTED_ON, MANDATE, MANDATE_FROM, MANDATE_UNTIL, CONSENT),
    parameters=(LIMITED, FULL, NEVER, NEEDS_CONSENT, NEEDS_MANDATE),
    versions={1: _version_1},
)


def grounds(request: Request, *, on: date, horizon: Horizon | None = None) -> Result[Permission]:
    """Whether a request rests on a ground on the day of a decision, and what that opens: yes, or no with the article."""
    return REQUESTED.apply(request.facts(), on=on, horizon=horizon)
