"""The facts that the rules of immigration ask for, and the places in messages where each stands.

- What is told of a person is two lists: the decisions that impose something, and the charges with their outcome. An empty list says that
  there are none; a part that is None is not told, and where it could decide, the rules answer cannot-say.
- `blind` are the sources that are not complete up to the day of the decision; the register says so itself.
- Money is in whole cents. Days are legal days. `position` is that of the entry in the journal that told it.
"""

from dataclasses import dataclass
from datetime import date
from typing import get_args

from hervat.case import Duration
from hervat.law.immigration.records import listed, maybe, record
from hervat.law.rule import Facts, Input, Origin, told
from hervat.law.value import DAY, LENGTH, TEXT, TEXTS, WHOLE, YES_NO, Words, choice
from hervat.outcome import SentenceKind

GROUNDS = ("regular", "asylum", "eu-citizen", "long-term-resident")
KINDS_OF_DECISION = ("first-admission", "renewal", "withdrawal")
AUTHORITIES = ("judgment", "penalty-order", "foreign")
CLASSES = ("misdrijf", "overtreding")
UNLAWFUL_GAIN = "unlawful-gain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """An offence on which a decision imposes something: its class, the longest custody that the law sets on it, and the first and last day
    on which it was done.
    """

    class_: str | None = None
    maximum: Duration | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What was imposed: its kind (a kind of sentence, or `unlawful-gain`), the whole of it, the part that is conditional, and the days of
    that part that were carried out after all. `ended_on`: the last day of carrying it out. `remitted`: a pardon took some or all.
    """

    kind: str
    whole: Duration | None = None
    conditional: Duration | None = None
    cents: int | None = None
    enforced_days: int = 0
    ended_on: date | None = None
    remitted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision that imposes something: the judgment or penalty order that counts now, or a foreign conviction. `final_on` is None while
    it is not final.
    """

    key: str
    by: str
    final_on: date | None
    offences: tuple[Offence, ...]
    sentences: tuple[Sentence, ...]
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A charge with the outcome that counts now, and the day on which that became final (None: it is not)."""

    key: str
    class_: str | None
    outcome: str
    final_on: date | None = None
    position: int | None = None


_OFFENCE = record("offence", Offence, class_=maybe(choice(*CLASSES)), maximum=maybe(LENGTH), first=maybe(DAY), last=maybe(DAY))
_SENTENCE = record(
    "sentence",
    Sentence,
    kind=choice(*get_args(SentenceKind), UNLAWFUL_GAIN),
    whole=maybe(LENGTH),
    conditional=maybe(LENGTH),
    cents=maybe(WHOLE),
    enforced_days=WHOLE,
    ended_on=maybe(DAY),
    remitted=YES_NO,
)
_DECISION = record(
    "decision",
    Decision,
    key=TEXT,
    by=choice(*AUTHORITIES),
    final_on=maybe(DAY),
    offences=listed("offences", _OFFENCE),
    sentences=listed("sentences", _SENTENCE),
    position=maybe(WHOLE),
)
_CHARGE = record(
    "charge",
    Charge,
    key=TEXT,
    class_=maybe(choice(*CLASSES)),
    outcome=TEXT,
    final_on=maybe(DAY),
    position=maybe(WHOLE),
)

GROUND = Input(
    "residence.ground",
    choice(*GROUNDS),
    Words(en="the ground of residence", nl="de verblijfsgrond"),
    Origin.ASKED,
)
KIND = Input(
    "residence.decision",
    choice(*KINDS_OF_DECISION),
    Words(en="the kind of decision that is asked for", nl="het soort beslissing dat wordt gevraagd"),
    Origin.ASKED,
)
SINCE = Input(
    "residence.since",
    DAY,
    Words(en="the first day of lawful residence without interruption", nl="de eerste dag van onafgebroken rechtmatig verblijf"),
    Origin.ASKED,
)
APPLIED_ON = Input("application.applied_on", DAY, Words(en="the day of the application", nl="de dag van het verzoek"), Origin.ASKED)
DECISIONS = Input(
    "known.decisions",
    listed("decisions", _DECISION),
    Words(en="the decisions that impose a sentence or measure", nl="de beslissingen die een straf of maatregel opleggen"),
    told_in=(
        "judgment-given.sentences",
        "judgment-final.final_on",
        "penalty-order-issued.sentences",
        "penalty-order-final.final_on",
        "foreign-conviction-notified.sanctions",
        "case-registered.charges.period",
        "case-registered.charges.maximum",
        "conditional-sentence-enforced.days",
        "sentence-ended.ended_on",
        "pardon-granted.remits",
    ),
)
CHARGES = Input(
    "known.charges",
    listed("charges", _CHARGE),
    Words(en="the charges and what became of each", nl="de feiten en wat er van elk is geworden"),
    told_in=("case-registered.charges.class", "case-dismissed.code", "judgment-given.verdicts", "penalty-order-issued.charges"),
)
BLIND = Input(
    "known.blind",
    TEXTS,
    Words(
        en="the sources that are not complete up to the day of the decision",
        nl="de bronnen die niet volledig zijn tot de dag van de beslissing",
    ),
    Origin.JOURNAL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """Somebody's residence: its ground, the kind of decision that is asked for, and the first day of lawful residence."""

    ground: str | None = None
    decision: str | None = None
    since: date | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        return told(GROUND, self.ground) | told(KIND, self.decision) | told(SINCE, self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application for naturalisation."""

    applied_on: date | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        return told(APPLIED_ON, self.applied_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the register knows of a person. `blind`: the sources not complete up to the day of the decision; empty where all are."""

    decisions: tuple[Decision, ...] | None = None
    charges: tuple[Charge, ...] | None = None
    blind: tuple[str, ...] | None = None

    def facts(self) -> Facts:
        """As the rules ask for it."""
        return told(DECISIONS, self.decisions) | told(CHARGES, self.charges) | told(BLIND, self.blind)


def is_blind(on: date, sources: tuple[str, ...]) -> Words:
    """That sources are not complete up to the day of the decision, in words."""
    names = ", ".join(sources)
    return Words(
        en=f"the register is blind: not complete up to {on} are {names}",
        nl=f"het register is blind: niet volledig tot en met {on} zijn {names}",
    )
