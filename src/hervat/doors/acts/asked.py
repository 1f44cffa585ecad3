"""Every act that an operator may ask for, and what a node that is asked for one answers."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec import Struct

from hervat import __version__
from hervat.assemble import Node
from hervat.doors.acts.backlog import PaperCheck, PaperEntry, PaperSample, StockCount
from hervat.doors.acts.certifying import CertificateAct
from hervat.doors.acts.considering import Considering
from hervat.doors.acts.custody import CustodyCheck
from hervat.doors.acts.disclosing import DisclosureClosing, DisclosureGiving, DisclosureStep
from hervat.doors.acts.exchanging import ExchangeAct
from hervat.doors.acts.governing import (
    CeilingChange,
    MessageErasure,
    PartnerChange,
    PartnerRemoval,
    PersonErasure,
    ProcedureClosing,
    ProcedureOpening,
    Scrub,
)
from hervat.doors.acts.inspecting import CorrectionAsking, CorrectionEnding, SubjectInspection
from hervat.doors.acts.line import ActAnswer, Done, Elsewhere, NotDone
from hervat.doors.acts.quarantining import QuarantineClosing, QuarantineOpening, QuarantineRelease
from hervat.doors.acts.recording import RecordingAct
from hervat.doors.acts.restarting import RestartAct
from hervat.doors.acts.retention import ForecastRecord, RetentionRun
from hervat.doors.acts.rotating import KeyRotation
from hervat.doors.acts.ruling import InterimClosing, InterimOpening
from hervat.doors.acts.screening import ScreeningRecord, ScreeningStep, SignalDecision
from hervat.errors import HervatError, TechnicalFault

# What each is called on the command line is its tag.
AnyAct = (
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
    | QuarantineOpening
    | QuarantineRelease
    | QuarantineClosing
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
    | ExchangeAct
    | StockCount
    | PaperEntry
    | PaperSample
    | PaperCheck
    | CustodyCheck
    | Considering
    | RecordingAct
    | RestartAct
    | KeyRotation
)


class ActRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act that is handed over, and the writer's place that its asker found taken: that of this node, or nothing is done."""

    version: Literal[1] = 1
    place: str
    act: AnyAct


_read_request = msgspec.json.Decoder(ActRequest).decode


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


def read_request(line: bytes) -> ActRequest | NotDone:
    """What is asked in a line, or the answer to a line in which nothing is."""
    try:
        return _read_request(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        words = f"the node that serves is hervat {__version__} and cannot read this ({fault}); give the command with its version"
        return NotDone(status=TechnicalFault.exit_status, message=words)
