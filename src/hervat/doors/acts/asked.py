"""The acts of an operator, what each of them does to a node, and what goes over the socket when one is handed over.

One request a connection, one line of JSON; one line of JSON answers it. A line that broke off is no JSON, so half an act is never done.
"""

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from hervat import __version__
from hervat.assemble import Node
from hervat.clock import parse_rfc3339
from hervat.consumers.screening.assessment import Verdict
from hervat.consumers.screening.daily import CheckedAct
from hervat.consumers.screening.signal import Word
from hervat.doors.acts.certifying import CertificateAct
from hervat.doors.acts.disclosing import DisclosureClosing, DisclosureGiving, DisclosureStep
from hervat.doors.acts.inspecting import CorrectionAsking, CorrectionEnding, SubjectInspection
from hervat.doors.acts.retention import ForecastRecord, RetentionRun
from hervat.doors.acts.ruling import InterimClosing, InterimOpening
from hervat.emergency import Emergency
from hervat.errors import HervatError, TechnicalFault
from hervat.intake.ceilings import Ceiling
from hervat.intake.partnering import Wish
from hervat.procedure import EmergencyProcedure

LARGEST = 4 * 1024 * 1024
"""Bytes of a line, its end included."""
_Said = Annotated[str, Meta(pattern=r"\S")]
_Whole = Annotated[int, Meta(ge=0)]


class PartnerChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="partner set"):
    """Change what is known of an organisation."""

    oin: str
    wish: Wish
    by: _Said
    why: _Said

    def done(self, node: Node) -> dict[str, Any]:
        return node.set_partner(self.oin, self.wish, by=self.by, why=self.why)


class PartnerRemoval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="partner remove"):
    """Know an organisation no more."""

    oin: str
    by: _Said
    why: _Said

    def done(self, node: Node) -> dict[str, Any]:
        return node.remove_partner(self.oin, by=self.by, why=self.why)


class CeilingChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="ceiling"):
    """Set the ceiling of a source: up to a number, up to a moment, or nothing more; with none of the three it is open."""

    source: str
    sequence: _Whole | None = None
    time: str | None = None
    hold: bool = False
    by: _Said
    why: _Said

    def __post_init__(self) -> None:
        """Raises ValueError for more than one of the three, and for what is no moment."""
        if (self.sequence is not None) + (self.time is not None) + self.hold > 1:
            raise ValueError("a ceiling is a number, a moment, or nothing more")
        if self.time is not None:
            parse_rfc3339(self.time)

    def done(self, node: Node) -> dict[str, Any]:
        moment = None if self.time is None else parse_rfc3339(self.time)
        ceiling = Ceiling(sequence=self.sequence, time=moment, hold=self.hold)
        return node.ceiling(self.source, ceiling, by=self.by, why=self.why)


class MessageErasure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="erase message"):
    """Erase a message, or a part of it."""

    position: int
    part: str | None = None
    by: _Said
    ground: _Said

    def done(self, node: Node) -> dict[str, Any]:
        return node.erase_message(self.position, self.part, by=self.by, ground=self.ground)


class PersonErasure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="erase person"):
    """Erase all that is bound to a person."""

    skn: str
    by: _Said
    ground: _Said

    def done(self, node: Node) -> dict[str, Any]:
        return node.erase_person(self.skn, by=self.by, ground=self.ground)


class Scrub(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="erase pending"):
    """Take out of the files what was erased and still lies in them."""

    def done(self, node: Node) -> dict[str, Any]:
        return node.scrub()


class ProcedureOpening(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="procedure open"):
    """Open an emergency procedure."""

    procedure: EmergencyProcedure
    by: _Said
    why: _Said

    def done(self, node: Node) -> dict[str, Any]:
        return Emergency(node).open(self.procedure, by=self.by, why=self.why)


class ProcedureClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="procedure close"):
    """Give an emergency procedure its last day."""

    name: str
    until: date
    by: _Said
    why: _Said

    def done(self, node: Node) -> dict[str, Any]:
        return Emergency(node).close(self.name, self.until, by=self.by, why=self.why)


class ScreeningStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="screening run"):
    """Tell what changed about whoever is screened since the last time."""

    on: date
    canaries: tuple[str, ...] = ()

    def done(self, node: Node) -> dict[str, Any]:
        return node.screening(self.canaries).step(self.on)


class ScreeningRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="screening day"):
    """Put in the journal that screening was checked, and what came of it."""

    checked: CheckedAct

    def done(self, node: Node) -> dict[str, Any]:
        return node.screening().record(self.checked)


class SignalDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="screening decide"):
    """Decide on a signal, as it was seen where that is said: in a version, and of a report with an ending."""

    enrolment: int
    message: int
    verdict: Verdict
    by: _Said
    ground: _Said
    version: int | None = None
    ending: tuple[Word, ...] | None = None

    def done(self, node: Node) -> dict[str, Any]:
        decided = {"by": self.by, "ground": self.ground}
        return node.screening().assess(self.enrolment, self.message, self.verdict, **decided, version=self.version, ending=self.ending)


# What each is called on the command line is its tag; `done` does it to a node opened by the writer, and gives what the command answers.
Act = (
    PartnerChange
    | PartnerRemoval
    | CeilingChange
    | MessageErasure
    | PersonErasure
    | Scrub
    | ProcedureOpening
    | ProcedureClosing
    | ScreeningStep
    | ScreeningRecord
    | SignalDecision
    | InterimOpening
    | InterimClosing
    | CertificateAct
    | DisclosureGiving
    | DisclosureStep
    | DisclosureClosing
    | SubjectInspection
    | ForecastRecord
    | RetentionRun
    | CorrectionAsking
    | CorrectionEnding
)


class ActRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act that is handed over, and the writer's place that its asker found taken: that of this node, or nothing is done."""

    version: Literal[1] = 1
    place: str
    act: Act


class Done(Struct, frozen=True, kw_only=True, tag_field="became", tag="done"):
    """The act was done; `answer` is what the command tells of it."""

    answer: dict[str, Any]


class NotDone(Struct, frozen=True, kw_only=True, tag_field="became", tag="not-done"):
    """What the command ends with: its exit status, and why."""

    status: int
    message: str


class Elsewhere(Struct, frozen=True, kw_only=True, tag_field="became", tag="elsewhere"):
    """This node writes to another store than the one that was meant; nothing was done."""


ActAnswer = Done | NotDone | Elsewhere
_read_request = msgspec.json.Decoder(ActRequest).decode
_read_answer = msgspec.json.Decoder(ActAnswer).decode
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True, eq=False)
class Asked:
    """An act that waits for the writer. Who asked may go before its turn, and then it is not done."""

    request: ActRequest
    coming: "Future[ActAnswer]" = field(default_factory=Future)


def answer_to(request: ActRequest, node: Node) -> ActAnswer:
    """Do what is asked, on a node opened by the writer."""
    try:
        if request.place != node.store.writers_place:
            return Elsewhere()
        return Done(answer=request.act.done(node))
    except HervatError as fault:
        return NotDone(status=fault.exit_status, message=str(fault))


def line_of(told: ActRequest | ActAnswer) -> bytes:
    """What is said at the socket, as a line."""
    return _encode(told) + b"\n"


def read_request(line: bytes) -> ActRequest | NotDone:
    """What is asked in a line, or the answer to a line in which nothing is."""
    try:
        return _read_request(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        words = f"the node that serves is hervat {__version__} and cannot read this ({fault}); give the command with its version"
        return NotDone(status=TechnicalFault.exit_status, message=words)


def read_answer(line: bytes) -> ActAnswer:
    """The answer in a line; raises ValueError where there is none."""
    answer: ActAnswer = _read_answer(line)
    return answer
