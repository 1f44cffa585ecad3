"""What is decided in a run, beside what steers intake (`intake/switching.py`): gates, steps done, approvals, waivers, what was handed in.

Acts name no person of the register. Who decides says so in `by`; moments are those of the entries. `considered` is read in acts of before;
now it lies beside (ADR 23).
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from hervat.batch import Hash, Instant, Statement
from hervat.chain.parts import GateName
from hervat.considered import Considered
from hervat.errors import Usage
from hervat.intake.switching import Isolated, LinkMoved, RestartBegun, RestartEnded
from hervat.message import END, Text
from hervat.partner import KeyId, Oin
from hervat.restart.lacking import Lack

APPROVAL, ISOLATION, EXERCISE_REPORT = "hervat/restart-approval/1", "hervat/isolation/1", "hervat/exercise-report/1"
"""The words before what is signed."""
EXERCISE = "EXERCISE"
"""How the OIN of a partner in an exercise begins: at no other node is such an organisation known, so nothing of it counts there."""
Signature = Annotated[str, Meta(pattern=rf"^[0-9A-Za-z+/]{{86}}=={END}")]
Evidence = dict[str, Any]
"""Numbers, positions and hashes on which a gate rests."""


class Approval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an organisation signs: that in this role it approves that a step of this run, of the plan with this hash, opens at this node.
    `stop` is the position of the act that last stopped the step in this run, which it therefore knew of; it is left out where none did.
    """

    v: Literal[1] = 1
    node: Text
    run: Text
    plan: Hash
    step: Text
    partner: Oin
    role: Text
    stop: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    made_at: Instant
    key: KeyId
    signature: str


class IsolationOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an organisation signs that orders an isolation at a node; `oin` is whom it cuts off, None for all."""

    v: Literal[1] = 1
    node: Text
    oin: Oin | None
    why: Text
    partner: Oin
    made_at: Instant
    key: KeyId
    signature: str


class ExerciseReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a node signs of an exercise of a plan: whether it came through, what was injected, and how long it took in the exercise."""

    v: Literal[1] = 1
    node: Text
    plan: Hash
    name: Text
    seed: int
    passed: bool
    made_at: Instant
    minutes: int
    faults: tuple[str, ...]
    found: dict[str, Any]
    signature: str


class GatePassed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="gate-passed"):
    """A gate of a step was found passed, on this evidence."""

    run: str
    step: str
    gate: GateName
    evidence: Evidence


class GateLost(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag="gate-lost"):
    """A gate that was passed is so no more; `lacks` says why as data, `missing` in a sentence."""

    run: str
    step: str
    gate: GateName
    missing: str
    evidence: Evidence
    lacks: Lack | None = None


class StepDone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="step-done"):
    """Who did a step by hand, with what to show for it; of a link that was held by hand, which two let it go on."""

    run: str
    step: str
    by: str
    evidence: str
    second: str | None = None
    considered: Considered | None = None


class StepUndone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag="step-undone"):
    """Who says that a step that was done is so no more, and why; `second` is who decided with them, where anybody did."""

    run: str
    step: str
    by: str
    why: str
    second: str | None = None
    considered: Considered | None = None


class StepApproved(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag="step-approved"):
    """An approval that came in, and whose signature fitted then; who handed it in, why, and who looked on, where that was said."""

    approval: Approval
    by: str | None = None
    why: str | None = None
    second: str | None = None
    considered: Considered | None = None


class Waiving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who waives, and of which organisation."""

    name: Text
    partner: Oin


class GateWaived(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="gate-waived"):
    """Which two people of two organisations let a gate be until a moment, and why."""

    run: str
    step: str
    gate: GateName
    by: Waiving
    second: Waiving
    why: str
    until: Instant
    considered: Considered | None = None


class StatementKept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="statement-kept"):
    """What a partner signed that it sent of a feed, and whether exactly that is here."""

    run: str
    statement: Statement
    equal: bool


class ExerciseKept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="exercise-kept"):
    """The report of an exercise that was handed in for a run; this node had signed it."""

    run: str
    report: ExerciseReport


RunAct = GatePassed | GateLost | StepDone | StepUndone | StepApproved | GateWaived | StatementKept | ExerciseKept
AnyOfRun = RunAct | RestartBegun | LinkMoved | RestartEnded | Isolated
RUN_ACTS = tuple(
    str(one.__struct_config__.tag)
    for one in (GatePassed, GateLost, StepDone, StepUndone, StepApproved, GateWaived, StatementKept, ExerciseKept)
)
read_run_act: Callable[[bytes], AnyOfRun] = msgspec.json.Decoder(AnyOfRun).decode


def ensure_readable(act: AnyOfRun) -> None:
    """Raises Usage for an act that could not be read back: one such act in the journal, and nobody can read the run any more."""
    try:
        read_run_act(msgspec.json.encode(act))
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as fault:
        raise Usage(f"this cannot be put on record, and was not: {fault}; say it shorter, or as the form of it asks") from fault


def kind_of_run_act(act: RunAct) -> str:
    """The kind under which an act stands in the journal."""
    return str(act.__struct_config__.tag)
