"""How the letter ends: people decide on what was told, look again at what was decided blind, and close what was handed out.

- Nobody closes a bottleneck. When the senders were asked about what was still held, and everybody has done what lay on the desks, the
  conditions of all five hold, and each is over by that evidence alone; how they stood when the last link came back is told beside it.
- Who decides what is invented, and follows from what is shown to whoever decides: somebody who is screened needs a new certificate where
  a report or a misdrijf is told, unless that clears them, and nobody doubts who it is of; a certificate that would now be assessed is asked
  for anew.
"""

from collections import Counter
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from hervat.assemble import Node
from hervat.consumers.bottleneck import Bottleneck
from hervat.consumers.certificates.again import Reopened
from hervat.consumers.certificates.again import Verdict as OnCertificate
from hervat.consumers.ruling import Ruling
from hervat.consumers.screening.assessment import Verdict as OnSignal
from hervat.consumers.screening.assessment import assessments
from hervat.consumers.screening.worklist import Work
from hervat.disclosing import Disclosing
from hervat.law.certificates import Proposal
from hervat.rehearsal.days import CUT_ON, LAST
from hervat.rehearsal.deciding import BY, GROUND, RULE
from hervat.rehearsal.world import World
from hervat.reopening import Reopening
from hervat.screening import screening_of, work_list_of
from hervat.standing import bottlenecks

LINKS_BACK: Final = CUT_ON + timedelta(days=LAST)


def ended(world: World, node: Node, on: date) -> dict[str, Any]:
    """Everything that lies on the desks of a node is done on a day; returns what that was, and the bottlenecks then and when the last link
    was back. The node must be its writer's, and have taken every step of that day.
    """
    back = bottlenecks(node, LINKS_BACK)
    done = {"signals": _assess(node), "certificates": _look_again(node), "answers": _close(node, on)}
    Ruling(node.store, node.keys, node.decide).close(RULE.name, on, by=BY, why=GROUND)
    now = {one.name: one for one in bottlenecks(node, on)}
    return {
        "on": on.isoformat(),
        "links_back": LINKS_BACK.isoformat(),
        "asked_about": len(world.settled),
        "done": done,
        "bottlenecks": [_bottleneck(one, now[one.name]) for one in back],
    }


def over(found: dict[str, Any]) -> bool:
    """Whether all five bottlenecks are over."""
    return len(found["bottlenecks"]) == 5 and not any(one["open"] for one in found["bottlenecks"])


def _assess(node: Node) -> dict[str, int]:
    """Decide on every signal that waits, as it was told last."""
    desk, counts = screening_of(node), Counter[str]()
    told = desk.told()
    for one in [*work_list_of(node).open(told.last, told.told_at, assessments(node.store, node.keys, node.position))]:
        verdict = _on_signal(one)
        desk.assess(*one.signal.pair, verdict, by=BY, ground=GROUND, version=one.signal.version, ending=one.signal.ending)
        counts[verdict] += 1
    return dict(sorted(counts.items()))


def _on_signal(one: Work) -> OnSignal:
    if not one.visible or one.persons != 1:
        return "nobody-may-be-told"
    if one.report is not None or (any(charge.class_ == "misdrijf" for charge in one.charges) and not _clears(one)):
        return "new-certificate-demanded"
    return "no-consequence"


def _clears(one: Work) -> bool:
    """Whether what was told is a dismissal, or a judgment that convicts of nothing."""
    verdicts = (one.told or {}).get("verdicts")
    return one.kind == "case-dismissed" or (verdicts is not None and all(verdict["verdict"] != "convicted" for verdict in verdicts))


def _look_again(node: Node) -> dict[str, int]:
    """Look at every decision on a certificate that would be proposed otherwise now."""
    reopening, counts = Reopening(node), Counter[str]()
    for one in reopening.listing():
        verdict = _on_certificate(one)
        place = one.difference.application
        reopening.close(one.number, verdict, by=BY, ground=GROUND, source=one.source, place=place, told_at=one.told_at)
        counts[verdict] += 1
    return dict(sorted(counts.items()))


def _on_certificate(one: Reopened) -> OnCertificate:
    is_graver = one.decided.outcome == "granted" and one.difference.now is Proposal.ASSESS
    return "new-certificate-demanded" if is_graver else "no-consequence"


def _close(node: Node, on: date) -> dict[str, int]:
    """Tell those who hold an answer that it reads differently now, and close it."""
    desk, counts = Disclosing(node).desk(), Counter[str]()
    for one in desk.work(on):
        desk.close(one.difference.request, by=BY, ground=GROUND, told_at=one.told_at)
        counts[one.given.article] += 1
    return dict(sorted(counts.items()))


def _bottleneck(back: Bottleneck, now: Bottleneck) -> dict[str, Any]:
    return {
        "name": back.name,
        "open": now.is_open,
        "affected": now.affected,
        "against": _against(now),
        "when_links_were_back": {"open": back.is_open, "affected": back.affected, "against": _against(back)},
    }


def _against(one: Bottleneck) -> dict[str, Any]:
    return {condition.name: msgspec.to_builtins(condition.against) for condition in one.conditions if not condition.holds}
