"""The limited set (Wjsg 10-12): which convictions of a record the rules put in it, and which they keep out or cannot speak of.

A conviction of which a rule cannot say whether it is in the set is not disclosed: it is withheld, and named with the reason to whoever
answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from msgspec import Struct, to_builtins

from hervat.consumers.disclosure.convicted import Candidate, Positions, candidates
from hervat.law import disclosure as law
from hervat.law.retention.calendar import NEVER
from hervat.law.rule import Horizon, Result
from hervat.law.value import NONE, Absent, Outcome
from hervat.register.record import Person


class Weighed(Struct, frozen=True, kw_only=True):
    """A conviction, under which law it fell, and what the rule of that law says of it; None where no law is told, and no rule is asked."""

    candidate: Candidate
    applied: Result[str]
    window: Result[law.Window] | None

    @property
    def outcome(self) -> Outcome:
        """Whether it is in the set."""
        return Outcome.CANNOT_SAY if self.window is None else self.window.outcome

    @property
    def deciding(self) -> Result[Any]:
        """The answer that decides."""
        return self.window or self.applied

    def shown(self) -> dict[str, Any]:
        """The conviction as it is disclosed, without what no message tells."""
        window = None if self.window is None else self.window.value
        until = None if window is None else window.until
        found: dict[str, Any] = {"key": self.candidate.key, **to_builtins(self.candidate.shown), "until": to_builtins(until)}
        return {name: value for name, value in found.items() if value is not None}


def weighed(person: Person, positions: Positions, on: date, horizon: Horizon) -> list[Weighed]:
    """Every conviction in a record, with what the law of the limited set says of it on a day."""
    begun = [_weighed(one, on, horizon) for one in candidates(person, positions)]
    # No window ends while that of another such conviction runs (Wjsg 10(6)): each is asked again with what was said of the others.
    return [_weighed(one.candidate, on, horizon, _others(one, begun)) for one in begun]


def _others(one: Weighed, begun: Sequence[Weighed]) -> date | Absent | None:
    others = [other for other in begun if other.candidate.key != one.candidate.key and other.applied.value == law.ADULT]
    ends = [other.window.value.until or NEVER for other in others if other.window is not None and other.window.value is not None]
    if ends:
        return max(ends)
    unclear = any(other.outcome is Outcome.CANNOT_SAY for other in begun if other is not one)
    return None if unclear else NONE


def _weighed(candidate: Candidate, on: date, horizon: Horizon, others: date | Absent | None = None) -> Weighed:
    facts = candidate.facts
    applied = law.applied(facts.given_on, candidate.ages, facts.sentences, position=facts.position, on=on, horizon=horizon)
    if applied.value is None:
        return Weighed(candidate=candidate, applied=applied, window=None)
    told = replace(facts, law=applied.value, other_windows_until=others)
    return Weighed(candidate=candidate, applied=applied, window=_RULES[applied.value](told, on=on, horizon=horizon))


_RULES: Mapping[str, Any] = {law.ADULT: law.adult, law.YOUTH: law.youth}
