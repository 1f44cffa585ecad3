"""Receipts: everything an answer rests on, as canonical JSON (RFC 8785), so that it can be computed again.

- In it: the rule, its version and article; both dates; each fact that was asked for, with its position; what is not told; each value that
  was used, with certainty, source and reach; the horizon; the reasoning as a tree; and a notice where a value that is not quoted decided.
- A receipt holds what is in no other place of the receipt only once, and nothing that was not used.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hervat.law.dated import Held, Reach, Span
from hervat.law.text import Value
from hervat.law.value import Certainty, Words, plain

if TYPE_CHECKING:
    from hervat.law.rule import Asking, Finding, Horizon, Rule, Step

FORM = "hervat-law-receipt/1"


def canonical(document: Mapping[str, Any]) -> bytes:
    """RFC 8785 of a document of objects with ASCII names, lists, texts, whole numbers, booleans and null."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def receipt_of(
    rule: "Rule[Any]",
    asking: "Asking",
    version: int | None,
    finding: "Finding[Any]",
    because: "Step",
    changes_on: date | None,
    horizon: "Horizon | None",
) -> dict[str, Any]:
    """The receipt as a document."""
    unverified = not_quoted(rule, asking.values)
    return {
        "form": FORM,
        "rule": {
            "name": rule.name,
            "version": version,
            "article": rule.text.article,
            "certainty": rule.text.certainty.value,
            "source": rule.text.source,
        },
        "on": asking.on.isoformat(),
        "facts": [_fact(rule, name, fact) for name, fact in sorted(asking.used.items())],
        "missing": sorted(asking.missing),
        "parameters": [_parameter(name, asking.values[name, number]) for name, number in sorted(asking.values)],
        "horizon": None if horizon is None else _horizon(horizon),
        "outcome": finding.outcome.value,
        "value": plain(finding.value),
        "changes_on": plain(changes_on),
        "because": plain(because),
        "unverified": [{"name": name, "certainty": certainty.value} for name, certainty in unverified],
        "notice": plain(notice(unverified)),
    }


def not_quoted(rule: "Rule[Any]", used: Mapping[tuple[str, int], Held[Value]]) -> list[tuple[str, Certainty]]:
    """What decided and is not quoted: the rule's own text and the values that were used, in order of their names, each once."""
    known = [(rule.name, rule.text.certainty), *((place[0], used[place].value.certainty) for place in sorted(used))]
    return [(name, certainty) for name, certainty in dict.fromkeys(known) if certainty is not Certainty.QUOTED]


def notice(unverified: Sequence[tuple[str, Certainty]]) -> Words | None:
    """What is said where values that are not quoted decided; None where there are none."""
    if not unverified:
        return None
    names = ", ".join(f"{name} ({certainty})" for name, certainty in unverified)
    return Words(en=f"unverified value: {names}", nl=f"ongeverifieerde waarde: {names}")


def _fact(rule: "Rule[Any]", name: str, fact: Any) -> dict[str, Any]:
    sort = next(input.sort for input in rule.inputs if input.name == name)
    return {"name": name, "value": sort.write(fact.value), "position": fact.position}


def _parameter(name: str, held: Held[Value]) -> dict[str, Any]:
    value = held.value
    return {"name": name, "value": value.json, "certainty": value.certainty.value, "source": value.source, **reach_of(held.reach)}


def reach_of(reach: Reach) -> dict[str, Any]:
    """A reach as JSON has it."""

    def span(one: Span) -> dict[str, Any]:
        return {"from": plain(one.first), "until": plain(one.until)}

    return {"decided": span(reach.decided), "facts": span(reach.facts)}


def _horizon(horizon: "Horizon") -> dict[str, Any]:
    # A list: sources are not names of ours, and RFC 8785 sorts names that are not ASCII otherwise than Python does.
    sources = [{"source": source, "complete_until": until} for source, until in sorted(horizon.complete_until.items())]
    return {"position": horizon.position, "sources": sources, "support_lost": horizon.support_lost}
