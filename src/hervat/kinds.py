"""The kinds of messages: what each says, field by field, as the contract has it. Those of the register stand here, the others in `process`.

- A field that is not in the contract is refused: a register must not guess. An optional field may be absent or null.
- A field named by a word Python keeps for itself has an underscore here (`from_`, `class_`), never in a message.
- What a kind needs and gives, and who may send it, stands in `needs`; what a schema cannot say, in `intake.content`.
"""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from hervat.case import ChargeNumbers, Charges, Period, ProsecutionNumber
from hervat.errors import Usage
from hervat.message import END, Count, Named, Text, Value, Whole
from hervat.outcome import Offence, Remission, Sanction, SentenceNumber, Sentences, Verdicts
from hervat.person import Bsn, Identity, PartialDate, Skn
from hervat.process import PROCESS

Category = Literal["serious-violence", "sexual"]
"""What the police may report straight to the register."""
Sector = Literal["childcare", "taxi"]
"""Where people work who are screened as long as they do."""

# Persons, told by the matching authority.


class PersonRegistered(Value, frozen=True, kw_only=True):
    skn: Skn
    identity: Identity


class IdentityAdded(Value, frozen=True, kw_only=True):
    skn: Skn
    identity: Identity
    leading: bool


class PersonsMerged(Value, frozen=True, kw_only=True):
    kept: Skn
    merged: Skn
    decided_on: date
    ground: Text


class PersonsSplit(Value, frozen=True, kw_only=True):
    undoes: Named
    decided_on: date
    ground: Text


class PersonDied(Value, frozen=True, kw_only=True):
    skn: Skn
    died_on: date


# Cases and the decisions of the prosecution service.


class CaseRegistered(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    skn: Skn
    office: Text
    received_on: date
    police_report: Text | None = None
    charges: Charges


class ChargesAmended(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    charges: Charges


class CasesJoined(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    into: ProsecutionNumber
    joined_on: date


class CaseDismissed(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    charges: ChargeNumbers
    code: Annotated[str, Meta(pattern=f"^[0-9]{{2}}{END}")]
    conditional: bool
    conditions: Text | tuple[Text, ...] | None = None
    decided_on: date


class PenaltyOrderIssued(Value, frozen=True, kw_only=True):
    order: Text
    pn: ProsecutionNumber
    charges: ChargeNumbers
    issued_on: date
    sentences: Sentences


class PenaltyOrderOpposed(Value, frozen=True, kw_only=True):
    order: Text
    opposed_on: date


class PenaltyOrderWithdrawn(Value, frozen=True, kw_only=True):
    order: Text
    withdrawn_on: date
    ground: Text


class PenaltyOrderFinal(Value, frozen=True, kw_only=True):
    order: Text
    final_on: date


class PenaltyOrderExecuted(Value, frozen=True, kw_only=True):
    order: Text
    executed_on: date


class SummonsIssued(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    charges: ChargeNumbers
    hearing_on: date


class CaseReattributed(Value, frozen=True, kw_only=True, rename={"from_": "from"}):
    pn: ProsecutionNumber
    from_: Skn
    to: Skn
    decided_on: date
    ground: Text


# Judgments, remedies against them, and their execution.


class JudgmentGiven(Value, frozen=True, kw_only=True):
    judgment: Text
    court: Text
    instance: Literal[1, 2, 3]
    pn: ProsecutionNumber
    on_appeal_of: Text | None = None
    appeal_number: Text | None = None
    given_on: date
    ecli: Text | None = None
    verdicts: Verdicts
    sentences: Sentences


class AppealLodged(Value, frozen=True, kw_only=True):
    judgment: Text
    remedy: Literal["appeal", "cassation"]
    by: Text
    lodged_on: date


class AppealWithdrawn(Value, frozen=True, kw_only=True):
    judgment: Text
    by: Text | None = None
    withdrawn_on: date


class JudgmentFinal(Value, frozen=True, kw_only=True):
    judgment: Text
    final_on: date


class SentenceStarted(Value, frozen=True, kw_only=True):
    judgment: Text
    sentence: SentenceNumber
    started_on: date


class SentenceEnded(Value, frozen=True, kw_only=True):
    judgment: Text
    sentence: SentenceNumber
    ended_on: date


class ConditionalSentenceEnforced(Value, frozen=True, kw_only=True):
    judgment: Text
    sentence: SentenceNumber
    enforced_by: Text
    days: Whole
    decided_on: date


class PardonGranted(Value, frozen=True, kw_only=True):
    judgment: Text
    decree: Text
    decided_on: date
    remits: tuple[Remission, ...]


class JudgmentAnnulled(Value, frozen=True, kw_only=True):
    judgment: Text
    decided_on: date
    ground: Text


class ForeignConvictionNotified(Value, frozen=True, kw_only=True):
    skn: Skn
    member_state: Annotated[str, Meta(pattern=f"^[A-Z]{{2,3}}{END}")]
    reference: Text
    decided_on: date
    final_on: date
    offences: tuple[Offence, ...]
    sanctions: tuple[Sanction, ...]


# Amendments of messages.


class MessageCorrected(Value, frozen=True, kw_only=True):
    """`data` is the whole new data of the message named; it is judged as the kind of that message, once that is known."""

    corrects: Named
    data: dict[str, Any]


class MessageRetracted(Value, frozen=True, kw_only=True):
    retracts: Named
    ground: Text


# What others report or ask.


class EmergencyReport(Value, frozen=True, kw_only=True):
    police_report: Text
    skn: Skn
    category: Category
    article: Text | None = None
    period: Period
    authority: Text
    reported_on: date


class ScreeningEnrolled(Value, frozen=True, kw_only=True, rename={"from_": "from"}):
    enrolment: Text
    sector: Sector
    bsn: Bsn
    from_: date
    holder: Text | None = None


class ScreeningEnded(Value, frozen=True, kw_only=True):
    enrolment: Text
    until: date


class ScreeningPurpose(Value, frozen=True, kw_only=True):
    kind: Literal["profile", "aspect"]
    number: Text


class CertificateRequested(Value, frozen=True, kw_only=True):
    application: Text
    bsn: Bsn
    birth: PartialDate
    purposes: tuple[ScreeningPurpose, ...]
    applied_on: date


class DisclosureRequested(Value, frozen=True, kw_only=True):
    request: Text
    article: Text
    purpose: Text
    requester: Text
    skn: Skn | None = None
    bsn: Bsn | None = None
    requested_on: date
    mandate: Text | bool | None = None
    consent: Text | bool | None = None


# What a sender says of its own feed.


class StockDeclared(Value, frozen=True, kw_only=True, rename={"from_": "from"}):
    kinds: tuple[Text, ...]
    from_: date
    until: date
    count: Count
    oldest_on: date | None = None
    counted_on: date


class Watermark(Value, frozen=True, kw_only=True):
    """`complete_until` is RFC 3339 as the sender wrote it; `set_hash` 64 hexadecimal digits in lower case."""

    through_sequence: Count
    complete_until: Text
    count: Count
    set_hash: Annotated[str, Meta(pattern=f"^[0-9a-f]{{64}}{END}")]


KINDS: dict[str, type[Value]] = {
    "person-registered": PersonRegistered,
    "identity-added": IdentityAdded,
    "persons-merged": PersonsMerged,
    "persons-split": PersonsSplit,
    "person-died": PersonDied,
    "case-registered": CaseRegistered,
    "charges-amended": ChargesAmended,
    "cases-joined": CasesJoined,
    "case-dismissed": CaseDismissed,
    "penalty-order-issued": PenaltyOrderIssued,
    "penalty-order-opposed": PenaltyOrderOpposed,
    "penalty-order-withdrawn": PenaltyOrderWithdrawn,
    "penalty-order-final": PenaltyOrderFinal,
    "penalty-order-executed": PenaltyOrderExecuted,
    "summons-issued": SummonsIssued,
    "judgment-given": JudgmentGiven,
    "appeal-lodged": AppealLodged,
    "appeal-withdrawn": AppealWithdrawn,
    "judgment-final": JudgmentFinal,
    "sentence-started": SentenceStarted,
    "sentence-ended": SentenceEnded,
    "conditional-sentence-enforced": ConditionalSentenceEnforced,
    "pardon-granted": PardonGranted,
    "judgment-annulled": JudgmentAnnulled,
    "foreign-conviction-notified": ForeignConvictionNotified,
    "case-reattributed": CaseReattributed,
    "message-corrected": MessageCorrected,
    "message-retracted": MessageRetracted,
    "emergency-report": EmergencyReport,
    "screening-enrolled": ScreeningEnrolled,
    "screening-ended": ScreeningEnded,
    "certificate-requested": CertificateRequested,
    "disclosure-requested": DisclosureRequested,
    "stock-declared": StockDeclared,
    "watermark": Watermark,
    **PROCESS,
}


def schema(kind: str | None) -> dict[str, Any]:
    """JSON Schema (2020-12) of the data of `kind`; with None, of any message in its envelope. Raises Usage for an unknown kind."""
    if kind is not None and kind not in KINDS:
        raise Usage(f"there is no kind {kind!r}; the kinds are {', '.join(KINDS)}.")
    named = {kind: KINDS[kind]} if kind is not None else KINDS
    (*shapes,), parts = msgspec.json.schema_components(named.values(), ref_template="#/$defs/{name}")
    whole = shapes[0] if kind is not None else _envelope_schema(dict(zip(named, shapes, strict=True)))
    published: dict[str, Any] = _published({"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "$defs": parts})
    return published


def _envelope_schema(shapes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A message of any of these kinds; attributes that are not named here are allowed."""
    texts = ("id", "source", "time", "sequence", "subject", "previous", "salt")
    return {
        "title": "Message",
        "type": "object",
        "properties": {
            "specversion": {"const": "1.0"},
            "sequencetype": {"const": "Integer"},
            "datacontenttype": {"const": "application/json"},
            **{name: {"type": "string"} for name in texts},
        },
        "required": ["specversion", "id", "source", "type", "time", "sequence", "sequencetype", "datacontenttype", "data"],
        "oneOf": [{"properties": {"type": {"const": f"nl.hervat.{kind}.v1"}, "data": shape}} for kind, shape in shapes.items()],
    }


def _published(value: Any) -> Any:
    """The schema with `$` where we write `END`: in the patterns of JSON Schema it lets no line feed pass."""
    if isinstance(value, dict):
        return {key: _published(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_published(item) for item in value]
    return value.replace(END, "$") if isinstance(value, str) else value
