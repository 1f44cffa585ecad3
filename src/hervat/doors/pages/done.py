"""What was done, in words, read from the journal itself: an address that names a position can say no more than what lies there.

An act that is asked for a second time, by a button that was pressed twice, is found again here by what it says.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.considered import Considered
from hervat.consumers.ruling import INTERIM_CLOSED, INTERIM_OPENED, InterimOpened, read_ruling, rules_at
from hervat.consumers.screening.assessment import ASSESSED, AssessedAct, assessments
from hervat.consumers.screening.signal import SIGNALLED, SignalledAct
from hervat.doors.acts.certifying import CertificateClosing, CertificateStep
from hervat.doors.acts.considering import Considering
from hervat.doors.acts.disclosing import DisclosureClosing
from hervat.doors.acts.governing import ProcedureClosing, ProcedureOpening
from hervat.doors.acts.line import Act
from hervat.doors.acts.ruling import InterimClosing, InterimOpening
from hervat.doors.acts.screening import SignalDecision
from hervat.doors.pages.closed import AGAIN, again_in_words, closed_before
from hervat.doors.pages.deeds import deed
from hervat.doors.pages.restarted import OF_RESTART, restarted
from hervat.doors.pages.stepped import STEPS, step_before, step_in_words
from hervat.doors.pages.wording import Wording
from hervat.intake.proceeding import PROCEDURE_ACTS, ProcedureClosed, ProcedureOpened, read_procedure_act
from hervat.journal.acts import act_in, acts_at, acts_of
from hervat.journal.entry import ACT, Opened, open_entry
from hervat.oversight.entries import CONSIDERED, read_considered

_read_assessed: Callable[[bytes], AssessedAct] = msgspec.json.Decoder(AssessedAct).decode
_RULING = "opening or closing of an interim rule"
_read_signalled: Callable[[bytes], SignalledAct] = msgspec.json.Decoder(SignalledAct).decode


def told_of(node: Node, position: int, words: Wording) -> dict[str, Any] | None:
    """What the act at a position did, with that position; None where no act of the pages lies there."""
    if not 1 <= position <= node.position:
        return None
    opened = open_entry(node.keys, node.store.entries_at([position])[position])
    text = _text(node, opened, words) if opened.meta.sort == ACT else None
    return None if text is None else {"text": text, "position": position}


def _text(node: Node, opened: Opened, words: Wording) -> str | None:
    kind = opened.meta.kind
    if kind == ASSESSED:
        act = act_in(opened, _read_assessed, "decision on a signal")
        return words("acts.decided", verdict=words.term("verdicts", act.verdict))
    if kind == SIGNALLED:
        return _stepped(node, opened, words)
    if kind in PROCEDURE_ACTS:
        match read_procedure_act(opened):
            case ProcedureOpened(procedure=procedure):
                return words("acts.opened", name=procedure.name)
            case ProcedureClosed(name=name, until=until):
                return words("acts.closed", name=name, day=until.isoformat())
    if kind in AGAIN:
        return again_in_words(node, opened, words)
    if kind in OF_RESTART:
        return restarted(opened, words)
    if kind in STEPS:
        return step_in_words(opened, words)
    if kind in (INTERIM_OPENED, INTERIM_CLOSED):
        rule = act_in(opened, read_ruling, _RULING)
        if isinstance(rule, InterimOpened):
            return words("acts.rule_opened", name=rule.rule.name)
        return words("acts.rule_closed", name=rule.name, day=rule.until.isoformat())
    return deed(opened, words)


def _stepped(node: Node, opened: Opened, words: Wording) -> str:
    """A step in words. A large one is several acts in a row, from where it began, behind `through`, to the last."""
    last = act_in(opened, _read_signalled, "act of screening")
    position = opened.meta.position
    places = [at for at in node.store.acts(SIGNALLED, position) if at > last.through]
    signals = [one for _, act in acts_at(node.store, node.keys, places, _read_signalled, "act of screening") for one in act.signals]
    withdrawn = sum(one.says == "withdrawn" for one in signals)
    delivered = sum(one.stands for one in signals)
    suppressed = len(signals) - withdrawn - delivered
    return words("acts.stepped", delivered=delivered, suppressed=suppressed, withdrawn=withdrawn, through=last.through)


def done_before(node: Node, act: Act) -> int | None:
    """The position at which the very same was done already; None where it was not."""
    match act:
        case Considering(decision=decision, considered=considered):
            at = done_before(node, decision)
            return at if at is not None and _said_with(node, at) == considered else None
        case SignalDecision():
            at, decided = assessments(node.store, node.keys, node.position).get((act.enrolment, act.message), (None, None))
            if decided is None:
                return None
            as_seen = act.version in (None, decided.version) and act.ending in (None, decided.ending)
            return at if as_seen and (decided.verdict, decided.by, decided.ground) == (act.verdict, act.by, act.ground) else None
        case ProcedureOpening():
            known = node.rosters().procedures.now
            at = known.opened(act.procedure.name)
            return at if at is not None and _lies_at(node, at) == (act.by, act.why, act.procedure) else None
        case ProcedureClosing():
            at = node.rosters().procedures.now.closed(act.name)
            return at if at is not None and _lies_at(node, at) == (act.by, act.why, act.until) else None
        case CertificateClosing() | DisclosureClosing():
            return closed_before(node, act)
        case CertificateStep():
            return step_before(node, act)
        case InterimOpening():
            rules = rules_at(node.store, node.keys, node.position)
            at = None if rules.get(act.rule.name) is None else rules.opened(act.rule.name)
            return at if at is not None and _ruled_at(node, at) == (act.by, act.why, act.rule) else None
        case InterimClosing():
            at = rules_at(node.store, node.keys, node.position).closed(act.name)
            return at if at is not None and _ruled_at(node, at) == (act.by, act.why, act.until) else None
        case _:
            return None


def _said_with(node: Node, position: int) -> Considered | None:
    """What was said with the decision at a position: in one change with it, so in the act behind it."""
    acts = dict(acts_of(node.store, node.keys, (CONSIDERED,), read_considered, "what was considered", node.position))
    said = acts.get(position + 1)
    return said.considered if said is not None and said.about == position else None


def _lies_at(node: Node, position: int) -> tuple[Any, ...]:
    """Who opened or closed a procedure in an act, why, and what."""
    act = read_procedure_act(open_entry(node.keys, node.store.entries_at([position])[position]))
    return act.by, act.why, act.procedure if isinstance(act, ProcedureOpened) else act.until


def _ruled_at(node: Node, position: int) -> tuple[Any, ...]:
    """Who opened or closed an interim rule in an act, why, and what."""
    act = act_in(open_entry(node.keys, node.store.entries_at([position])[position]), read_ruling, _RULING)
    return act.by, act.why, act.rule if isinstance(act, InterimOpened) else act.until
