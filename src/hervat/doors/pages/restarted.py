"""What an act of a restart did, in words, and what followed on it by the gates of the plan."""

from itertools import takewhile
from typing import Any

from hervat.assemble import Node
from hervat.doors.pages.wording import Wording
from hervat.intake.switching import SWITCH_ACTS, Isolated, LinkMoved, RestartBegun, RestartEnded
from hervat.journal.acts import act_in
from hervat.journal.entry import Opened
from hervat.restart.acts import (
    RUN_ACTS,
    AnyOfRun,
    ExerciseKept,
    GateLost,
    GatePassed,
    GateWaived,
    StatementKept,
    StepApproved,
    StepDone,
    StepUndone,
    read_run_act,
)
from hervat.restart.run import BY_GATES, acts_of_runs

OF_RESTART = frozenset((*SWITCH_ACTS, *RUN_ACTS))
_MOST = 40


def restarted(opened: Opened, words: Wording) -> str:
    """What an act of `OF_RESTART` did."""
    return _said(act_in(opened, read_run_act, "act of a restart"), words)


def followed(node: Node, position: int, words: Wording) -> list[dict[str, Any]]:
    """What the gates moved behind an act, up to the next that people did: each in words, with its position."""
    later = ((at, act) for at, act in acts_of_runs(node.store, node.keys, node.position) if at.position > position)
    moves = takewhile(lambda one: _is_of_gates(one[1]), later)
    return [{"text": _said(act, words), "position": at.position} for at, act in list(moves)[:_MOST]]


def _is_of_gates(act: AnyOfRun) -> bool:
    return isinstance(act, GatePassed | GateLost) or (isinstance(act, LinkMoved | RestartEnded) and act.by == BY_GATES)


def _said(act: AnyOfRun, words: Wording) -> str:
    match act:
        case Isolated(oin=None):
            return words("restart.did_isolate_all")
        case Isolated(oin=oin):
            return words("restart.did_isolate", oin=oin)
        case RestartBegun(run=run):
            return words("restart.did_begin", run=run)
        case RestartEnded(run=run, outcome=outcome):
            return words("restart.did_end", run=run, outcome=words.term("restart_outcomes", outcome))
        case LinkMoved(step=step, state=state):
            return words("restart.did_move", step=step, state=words.term("restart_states", state))
        case GatePassed(step=step, gate=gate):
            return words("restart.did_pass", step=step, gate=words.term("gates", gate))
        case GateLost(step=step, gate=gate):
            return words("restart.did_lose", step=step, gate=words.term("gates", gate))
        case StepDone(step=step):
            return words("restart.did_do", step=step)
        case StepUndone(step=step):
            return words("restart.did_undo", step=step)
        case StepApproved(approval=approval):
            return words("restart.did_approve", step=approval.step, role=approval.role, oin=approval.partner)
        case GateWaived(step=step, gate=gate, until=until):
            return words("restart.did_waive", step=step, gate=words.term("gates", gate), until=words.moment(until))
        case StatementKept(statement=statement, equal=equal):
            return words("restart.did_state" if equal else "restart.did_state_otherwise", source=statement.source)
        case ExerciseKept():
            return words("restart.did_rehearse")
