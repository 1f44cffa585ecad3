"""The facts that the rules of certificates ask for, and the places in messages where each stands.

- A field that is None is not told; `NONE` is told that there is none.
- What an application asks for beyond a profile or an aspect, such as that it is for a judge, no message tells: it is a gap.
- What one rule answers is a fact for the next.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from hervat.law.certificates.answers import Answer, answer_of, list_of
from hervat.law.certificates.purposes import PURPOSES, Group, Purpose
from hervat.law.dated import Span
from hervat.law.rule import Fact, Facts, Input, Origin, told
from hervat.law.screening.facts import Offence
from hervat.law.value import DAY, TEXT, YES_NO, Absent, Sort, Words, choice, or_none, plain
from hervat.person import is_partial_date

OUTCOMES = (
    *("open", "dismissed", "penalty-order"),
    *("convicted", "acquitted", "discharged", "guilty-without-penalty", "inadmissible", "summons-void", "not-competent"),
)


@dataclass(frozen=True, slots=True)
class Windows:
    """From which day on what an offence was, by its group, can count; each up to the decision, so without an end."""

    ordinary: Span
    serious_violence: Span
    organised: Span
    sexual: Span

    def of(self, group: str) -> tuple[Span, ...]:
        """The windows that an offence of a group may fall in; all of them where the group is unknown."""
        known = {Group.OTHER: self.ordinary, Group.SERIOUS_VIOLENCE: self.serious_violence, Group.ORGANISED: self.organised}
        if group == Group.UNKNOWN:
            return (*known.values(), self.sexual)
        return (self.sexual if group == Group.SEXUAL else known[Group(group)],)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What became of one entry: its day, its group, and which question decided: `outcome`, `window` or `purpose`."""

    day: date | None
    group: Group
    decided_by: str


def _span(given: Any) -> Span:
    if not isinstance(given, dict) or given.keys() != {"first", "until"}:
        raise ValueError("a period has first and until")
    first, until = (None if given[key] is None else DAY.read(given[key]) for key in ("first", "until"))
    if first is not None and until is not None and until < first:
        raise ValueError(f"a period from {first} cannot end on {until}")
    return Span(first, until)


def _birth(given: Any) -> str:
    text = TEXT.read(given)
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text) or not is_partial_date(text):
        raise ValueError("a day, a month or a year is wanted, such as 2004-02-29, 2004-02 or 2004")
    return text


def _windows(given: Any) -> Windows:
    if not isinstance(given, dict) or given.keys() != {"ordinary", "serious_violence", "organised", "sexual"}:
        raise ValueError("windows are ordinary, serious_violence, organised and sexual")
    return Windows(**{name: _span(one) for name, one in given.items()})


def _weighed(given: Any) -> Weighed:
    if not isinstance(given, dict) or given.keys() != {"day", "group", "decided_by"}:
        raise ValueError("what became of an entry has day, group and decided_by")
    return Weighed(None if given["day"] is None else DAY.read(given["day"]), Group(given["group"]), TEXT.read(given["decided_by"]))


PERIODS = list_of(Sort("period", plain, _span), "periods")
BIRTH_DAY = Sort("day, month or year", str, _birth)

ASKED_FOR = Input(
    "application.purposes",
    PURPOSES,
    Words(
        en="the profile or aspects that the certificate is asked for",
        nl="het profiel of de aspecten waarvoor de VOG wordt gevraagd",
    ),
    told_in=("certificate-requested.purposes",),
)
FUNCTION = Input(
    "application.function",
    or_none(TEXT),
    Words(en="the function, where it has a look-back of its own", nl="de functie, als die een eigen terugkijktermijn heeft"),
    told_in=("certificate-requested.function",),
)
APPLIED_ON = Input(
    "application.on",
    DAY,
    Words(en="the day of the application", nl="de dag van de aanvraag"),
    told_in=("certificate-requested.applied_on",),
)
BIRTH = Input(
    "applicant.birth",
    BIRTH_DAY,
    Words(en="the day of birth, or the month or year", nl="de geboortedag, of de maand of het jaar"),
    told_in=("certificate-requested.birth", "person-registered.identity.birth"),
)
CUSTODY = Input(
    "applicant.custody",
    PERIODS,
    Words(en="the periods spent in custody", nl="de perioden in detentie"),
    told_in=("sentence-started.started_on", "sentence-ended.ended_on"),
)
INTENDED = Input(
    "application.refusal_intended",
    YES_NO,
    Words(en="whether a person intends to refuse", nl="of een mens voornemens is te weigeren"),
    Origin.ACT,
)
STOOD_STILL = Input(
    "application.stood_still",
    PERIODS,
    Words(en="the periods in which the term stood still", nl="de perioden waarin de termijn was opgeschort"),
    Origin.ACT,
)
OUTCOME = Input(
    "entry.outcome",
    choice(*OUTCOMES),
    Words(en="how it ended, or that it is open", nl="hoe het afliep, of dat het nog loopt"),
    told_in=("judgment-given.verdicts.verdict", "case-dismissed.decided_on", "penalty-order-issued.issued_on"),
)
FINAL = Input(
    "entry.final",
    YES_NO,
    Words(en="whether the judgment is final", nl="of het vonnis onherroepelijk is"),
    told_in=("judgment-final.final_on",),
)
CODE = Input(
    "entry.dismissal_code",
    TEXT,
    Words(en="the code of the dismissal", nl="de sepotcode"),
    told_in=("case-dismissed.code",),
)
DECIDED_ON = Input(
    "entry.decided_on",
    or_none(DAY),
    Words(
        en="the day of the first decision on it: of the prosecution service, or of the court of first instance",
        nl="de dag van de eerste beslissing erover: van het OM, of van de rechter in eerste aanleg",
    ),
    told_in=("judgment-given.given_on", "case-dismissed.decided_on", "penalty-order-issued.issued_on"),
)
GROUP = Input(
    "offence.group",
    choice(*Group),
    Words(en="what the offence is for look-back", nl="wat het feit is voor de terugkijktermijn"),
    Origin.RULE,
)
LOOKBACK_ANSWER = Input(
    "lookback.answer",
    answer_of("answer of certificate.lookback", _windows),
    Words(en="the look-back windows of the application", nl="de terugkijktermijnen van de aanvraag"),
    Origin.RULE,
)
ENTRY_ANSWERS = Input(
    "objective.answers",
    list_of(answer_of("answer of certificate.objective", _weighed), "answers of certificate.objective"),
    Words(en="what became of every entry of the applicant here", nl="wat er van elk gegeven van de aanvrager hier werd"),
    Origin.RULE,
)
BLIND = Input(
    "register.blind",
    PERIODS,
    Words(
        en="the periods of which something may be missing that concerns the applicant",
        nl="de perioden waarvan iets kan ontbreken dat de aanvrager aangaat",
    ),
    Origin.JOURNAL,
)


@dataclass(frozen=True, kw_only=True)
class Application:
    """An application for a certificate: `function` is `NONE` where the purposes say all; `birth` may be a month or a year; `stood_still`
    are the periods that do not count in its term.
    """

    application: str
    purposes: tuple[Purpose, ...] | None = None
    function: str | Absent | None = None
    on: date | None = None
    birth: str | None = None
    custody: tuple[Span, ...] | None = None
    refusal_intended: bool | None = None
    stood_still: tuple[Span, ...] | None = None
    position: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it: several do."""
        return self._facts

    @cached_property
    def _facts(self) -> Facts:
        of_message: tuple[tuple[Input[Any], Any], ...] = (
            (ASKED_FOR, self.purposes), (FUNCTION, self.function), (APPLIED_ON, self.on), (BIRTH, self.birth),
        )  # fmt: skip
        of_others: tuple[tuple[Input[Any], Any], ...] = (
            (CUSTODY, self.custody), (INTENDED, self.refusal_intended), (STOOD_STILL, self.stood_still),
        )  # fmt: skip
        facts = {input.name: Fact(value, self.position) for input, value in of_message if value is not None}
        return facts | {input.name: Fact(value) for input, value in of_others if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One charge in the register and what became of it, or an offence of a foreign conviction. `about` names it for a person."""

    about: str
    outcome: str | None = None
    final: bool | None = None
    dismissal_code: str | None = None
    decided_on: date | Absent | None = None
    offence: Offence = field(default_factory=Offence)
    position: int | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        return (
            told(OUTCOME, self.outcome, self.position)
            | told(FINAL, self.final, self.position)
            | told(CODE, self.dismissal_code, self.position)
            | told(DECIDED_ON, self.decided_on, self.position)
        ) | dict(self.offence.facts())


LookbackAnswer = Answer[Windows]
EntryAnswer = Answer[Weighed]
