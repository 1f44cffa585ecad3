"""The acts of a restart and of an isolation that an operator asks for."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from hervat.assemble import Node
from hervat.batch import Instant, Statement
from hervat.chain.parts import GateName
from hervat.chain.plan import Plan
from hervat.clock import parse_rfc3339
from hervat.considered import Considered
from hervat.doors.acts.line import Said
from hervat.partner import Oin
from hervat.restart.acts import Approval, ExerciseReport, IsolationOrder, Waiving
from hervat.restarting import Restarting

Name = Annotated[str, Meta(pattern=r"\S", max_length=1000)]
"""Who waives a gate; no longer than `restart.acts.Waiving` has it."""


class Isolating(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag="isolate"):
    """Cut off an organisation, or all."""

    oin: str | None
    by: Said
    why: Said
    signed: IsolationOrder | None = None
    second: Said | None = None
    considered: Considered | None = None

    def done(self, node: Node) -> dict[str, Any]:
        restarting, by, why = Restarting(node), self.by, self.why
        return restarting.isolate(self.oin, by=by, why=why, signed=self.signed, second=self.second, considered=self.considered)


class RestartBeginning(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag="restart begin"
):
    """Begin a run of a plan."""

    plan: Plan
    report: ExerciseReport | None = None
    by: Said
    why: Said
    second: Said | None = None
    considered: Considered | None = None

    def done(self, node: Node) -> dict[str, Any]:
        restarting, report, second = Restarting(node), self.report, self.second
        return restarting.begin(self.plan, by=self.by, why=self.why, report=report, second=second, considered=self.considered)


class RestartCheck(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag="restart check"
):
    """Look at every gate, and move what may be moved or must be closed; with `most`, so many links are let further through at most."""

    statement: Statement | None = None
    report: ExerciseReport | None = None
    most: Annotated[int, Meta(ge=1)] | None = None

    def done(self, node: Node) -> dict[str, Any]:
        return Restarting(node).check(statement=self.statement, report=self.report, most=self.most)


class StepDoing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="restart done"):
    """Say that a step was done, or let a link go on that was held."""

    step: str
    by: Said
    evidence: Said
    second: Said | None = None
    considered: Considered | None = None

    def done(self, node: Node) -> dict[str, Any]:
        return Restarting(node).done(self.step, by=self.by, evidence=self.evidence, second=self.second, considered=self.considered)


class StepApproving(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag="restart approve"
):
    """Hand in what an organisation signed to approve a step."""

    approval: Approval
    by: Said | None = None
    why: Said | None = None
    second: Said | None = None
    considered: Considered | None = None

    def done(self, node: Node) -> dict[str, Any]:
        said = {"by": self.by, "why": self.why, "second": self.second}
        return Restarting(node).approve(self.approval, considered=self.considered, **said)


class GateWaiving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="restart waive"):
    """Let two people of two organisations let a gate be until a moment."""

    step: str
    gate: GateName
    by: Name
    of: Oin
    second: Name
    second_of: Oin
    why: Said
    until: Instant
    considered: Considered | None = None

    def done(self, node: Node) -> dict[str, Any]:
        one, other = Waiving(name=self.by, partner=self.of), Waiving(name=self.second, partner=self.second_of)
        restarting, until = Restarting(node), self._until
        return restarting.waive(self.step, self.gate, by=one, second=other, why=self.why, until=until, considered=self.considered)

    @property
    def _until(self) -> datetime:
        return parse_rfc3339(self.until)


class StepHolding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag="restart hold"):
    """Hold a link, or say that a step is done no more."""

    step: str
    by: Said
    why: Said
    second: Said | None = None
    considered: Considered | None = None

    def done(self, node: Node) -> dict[str, Any]:
        return Restarting(node).hold(self.step, by=self.by, why=self.why, second=self.second, considered=self.considered)


class RestartAborting(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag="restart abort"
):
    """End a run; what is not live stays closed."""

    by: Said
    why: Said
    second: Said | None = None
    considered: Considered | None = None

    def done(self, node: Node) -> dict[str, Any]:
        return Restarting(node).abort(by=self.by, why=self.why, second=self.second, considered=self.considered)


RestartAct = Isolating | RestartBeginning | RestartCheck | StepDoing | StepApproving | GateWaiving | StepHolding | RestartAborting
