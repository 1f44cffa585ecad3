"""Approvals, statements and orders to isolate: what an organisation signs, and whether it counts for a run at this node.

An approval names the act that last stopped its step, so none that was signed before it counts, whatever clock dated it. A statement, which
partners exchange for other ends too, has its date alone: one from a clock that is more than `AHEAD` before ours, kept until its date has
come, counts after a hold that came between. It opens no link that asks for approvals, for these are asked for anew.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import UNSET

from hervat.batch import STATEMENT, Statement
from hervat.chain.plan import Step
from hervat.clock import rfc3339
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import Unfit, ensure_counts, moment_of
from hervat.message import SOURCE
from hervat.partner import PartnerKey, Partners
from hervat.restart.acts import APPROVAL, ISOLATION, Approval, IsolationOrder
from hervat.restart.run import AHEAD, Run, StepAt, Stop

IsolatedAt = Callable[[str], datetime | None]
"""When an organisation was isolated that is not let through again; None where it is."""


def approve(
    identity: Identity, node: str, run: str, plan: str, step: str, role: str, at: datetime, *, stop: int | None = None
) -> Approval:
    """What an organisation signs to approve a step; `node` is the name by which that node signs, `stop` the position of the act that last
    stopped the step there.
    """
    unsigned = Approval(
        node=node,
        run=run,
        plan=plan,
        step=step,
        partner=identity.oin,
        role=role,
        stop=UNSET if stop is None else stop,
        made_at=rfc3339(at),
        key=identity.key_id,
        signature="",
    )
    return msgspec.structs.replace(unsigned, signature=identity.signature_over(APPROVAL, unsigned))


def ensure_approves(approval: Approval, run: Run, node: str, partners: Partners, isolated_at: IsolatedAt, now: datetime) -> None:
    """Raises Unfit unless an approval is for this run at this node, by a key that counts, in a role that its step asks for, signed once,
    not after now, and since the step was last held by hand or isolated, naming that: what opens again is approved anew.
    """
    if (approval.node, approval.run, approval.plan) != (node, run.name, run.begun.hash):
        raise Unfit(f"this approves run {approval.run} of {approval.node}, and here is run {run.name} of {node}", "addressee")
    ensure_asked(run, approval.step, approval.partner, approval.role)
    ensure_signed(approval, partners, isolated_at)
    _ensure_made(approval.made_at, now)
    _ensure_new(approval, run.steps[approval.step])


def ensure_asked(run: Run, step: str, oin: str, role: str) -> None:
    """Raises Unfit unless a step of a run asks an organisation to approve it in a role, Usage where the plan has no such step."""
    asked = run.plan.step(step).approvers
    if (oin, role) not in {(run.oin(one.oin), one.role) for one in asked}:
        roles = ", ".join(f"{one.role} of {run.oin(one.oin)}" for one in asked) or "nobody"
        raise Unfit(f"{step} is not for {role} of {oin} to approve; the plan asks {roles}", "sender")


def ensure_states(
    statement: Statement, run: Run, partners: Partners, isolated_at: IsolatedAt, before: tuple[str, Stop] | None, now: datetime
) -> None:
    """Raises Unfit unless a statement is about a feed that this run opens, by who sends it, with a key that counts, signed not after now,
    and since a link of it was last held by hand or its sender isolated: what opens again is reconciled anew. `before` is what of the feed
    was stopped last before this run, whichever run that was in: no statement names its run.
    """
    named = SOURCE.fullmatch(statement.source)
    links = run.links_of(statement.source)
    if named is None or named["oin"] != statement.from_ or not links:
        raise Unfit(f"this is no statement about a feed of this plan by who sends it: {statement.source}", "addressee")
    made = moment_of(statement.made_at, "made_at")
    key = ensure_counts(partners, statement.from_, statement.key, STATEMENT, statement, statement.signature, made)
    _ensure_not_stolen(key, statement.from_, isolated_at)
    _ensure_made(statement.made_at, now)
    if before is not None and made <= before[1].until:
        raise _stale(statement.made_at, *before, "reconciled")
    stops = [(one.step.id, one.last_stop) for one in links if one.last_stop is not None]
    if len(stops) == len(links) and all(made <= stop.until for _, stop in stops):
        raise _stale(statement.made_at, *stops[0], "reconciled")


def _ensure_new(approval: Approval, one: StepAt) -> None:
    before = next((at for at, act in one.handed_in.items() if _content(act.approval) == _content(approval)), None)
    if before is not None:
        raise Unfit(f"this very approval was handed in before, at entry {before}; an approval counts once: sign it anew", "made-at")
    stop = one.last_stop
    if stop is not None and moment_of(approval.made_at, "made_at") <= stop.at.moment:
        raise _stale(approval.made_at, approval.step, stop, "approved")
    named = None if approval.stop is UNSET else approval.stop
    if stop is not None and named != stop.at.position:
        words = f"this names no stop at entry {stop.at.position}, and {_stopped(approval.step, stop)}; what opens again is approved anew"
        raise Unfit(f"{words}: sign it with --stop {stop.at.position}, after that", "made-at")
    if stop is None and named is not None:
        raise Unfit(f"this names a stop at entry {named}, and {approval.step} was not stopped in this run: sign it without", "made-at")


def _ensure_made(made_at: str, now: datetime) -> None:
    if moment_of(made_at, "made_at") > now + AHEAD:
        words = f"this says that it was signed at {made_at}, which is to come yet"
        raise Unfit(f"{words}; set the clock of who signs, and sign it anew", "made-at")


def _stopped(step: str, stop: Stop) -> str:
    return f"{step} was {stop.how} at {rfc3339(stop.at.moment)} (entry {stop.at.position})"


def _stale(made_at: str, what: str, stop: Stop, how: str) -> Unfit:
    after = "that" if how == "approved" else f"that, later than {rfc3339(stop.until)}"
    words = f"this was signed at {made_at}, and {_stopped(what, stop)}; what opens again is {how} anew"
    return Unfit(f"{words}: sign it after {after}", "made-at")


def _content(approval: Approval) -> Approval:
    """What was signed: one signature can be written in more ways than one."""
    return msgspec.structs.replace(approval, signature="")


def ensure_signed(approval: Approval, partners: Partners, isolated_at: IsolatedAt) -> None:
    """Raises Unfit unless the key that signed counts by what is known of the partner now: a revoked one does not, nor, of whoever is
    isolated, one from before that.
    """
    made = moment_of(approval.made_at, "made_at")
    key = ensure_counts(partners, approval.partner, approval.key, APPROVAL, approval, approval.signature, made)
    _ensure_not_stolen(key, approval.partner, isolated_at)


def _ensure_not_stolen(key: PartnerKey, oin: str, isolated_at: IsolatedAt) -> None:
    at = isolated_at(oin)
    if at is not None and key.valid_from < at:
        words = f"{oin} is isolated since {rfc3339(at)}, and its key {key.id} is of before that: who has it by now nobody knows"
        raise Unfit(f"{words}; give it another key (hervat partner set), and have this signed with that", "key")


def counting(approvals: list[Approval], partners: Partners, isolated_at: IsolatedAt) -> list[Approval]:
    """Those of which the signature counts by what is known now."""
    counted = []
    for approval in approvals:
        try:
            ensure_signed(approval, partners, isolated_at)
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
