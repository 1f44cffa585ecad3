"""One application as its page shows it: what is proposed and why, where the register is blind, by when, and the steps so far.

The reasoning is the tree that the rules themselves give, each step with its article and with what of it is unverified.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from hervat.consumers.certificates.blindness import TOLERATED
from hervat.consumers.certificates.proposing import Proposed
from hervat.consumers.certificates.steps import Consulting, Deciding, Hearing, Proposing, Step, kind_of
from hervat.doors.pages.applications import purpose_in
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short
from hervat.law.rule import Result
from hervat.law.rule import Step as Reason
from hervat.law.value import Outcome, Words

_HOLDS = {True: "yes", False: "no", None: "cannot-say"}
_UNKNOWN = "unknown"


def assessed(found: Proposed, words: Wording) -> dict[str, Any]:
    """What is proposed on an application, and all that it rests on."""
    looked, whole, deadline = found.looked, found.whole.whole, found.term.value
    last_day = None if deadline is None else deadline.last_day
    return {
        "purposes": [purpose_in(words, one) for one in looked.requested.asked_for],
        "applied_on": looked.requested.applied_on.isoformat(),
        "on": looked.on.isoformat(),
        "position": looked.position,
        "told_at": looked.told_at,
        "persons": looked.skns,
        "proposal": found.proposal.value,
        "because": _in(words, whole.because.says),
        "is_blind": found.is_blind,
        "on_known": None if found.on_known is None else found.on_known.proposal.value,
        "rule": found.rule,
        "vulnerable": found.risk.outcome.value,
        "entries": list(_entries(found, words)),
        "reasons": list(_reasons(found, words)),
        "last_day": None if last_day is None else last_day.isoformat(),
        "is_late": last_day is not None and last_day < looked.on,
        "spots": [
            {"of": short(one.of), "why": one.why, "first": None if one.span.first is None else one.span.first.isoformat()}
            for one in looked.blindness.spots
        ],
        "let_be": [{"source": short(source), "last": last.isoformat()} for source, last in looked.blindness.let_be],
        "tolerated": TOLERATED,
        "sources": [{"source": short(row["source"]), "until": row["complete_until"]} for row in looked.horizon["sources"]],
        "held": looked.held,
    }


def _entries(found: Proposed, words: Wording) -> Iterator[dict[str, Any]]:
    """What the register has of the applicant: what it is, what became of it, whether it counts, and why."""
    working = found.working
    older = () if working.whole.value is None else working.whole.value.older
    for entry, group, one in zip(found.looked.entries, working.groups, working.entries, strict=True):
        yield {
            "about": entry.about,
            "outcome": entry.outcome,
            "group": _UNKNOWN if group.value is None else group.value.value,
            "counts": "older" if one.outcome is Outcome.NO and entry.about in older else one.outcome.value,
            "because": _in(words, one.because.says),
            "position": entry.position,
        }


def _reasons(found: Proposed, words: Wording) -> Iterator[dict[str, Any]]:
    """The reasoning rule by rule, as it goes: the look-back, each entry with its group, the whole; where it is blind, what it would be on
    what is known; the risk, and the term.
    """
    working, looked = found.working, found.looked
    yield _reason(working.lookback, words)
    for entry, group, one in zip(looked.entries, working.groups, working.entries, strict=True):
        yield _reason(group, words, entry.about)
        yield _reason(one, words, entry.about)
    yield _reason(found.whole.whole, words)
    if found.on_known is not None:
        yield _reason(found.on_known.whole, words, known=True)
    yield _reason(found.risk, words)
    yield _reason(found.term, words)


def _reason(result: Result[Any], words: Wording, about: str = "", *, known: bool = False) -> dict[str, Any]:
    unverified = {one["name"]: one["certainty"] for one in result.document["unverified"]}
    return {
        "rule": result.document["rule"]["name"],
        "about": about,
        "known": known,
        "step": _step(result.because, unverified, words),
        "unverified": list(unverified.items()),
        "missing": result.missing,
        "changes_on": None if result.changes_on is None else result.changes_on.isoformat(),
    }


def _step(reason: Reason, unverified: dict[str, str], words: Wording) -> dict[str, Any]:
    return {
        "says": _in(words, reason.says),
        "article": reason.article,
        "holds": _HOLDS[reason.holds],
        "unverified": [name for name in reason.rests_on if name in unverified],
        "steps": [_step(one, unverified, words) for one in reason.steps],
    }


def _in(words: Wording, says: Words) -> str:
    return str(getattr(says, words.language))


def taken(steps: Sequence[tuple[int, Step]], words: Wording) -> list[dict[str, Any]]:
    """The steps so far: each with the entry that it is, the day, what was done, on which ground, and by whom."""
    return [
        {
            "position": at,
            "on": step.on.isoformat(),
            "kind": kind_of(step),
            "what": _told(step, words),
            "ground": getattr(step, "ground", None),
            "by": getattr(step, "by", None),
        }
        for at, step in steps
    ]


def _told(step: Step, words: Wording) -> str:
    """What a step says beyond that it was taken."""
    match step:
        case Proposing():
            return _under(words.term("proposals", step.proposal), step.rule, words, is_blind=step.is_blind)
        case Deciding():
            return _under(words.term("stages", step.outcome), step.rule, words, is_blind=step.decided_blind)
        case Consulting():
            return f"{step.source}: {step.said or words('certificates.not_consulted')}"
        case Hearing(none_by=day) if day is not None:
            return words("certificates.none_by", day=day.isoformat())
        case _:
            return ""


def _under(told: str, rule: str | None, words: Wording, *, is_blind: bool) -> str:
    if not is_blind:
        return told
    return words("certificates.told_blind", told=told) if rule is None else words("certificates.told_under", told=told, name=rule)
