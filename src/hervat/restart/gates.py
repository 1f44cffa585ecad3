"""The gates: each a predicate over facts, with the evidence on which it was found passed, or what is missing.

- `loaded`: the source counted its stock and none of it is left, and all that its latest watermark claims is here.
- `reconciled`: what the partner signed that it sent is exactly what is here, up to where the link is let through,
  by a key that was not revoked, and said since the link was last held by hand or isolated.
- `clean`: nothing of the partner lies in quarantine, every check that the link waits for is done, and no key from before its isolation
  counts.
- `approved`: two roles of two organisations signed for this step of this run, whoever is isolated with a key from after that.
- `rehearsed`: an exercise of this very plan came through, not too long ago.
- `no-held`: nothing is held for a key that this link, or one that is let through, should have given; where more may be than is opened in
  a look, that is not known, and the gate not passed.
- `soaked`: so many hours since it was let through, or since the last conflict or refusal of its source after that.

Once passed, a gate is looked at again at each check (`again`): a newer claim that cannot be checked yet is let be, a rehearsal does not
grow old under a link that it opened, and what was signed in time stays signed when its key is replaced: whose key was stolen is isolated.
A gate that two people let be was not passed on any of that: when their waiver ends it is asked as the first time.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from hervat.batch import Statement
from hervat.chain.parts import GateName
from hervat.clock import parse_rfc3339, rfc3339
from hervat.intake.quarantine import oin_of
from hervat.intake.switching import Switch
from hervat.restart.acts import Evidence
from hervat.restart.approving import counting
from hervat.restart.facts import Facts
from hervat.restart.lacking import Lack, lack, sentence
from hervat.restart.run import Run, StepAt

REHEARSED_FOR = 24.0 * 14
"""Hours for which an exercise counts where the plan does not say."""
WAIVED = "waived_at"
"""In the evidence of a gate that was let be: the position of the waiver."""
_LISTED = 20
MOST_HELD = 500
"""So many of what is held for a link are counted, and no more: they are opened one by one, and there may be all there is."""
MOST_LOOKED_AT = 2000
"""So many are opened to find these, and no more: a judgment says only inside whether it waits for an appeal or for a charge."""


class Verdict(NamedTuple):
    """Whether a gate is passed, on what, and what it lacks."""

    met: bool
    evidence: Evidence
    lacks: Lack | None = None

    @property
    def missing(self) -> str:
        """What it lacks, in a sentence; empty where that is nothing."""
        return "" if self.lacks is None else sentence(self.lacks)


class Asking(NamedTuple):
    """Who judges by what: the facts, what is closed, and the moments of isolations, by position."""

    facts: Facts
    switch: Switch
    moments: dict[int, str]

    def isolated_at(self, oin: str) -> datetime | None:
        """When an organisation was isolated that is not let through again; None where it is."""
        moment = self.moments.get(self.switch.isolated_since(oin))
        return None if moment is None else parse_rfc3339(moment)


def judge(asking: Asking, run: Run, one: StepAt, gate: GateName, *, again: bool = False) -> Verdict:
    """Look at a gate of a step; a waiver that counts lets it be, and shows in the evidence."""
    waiver = one.waiver(gate, asking.facts.now)
    if waiver is not None:
        names = [waiver.by.partner, waiver.second.partner]
        return Verdict(True, {WAIVED: one.waived[gate][0].position, "by": names, "until": waiver.until})
    # Passed on a waiver it was never shown: when that ends the gate is asked as the first time.
    return _GATES[gate](asking, run, one, again and WAIVED not in one.passed[gate][1])


def _loaded(asking: Asking, run: Run, one: StepAt, again: bool) -> Verdict:
    source = one.source or ""
    feed, claims, stock = asking.facts.feed(source), asking.facts.watermarks(source), asking.facts.stock(source)
    if again:
        claims = [claim for claim in claims if claim.holds is not None]
    left = sum(max(0, line.counted - line.entered) for line in stock)
    claim = claims[0] if claims else None
    evidence: Evidence = {
        "here": feed.through,
        "highest": feed.highest,
        "watermark": None if claim is None else {"position": claim.position, "through": claim.through, "holds": claim.holds},
        "stock": [{"position": line.position, "count": line.counted, "entered": line.entered} for line in stock],
        "left": left,
    }
    if not stock:
        return Verdict(False, evidence, lack("stock-not-counted"))
    if left:
        return Verdict(False, evidence, lack("stock-left", n=left))
    if claim is None:
        return Verdict(False, evidence, lack("no-watermark"))
    if claim.holds == 0:
        return Verdict(False, evidence, lack("watermark-differs", position=claim.position))
    if not claim.holds:
        return Verdict(False, evidence, lack("watermark-ahead", position=claim.position, through=claim.through, here=feed.through))
    return Verdict(True, evidence)


def _reconciled(asking: Asking, run: Run, one: StepAt, again: bool) -> Verdict:
    if not one.statements:
        return Verdict(False, {}, lack("no-statement"))
    at, kept = one.statements[-1]
    claims = asking.facts.watermarks(one.source or "")
    through = max((claim.through or 0 for claim in claims if claim.holds), default=0)
    evidence: Evidence = {
        "position": at.position,
        "through": kept.statement.through,
        "set_hash": kept.statement.set_hash,
        "key": kept.statement.key,
        "equal": kept.equal,
    }
    if not kept.equal:
        return Verdict(False, evidence, lack("statement-differs", position=at.position))
    if not again and _is_revoked(asking, kept.statement):
        return Verdict(False, evidence, lack("statement-revoked", position=at.position, key=kept.statement.key))
    if kept.statement.through < through and not again:
        return Verdict(False, evidence, lack("statement-behind", through=kept.statement.through, claimed=through))
    return Verdict(True, evidence)


def _is_revoked(asking: Asking, statement: Statement) -> bool:
    partner = asking.facts.partners.get(statement.from_)
    keys = () if partner is None else partner.keys
    return not any(key.id == statement.key and key.revoked_at is None for key in keys)


def _clean(asking: Asking, run: Run, one: StepAt, again: bool) -> Verdict:
    oin = oin_of(one.source or "") or ""
    inside = asking.facts.quarantined(oin)
    checks = {wait.step: run.steps[wait.step].done for wait in one.step.waits_for if run.steps[wait.step].step.act == "check"}
    since = asking.switch.isolated_since(oin)
    partner, moment = asking.facts.partners.get(oin), asking.isolated_at(oin)
    keys = () if partner is None else partner.keys
    in_force = [key for key in keys if key.revoked_at is None and (key.valid_until is None or key.valid_until > asking.facts.now)]
    old = [key.id for key in in_force if moment is not None and key.valid_from < moment]
    evidence: Evidence = {
        "quarantined": inside,
        "checks": {step: None if done is None else done.position for step, done in checks.items()},
        "isolated_at": since or None,
        "keys": [key.id for key in in_force],
        "before_isolation": old,
    }
    undone = [step for step, done in checks.items() if done is None]
    if inside:
        return Verdict(False, evidence, lack("quarantined", n=inside))
    if undone:
        return Verdict(False, evidence, lack("check-not-done", step=undone[0]))
    if old:
        return Verdict(False, evidence, lack("old-key", key=old[0]))
    return Verdict(True, evidence)


def _approved(asking: Asking, run: Run, one: StepAt, again: bool) -> Verdict:
    given = [approval for _, approval in one.approvals]
    counted = given if again else counting(given, asking.facts.partners, asking.isolated_at)
    there = {(approval.partner, approval.role): approval for approval in counted}
    asked = [(run.oin(approver.oin), approver.role) for approver in one.step.approvers]
    positions = {approval.signature: at.position for at, approval in one.approvals}
    evidence: Evidence = {
        "plan": run.begun.hash,
        "approvals": [
            {"partner": oin, "role": role, "key": approval.key, "position": positions[approval.signature]}
            for (oin, role), approval in sorted(there.items())
        ],
    }
    lacking = [{"role": role, "oin": oin} for oin, role in asked if (oin or "", role) not in there]
    if lacking:
        return Verdict(False, evidence, lack("not-approved", who=lacking))
    return Verdict(True, evidence)


def _rehearsed(asking: Asking, run: Run, one: StepAt, again: bool) -> Verdict:
    if run.begun.exercise:
        return Verdict(True, {"exercise": True})
    hours = one.hours("rehearsed") or REHEARSED_FOR
    kept = [(at, act.report) for at, act in run.exercises if act.report.plan == run.begun.hash and act.report.passed]
    recent = [(at, report) for at, report in kept if again or parse_rfc3339(report.made_at) + timedelta(hours=hours) >= asking.facts.now]
    if not recent:
        code = "rehearsed-too-long-ago" if kept else "not-rehearsed"
        return Verdict(False, {"plan": run.begun.hash}, lack(code, hours=f"{hours:g}"))
    at, report = recent[-1]
    evidence: Evidence = {"plan": report.plan, "position": at.position, "made_at": report.made_at, "seed": report.seed}
    return Verdict(True, evidence)


def _no_held(asking: Asking, run: Run, one: StepAt, again: bool) -> Verdict:
    lacking, whole = asking.facts.lacking(run, one, MOST_HELD + 1, MOST_LOOKED_AT)
    counted, more = lacking[:MOST_HELD], len(lacking) > MOST_HELD
    evidence: Evidence = {"held": len(counted), "more": more, "positions": lacking[:_LISTED], "at": asking.facts.position}
    if not whole and not more:
        return Verdict(False, evidence | {"looked_at": MOST_LOOKED_AT}, lack("more-than-looked-at", looked=MOST_LOOKED_AT, n=len(counted)))
    if lacking:
        return Verdict(False, evidence, lack("more-held-for-it" if more else "held-for-it", n=len(counted), first=lacking[0]))
    return Verdict(True, evidence)


def _soaked(asking: Asking, run: Run, one: StepAt, again: bool) -> Verdict:
    if one.let_through is None:
        return Verdict(False, {}, lack("nothing-let-through"))
    away = asking.facts.turned_away(one.source or "", one.let_through.position)
    since = max([one.let_through.moment, *(moment for _, moment in away)])
    over = since + timedelta(hours=one.hours("soaked") or 0.0)
    evidence: Evidence = {"since": rfc3339(since), "until": rfc3339(over), "turned_away": [position for position, _ in away][-_LISTED:]}
    if asking.facts.now < over:
        if away:
            return Verdict(False, evidence, lack("soaking-again", position=away[-1][0], until=rfc3339(over)))
        return Verdict(False, evidence, lack("soaking", until=rfc3339(over)))
    return Verdict(True, evidence)


_GATES: dict[GateName, Callable[[Asking, Run, StepAt, bool], Verdict]] = {
    "loaded": _loaded,
    "reconciled": _reconciled,
    "clean": _clean,
    "approved": _approved,
    "rehearsed": _rehearsed,
    "no-held": _no_held,
    "soaked": _soaked,
}
