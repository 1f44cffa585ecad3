"""A decision with what was considered in it, done as one act. The decisions of a restart have it in their own acts."""

from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.considered import Considered
from hervat.doors.acts.exchanging import LinkChange, WayClosing, WayOpening
from hervat.doors.acts.governing import CeilingChange, PartnerChange, PartnerRemoval, ProcedureClosing, ProcedureOpening
from hervat.doors.acts.quarantining import QuarantineClosing, QuarantineOpening, QuarantineRelease
from hervat.doors.acts.ruling import InterimClosing, InterimOpening
from hervat.oversight.entries import said_of_decision

DecisionAct = (
    CeilingChange
    | PartnerChange
    | PartnerRemoval
    | ProcedureOpening
    | ProcedureClosing
    | QuarantineOpening
    | QuarantineRelease
    | QuarantineClosing
    | InterimOpening
    | InterimClosing
    | WayOpening
    | WayClosing
    | LinkChange
)


class Considering(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="decide considered"):
    """Do what was decided, and put on record in the same change what was considered."""

    decision: DecisionAct
    considered: Considered

    def done(self, node: Node) -> dict[str, Any]:
        with node.inbox().telling(said_of_decision(self.considered, self.decision.by)):
            answer = self.decision.done(node)
        # In one change with the decision, it is the entry behind it.
        return answer | {"considered": answer["position"] + 1}
