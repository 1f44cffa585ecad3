"""All rules by their names, and the replaying of receipts."""

import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from hervat.errors import Usage
from hervat.law.certificates.lookback import LOOKBACK
from hervat.law.certificates.objective import OBJECTIVE
from hervat.law.certificates.offences import OFFENCE
from hervat.law.certificates.proposal import PROPOSAL
from hervat.law.certificates.risk import RISK
from hervat.law.certificates.term import TERM
from hervat.law.disclosure.adult import OF_ADULT
from hervat.law.disclosure.applied import APPLIED
from hervat.law.disclosure.grounds import REQUESTED
from hervat.law.disclosure.legal_person import OF_LEGAL_PERSON
from hervat.law.disclosure.wording import WORDED
from hervat.law.disclosure.youth import OF_YOUTH
from hervat.law.immigration.naturalisation import NATURALISATION
from hervat.law.immigration.sliding_scale import SLIDING_SCALE
from hervat.law.receipt import FORM, canonical
from hervat.law.retention.dismissal import DISMISSED
from hervat.law.retention.misdrijf import MISDRIJF
from hervat.law.retention.overtreding import OVERTREDING
from hervat.law.rule import Fact, Horizon, Rule
from hervat.law.screening.emergencies import EMERGENCY
from hervat.law.screening.population import CONCERNS
from hervat.law.screening.ranking import SEVERITY
from hervat.law.subject.correction import CORRECTION
from hervat.law.value import TEXT, WHOLE, YES_NO, Sort

T = TypeVar("T")

_SCREENING = (CONCERNS, SEVERITY, EMERGENCY)
_CERTIFICATES = (LOOKBACK, OFFENCE, OBJECTIVE, PROPOSAL, RISK, TERM)
_RETENTION = (DISMISSED, MISDRIJF, OVERTREDING)
_DISCLOSURE = (WORDED, REQUESTED, APPLIED, OF_ADULT, OF_YOUTH, OF_LEGAL_PERSON)
_IMMIGRATION = (SLIDING_SCALE, NATURALISATION)
_EVERY = (*_SCREENING, *_CERTIFICATES, *_RETENTION, *_DISCLOSURE, *_IMMIGRATION, CORRECTION)
RULES: Mapping[str, Rule[Any]] = MappingProxyType({rule.name: rule for rule in _EVERY})


def rule_named(name: str) -> Rule[Any]:
    """The rule of this name; raises Usage where there is none."""
    if name not in RULES:
        raise Usage(f"there is no rule {name!r}; the rules are {', '.join(RULES)}.")
    return RULES[name]


def replay(receipt: bytes) -> bytes:
    """The receipt of the same facts, dates and horizon, computed again: the same bytes as long as rule and values are the same.

    Raises Usage for what is no receipt.
    """
    try:
        document = json.loads(receipt)
        if document["form"] != FORM or canonical(document) != receipt:
            raise ValueError(f"it is not in the form {FORM}, canonical JSON (RFC 8785)")
        rule = rule_named(document["rule"]["name"])
        facts = dict(_fact(rule, one) for one in document["facts"])
        on, horizon = date.fromisoformat(document["on"]), _horizon(document["horizon"])
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise Usage(f"this is no receipt of a rule of law: {fault}; give one as it was written.") from fault
    return rule.apply(facts, on=on, horizon=horizon).receipt()


def _fact(rule: Rule[Any], told: dict[str, Any]) -> tuple[str, Fact]:
    sort = {input.name: input.sort for input in rule.inputs}[told["name"]]
    return told["name"], Fact(sort.read(told["value"]), _or_null(WHOLE, told["position"]))


def _horizon(told: dict[str, Any] | None) -> Horizon | None:
    if told is None:
        return None
    return Horizon(
        position=WHOLE.read(told["position"]),
        complete_until={TEXT.read(one["source"]): _or_null(TEXT, one["complete_until"]) for one in told["sources"]},
        support_lost=YES_NO.read(told["support_lost"]),
    )


def _or_null(sort: Sort[T], given: Any) -> T | None:
    return None if given is None else sort.read(given)
