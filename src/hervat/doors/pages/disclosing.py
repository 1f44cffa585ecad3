"""What the answer to a request for disclosure would be, as its page shows it: the law's reasoning, the horizon, and the set.

It names nobody: of a charge there is what it was and how it ended, and where in the journal that stands. Who it is, somebody asks.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.consumers.disclosure.answer import Answer
from hervat.consumers.disclosure.handed import for_the_operator, handed_out
from hervat.consumers.disclosure.limited import Weighed
from hervat.doors.pages.entries import positions_of
from hervat.doors.pages.record import horizon_said, sentenced
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short
from hervat.law.rule import Step
from hervat.law.value import Outcome, plain
from hervat.message import Named
from hervat.register.record import Case, Charge

_HOLDS = {True: "yes", False: "no", None: "cannot-say"}


def answer_shown(node: Node, found: Answer, words: Wording) -> dict[str, Any]:
    """An answer for the page: how it would be, why, on what it rests, and what would be handed out."""
    given, operator, language = handed_out(found), for_the_operator(found), words.language
    horizon = operator["horizon"] or node.horizon_about(found.position)
    return {
        "how": found.how,
        "on": given["on"],
        "because": None if operator["because"] is None else operator["because"][language],
        "steps": [step_shown(one, language) for one in _reasons(found)],
        "permission": found.permission,
        "scope": None if found.scope is None else found.scope.value,
        "missing": operator["missing"],
        "persons": found.persons,
        "unverified": given["unverified"],
        "position": found.position,
        "horizon": list(horizon_said(horizon, words)),
        "blind": [short(one) for one in found.blind],
        "hearings": [one["hearing_on"] for one in given["hearings"]],
        "convictions": _convictions(node, found, words),
        "charges": _charges(node, found, words),
        "identities": 0 if found.person is None or found.scope is None else len(found.person.identities),
        "foreign": 0 if found.person is None else len(found.person.foreign_convictions),
        "person": None if found.person is None else found.person.skn,
    }


def _reasons(found: Answer) -> Iterator[Step]:
    if found.asked is not None:
        yield found.asked.wording.because
    if found.ground is not None:
        yield found.ground.because


def step_shown(step: Step, language: str) -> dict[str, Any]:
    """A step of the reasoning, with those that it follows from."""
    return {
        "says": getattr(step.says, language),
        "article": step.article,
        "holds": _HOLDS[step.holds],
        "steps": [step_shown(one, language) for one in step.steps],
    }


def _convictions(node: Node, found: Answer, words: Wording) -> list[dict[str, Any]]:
    """Every conviction that was held against the rules of the limited set, with what its rule says."""
    charges = [one.candidate.shown.get("charge") for one in found.weighed]
    places = _places(node, [one for one in charges if isinstance(one, Charge)])
    return [_conviction(one, places, words) for one in found.weighed]


def _conviction(one: Weighed, places: dict[tuple[str, str], int], words: Wording) -> dict[str, Any]:
    charge, deciding = one.candidate.shown.get("charge"), one.deciding
    window = None if one.window is None else one.window.value
    told = {
        "outcome": one.outcome.value,
        "until": plain(None if window is None else window.until),
        "because": getattr(deciding.because.says, words.language),
        "rule": deciding.document["rule"]["name"],
        "unverified": list(deciding.unverified),
        "withheld": one.outcome is Outcome.CANNOT_SAY,
    }
    if isinstance(charge, Charge):
        return told | _charge(charge, one.candidate.shown.get("sentences") or (), places, words)
    return told | {"name": words("disclosures.abroad"), "ended": "", "final_on": None, "at": None, "sentences": []}


def _charges(node: Node, found: Answer, words: Wording) -> list[dict[str, Any]]:
    """Every charge of a full set."""
    if found.person is None or found.scope is None or found.weighed or found.scope.value != "full":
        return []
    charges = [(case, charge) for case in found.person.cases for charge in case.charges]
    places = _places(node, [charge for _, charge in charges])
    return [_charge(charge, _imposed(case, charge), places, words) for case, charge in charges]


def _imposed(case: Case, charge: Charge) -> tuple[Any, ...]:
    judged = [one.sentences for one in case.judgments if one.message == charge.message]
    ordered = [one.sentences for one in case.orders if one.message == charge.message]
    return next(iter([*judged, *ordered]), ())


def _charge(charge: Charge, sentences: tuple[Any, ...], places: dict[tuple[str, str], int], words: Wording) -> dict[str, Any]:
    return {
        "name": f"{charge.article} {charge.label}",
        "ended": f"{words.term('outcomes', charge.outcome)} {charge.outcome_on}",
        "final_on": plain(charge.final_on),
        "at": places.get(_name(charge.message)),
        "sentences": [sentenced(msgspec.to_builtins(one), words) for one in sentences],
    }


def _places(node: Node, charges: list[Charge]) -> dict[tuple[str, str], int]:
    return positions_of(node, {_name(one.message) for one in charges})


def _name(named: Named) -> tuple[str, str]:
    return named.source, named.id
