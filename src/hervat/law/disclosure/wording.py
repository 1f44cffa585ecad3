"""`wording`: what the words of a request are among the words that the grounds know.

A request names who asks, whom that acts for and what for in words of its own. They are read by lists, whole and without regard to capitals;
what is in no list is not guessed: then it cannot be said, and whoever answers tells it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from hervat.law.disclosure.facts import REQUESTED_ON
from hervat.law.rule import Asking, Facts, Finding, Horizon, Input, Parameter, Result, Rule, Step, told
from hervat.law.value import TEXT, TEXTS, Absent, Outcome, Sort, Words, or_none

REQUESTER_GIVEN = Input(
    "request.requester_as_given",
    TEXT,
    Words(en="who asks, in the words of the request", nl="wie erom vraagt, in de woorden van het verzoek"),
    told_in=("disclosure-requested.requester",),
)
PURPOSE_GIVEN = Input(
    "request.purpose_as_given",
    TEXT,
    Words(en="the purpose, in the words of the request", nl="het doel, in de woorden van het verzoek"),
    told_in=("disclosure-requested.purpose",),
)
MANDATE_GIVEN = Input(
    "request.mandate_as_given",
    or_none(TEXT),
    Words(en="for whom the request is made, in its words", nl="namens wie wordt gevraagd, in de woorden van het verzoek"),
    told_in=("disclosure-requested.mandate",),
)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of the grounds: who asks, whom it acts for (`NONE`: nobody), what for. None is in no list."""

    requester: str | None
    mandate: str | Absent | None
    purpose: str | None


def _read(given: Any) -> dict[str, str]:
    """What each of the words means, from texts such as `IND: Immigratie- en Naturalisatiedienst; immigration service`."""
    found: dict[str, str] = {}
    for text in TEXTS.read(given):
        means, _, others = text.partition(": ")
        for words in (means, *filter(None, others.split("; "))):
            if found.setdefault(_folded(words), means) != means:
                raise ValueError(f"{words!r} means two things")
    return found


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()


WORDS: Sort[dict[str, str]] = Sort("words with what they mean", list, _read)
REQUESTERS = Parameter("requesters", WORDS)
PURPOSES = Parameter("purposes", WORDS)


def _version_1(asking: Asking) -> Finding[Wording]:
    day, unknown = asking.need(REQUESTED_ON), list[str]()

    def means(words: str, listed: Parameter[dict[str, str]], input: Input[Any]) -> str | None:
        found = asking.value(listed, day).get(_folded(words))
        says = Words(en=f"{words}: {found or 'in no list'}", nl=f"{words}: {found or 'in geen lijst'}")
        asking.note(Step(says, asking.sources(listed), found is not None or None, (input.name, listed.name)))
        if found is None:
            unknown.append(words)
        return found

    requester = means(asking.need(REQUESTER_GIVEN), REQUESTERS, REQUESTER_GIVEN)
    purpose = means(asking.need(PURPOSE_GIVEN), PURPOSES, PURPOSE_GIVEN)
    acted_for = asking.read(MANDATE_GIVEN)
    mandate = acted_for if acted_for is None or isinstance(acted_for, Absent) else means(acted_for, REQUESTERS, MANDATE_GIVEN)
    wording = Wording(requester, mandate, purpose)
    if not unknown:
        return Finding(Outcome.YES, Words(en="the words are known", nl="de woorden zijn bekend"), wording)
    which = ", ".join(unknown)
    return Finding(Outcome.CANNOT_SAY, Words(en=f"in no list: {which}", nl=f"in geen lijst: {which}"), wording)


WORDED = Rule[Wording](
    name="disclosure.wording",
    package=__package__,
    file="wording.toml",
    dated_by=REQUESTED_ON,
    inputs=(REQUESTED_ON, REQUESTER_GIVEN, PURPOSE_GIVEN, MANDATE_GIVEN),
    parameters=(REQUESTERS, PURPOSES),
    versions={1: _version_1},
)


def wording(given: Facts, *, on: date, horizon: Horizon | None = None) -> Result[Wording]:
    """What the words of a request are among those of the grounds on the day of a decision; `given` are of `given_in`."""
    return WORDED.apply(given, on=on, horizon=horizon)


def given_in(requester: str, purpose: str, mandate: str | Absent | None, requested_on: date, position: int | None) -> Facts:
    """The words of a request, as the rule asks for them."""
    return (
        told(REQUESTED_ON, requested_on, position)
        | told(REQUESTER_GIVEN, requester, position)
        | told(PURPOSE_GIVEN, purpose, position)
        | told(MANDATE_GIVEN, mandate, position)
    )
