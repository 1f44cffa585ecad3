"""The record of a person as it is shown: frozen values with the names of the contract, and nothing that decides.

- What is absent is null where the contract names it and left out elsewhere.
- `message` names the message that a value comes from; positions, horizon and what is held are added by others.
- A fact is one line of RFC 8785 JSON with the SKN its person answers under; where two persons differ, a line differs.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from hervat import case, outcome, person
from hervat.kinds import EmergencyReport
from hervat.message import Named, Value

# Field names are ASCII and numbers whole, so sorted keys without white space are RFC 8785.
_canonical = msgspec.json.Encoder(order="sorted").encode
_OF_A_CASE = (("charge", "charges"), ("judgment", "judgments"), ("order", "orders"), ("process", "process"))
_ALWAYS_SHOWN = frozenset({"died_on", "joined_into", "final_on", "code"})


class Identity(person.Identity, frozen=True, kw_only=True):
    """An identity set, the SKN it was asserted for, and whether it leads among the sets of that SKN."""

    skn: str
    leading: bool


class Charge(case.Charge, frozen=True, kw_only=True):
    """A charge with the outcome that counts; `outcome` is one of the contract's names, `code` that of a dismissal."""

    outcome: str
    outcome_on: date
    final_on: date | None
    code: str | None
    message: Named


class Appeal(Value, frozen=True, kw_only=True):
    """A remedy against a judgment."""

    remedy: str
    by: str
    lodged_on: date
    withdrawn_on: date | None


class Enforcement(Value, frozen=True, kw_only=True):
    """An order to carry out (part of) a conditional sentence, in days."""

    enforced_by: str | None
    days: int
    decided_on: date


class Remittal(outcome.Measure, frozen=True, kw_only=True):
    """What a pardon remits; without a measure: all of it."""

    decree: str
    decided_on: date


class Sentence(outcome.Sentence, frozen=True, kw_only=True):
    """A sentence and how it was carried out."""

    started_on: date | None
    ended_on: date | None
    enforced: tuple[Enforcement, ...]
    remitted: tuple[Remittal, ...]


class Judgment(Value, frozen=True, kw_only=True):
    """A judgment with the remedies against it; `final_on` is null while an appeal suspends it."""

    judgment: str
    court: str
    instance: int
    given_on: date
    ecli: str | None
    on_appeal_of: str | None
    appeal_number: str | None
    verdicts: tuple[outcome.Verdict, ...]
    sentences: tuple[Sentence, ...]
    appeals: tuple[Appeal, ...]
    final_on: date | None
    annulled_on: date | None
    message: Named


class Order(Value, frozen=True, kw_only=True):
    """A penalty order; one that was withdrawn is shown and decides nothing."""

    order: str
    charges: tuple[int, ...]
    issued_on: date
    sentences: outcome.Sentences
    opposed_on: date | None
    withdrawn_on: date | None
    final_on: date | None
    executed_on: date | None
    message: Named


class ProcessFact(Value, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What the process traffic tells of a case: its kind, and the fields of that kind but the prosecution number."""

    kind: str
    message: Named
    skn: str | None = None
    from_: date | None = None
    release_due: date | None = None
    decided_on: date | None = None
    released_on: date | None = None
    court: str | None = None
    on: date | None = None
    to: str | None = None
    advice: str | None = None
    about: str | None = None
    due_on: date | None = None
    delivered_on: date | None = None
    judgment: str | None = None
    sentence: str | None = None
    until: date | None = None
    informed_on: date | None = None


class Case(Value, frozen=True, kw_only=True):
    """A case under its prosecution number."""

    prosecution_number: str
    office: str
    registered_on: date
    joined_into: str | None
    police_report: str | None
    charges: tuple[Charge, ...]
    judgments: tuple[Judgment, ...]
    orders: tuple[Order, ...]
    process: tuple[ProcessFact, ...]


class ForeignConviction(Value, frozen=True, kw_only=True):
    """A conviction in another member state, with the SKN it was notified for."""

    skn: str
    member_state: str
    reference: str
    decided_on: date
    final_on: date | None
    offences: tuple[outcome.Offence, ...]
    sanctions: tuple[outcome.Sanction, ...]


class Contradiction(Value, frozen=True, kw_only=True):
    """A message that was applied and does not fit the rest: the sort of contradiction, the message, and a sentence."""

    what: str
    message: Named
    detail: str


class Person(Value, frozen=True, kw_only=True):
    """The whole record of a person: the SKN it answers under, all its SKNs, and what is known of it, sorted."""

    skn: str
    skns: tuple[str, ...]
    identities: tuple[Identity, ...]
    died_on: date | None
    cases: tuple[Case, ...]
    foreign_convictions: tuple[ForeignConviction, ...]
    emergency_reports: tuple[EmergencyReport, ...]
    contradictions: tuple[Contradiction, ...]

    def without_process(self) -> "Person":
        """The record without the process traffic of its cases: the judicial documentation alone."""
        return replace(self, cases=tuple(replace(case, process=()) for case in self.cases))

    def as_json(self) -> dict[str, Any]:
        """The person in the shape of the contract's `hervat person`, without horizon, held and position."""
        shown: dict[str, Any] = _without_absent(msgspec.to_builtins(self))
        return shown

    def facts(self) -> Iterator[bytes]:
        """Every fact shown, one RFC 8785 line each, without its line feed."""
        shown = self.as_json()
        for name, facts in _facts(shown):
            for fact in facts:
                yield _canonical({"skn": self.skn, name: fact})
        for case_ in shown["cases"]:
            pn = case_["prosecution_number"]
            for name, of_case in _OF_A_CASE:
                for fact in case_.pop(of_case):
                    yield _canonical({"skn": self.skn, "prosecution_number": pn, name: fact})
            yield _canonical({"skn": self.skn, "case": case_})


def _facts(shown: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """The facts that belong to the person and not to a case, by name."""
    yield "identity", shown["identities"]
    yield "died_on", [] if shown["died_on"] is None else [shown["died_on"]]
    yield "foreign_conviction", shown["foreign_convictions"]
    yield "emergency_report", shown["emergency_reports"]
    yield "contradiction", shown["contradictions"]


def _without_absent(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_absent(inner) for key, inner in value.items() if inner is not None or key in _ALWAYS_SHOWN}
    if isinstance(value, list | tuple):
        return [_without_absent(inner) for inner in value]
    return value
