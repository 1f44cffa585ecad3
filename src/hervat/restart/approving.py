"""Approvals and orders to isolate: what an organisation signs, and whether it counts at this node."""

from datetime import datetime

import msgspec

from hervat.chain.plan import Step
from hervat.clock import rfc3339
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import Unfit, ensure_counts, moment_of
from hervat.partner import Partners
from hervat.restart.acts import APPROVAL, ISOLATION, Approval, IsolationOrder
from hervat.restart.run import Run, StepAt


def approve(identity: Identity, node: str, run: str, plan: str, step: str, role: str, at: datetime) -> Approval:
    """What an organisation signs to approve a step; `node` is the name by which that node signs."""
    unsigned = Approval(
        node=node, run=run, plan=plan, step=step, partner=identity.oin, role=role, made_at=rfc3339(at), key=identity.key_id, signature=""
    )
    return msgspec.structs.replace(unsigned, signature=identity.signature_over(APPROVAL, unsigned))


def ensure_approves(approval: Approval, run: Run, node: str, partners: Partners) -> None:
    """Raises Unfit unless an approval is for this run at this node, by a key that counts, in a role that its step asks for, signed once
    and since the step was last held by hand or isolated: what opens again is approved anew.
    """
    if (approval.node, approval.run, approval.plan) != (node, run.name, run.begun.hash):
        raise Unfit(f"this approves run {approval.run} of {approval.node}, and here is run {run.name} of {node}", "addressee")
    asked = run.plan.step(approval.step).approvers
    if (approval.partner, approval.role) not in {(run.oin(one.oin), one.role) for one in asked}:
        roles = ", ".join(f"{one.role} of {one.oin}" for one in asked) or "nobody"
        raise Unfit(f"{approval.step} is not for {approval.role} of {approval.partner} to approve; the plan asks {roles}", "sender")
    ensure_signed(approval, partners)
    _ensure_new(approval, run.steps[approval.step])


def _ensure_new(approval: Approval, one: StepAt) -> None:
    before = next((at for at, act in one.handed_in.items() if act.approval.signature == approval.signature), None)
    if before is not None:
        raise Unfit(f"this very approval was handed in before, at entry {before}; an approval counts once: sign it anew", "made-at")
    stop = one.last_stop
    if stop is not None and moment_of(approval.made_at, "made_at") <= stop.at.moment:
        words = f"this was signed at {approval.made_at}, and {approval.step} was {stop.how} at {rfc3339(stop.at.moment)}"
        raise Unfit(f"{words} (entry {stop.at.position}); what opens again is approved anew: sign it after that", "made-at")


def ensure_signed(approval: Approval, partners: Partners) -> None:
    """Raises Unfit unless the key that signed counts by what is known of the partner now: a revoked one does not."""
    made = moment_of(approval.made_at, "made_at")
    ensure_counts(partners, approval.partner, approval.key, APPROVAL, approval, approval.signature, made)


def counting(approvals: list[Approval], partners: Partners) -> list[Approval]:
    """Those of which the signature counts by what is known now."""
    counted = []
    for approval in approvals:
        try:
            ensure_signed(approval, partners)
        except Unfit:
            continue
        counted.append(approval)
    return counted


def faults_of(step: Step) -> str | None:
    """Why the plan lets nobody approve a step, where it asks for that; two organisations in two roles must."""
    who = {(one.oin, one.role) for one in step.approvers if one.oin is not None}
    if len({oin for oin, _ in who}) < 2 or len({role for _, role in who}) < 2:
        return "two roles of two organisations with an OIN approve a link, and the plan does not name them"
    return None


def order(identity: Identity, node: str, oin: str | None, why: str, at: datetime) -> IsolationOrder:
    """What an organisation signs to order an isolation at a node."""
    unsigned = IsolationOrder(
        node=node, oin=oin, why=why, partner=identity.oin, made_at=rfc3339(at), key=identity.key_id, signature=""
    )
    return msgspec.structs.replace(unsigned, signature=identity.signature_over(ISOLATION, unsigned))


def ensure_ordered(said: IsolationOrder, node: str, partners: Partners) -> None:
    """Raises Unfit unless an order is for this node and signed by a key that counts."""
    if said.node != node:
        raise Unfit(f"this orders an isolation at {said.node}, and this is {node}", "addressee")
    ensure_counts(partners, said.partner, said.key, ISOLATION, said, said.signature, moment_of(said.made_at, "made_at"))
