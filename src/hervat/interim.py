"""Interim rules: how to decide where the register is blind, as an authority says it: a dated act with its ground, its scope and its end.

- A rule says who made it and on what ground, which decisions it is for, what to do, and its first and last day of decision. `until` is the
  last day; without it no end is known.
- What to do is one of three: *wait*; *decide* on what is known, and open again later; *ask* another source, which it names, first.
- Decisions are on certificates for some purposes, or `every`, with or without vulnerable people concerned; on immigration; on
  naturalisation. An application falls within a rule where all that it is asked for does. So two rules that have no purpose in common never
  both hold.
- One decision falls under one rule: two that meet in scope and days are refused.
- Where nothing is blind no rule holds, and without one the answer is cannot-say.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, get_args

from msgspec import Meta, Struct
from msgspec.structs import replace

from hervat.errors import Usage
from hervat.message import END, Text
from hervat.procedure import Word

EVERY = "every"
APART = ("immigration", "naturalisation")
"""What is decided on that is no certificate. Of the risk in it nothing is told."""
Scoped = Annotated[str, Meta(pattern=rf"^((profile|aspect) [0-9]{{2}}|{EVERY}|{'|'.join(APART)}){END}")]
Risk = Literal["every", "vulnerable", "ordinary"]
Does = Literal["wait", "decide", "ask"]
RISKS: tuple[str, ...] = get_args(Risk)
DOES: tuple[str, ...] = get_args(Does)


class Question(NamedTuple):
    """What is to be decided: all that it is for, and whether vulnerable people are, or may be, concerned."""

    purposes: tuple[str, ...]
    vulnerable: bool = False


class InterimRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A rule under its name. `from_` and `until` are its first and last day, in Europe/Amsterdam; `ask` is the source to be asked."""

    name: Word
    authority: Text
    ground: Text
    purposes: Annotated[tuple[Scoped, ...], Meta(min_length=1)]
    risk: Risk = "every"
    does: Does
    ask: Text | None = None
    from_: date
    until: date | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an end before the beginning, a source without asking or asking without one, and a risk nothing tells."""
        if self.until is not None and self.until < self.from_:
            raise ValueError(f"the rule {self.name} ends on {self.until}, before it begins on {self.from_}")
        if (self.does == "ask") != (self.ask is not None):
            raise ValueError(f"the rule {self.name} names a source to ask where it asks one, and only there")
        if self.risk != EVERY and not set(self.purposes).isdisjoint(APART):
            raise ValueError(f"the rule {self.name} is by risk, which only certificates tell; make another for {', '.join(APART)}")

    def has(self, day: date) -> bool:
        """Whether a day lies within it."""
        return self.from_ <= day and (self.until is None or day <= self.until)

    def covers(self, question: Question) -> bool:
        """Whether a decision falls within its scope."""
        risk = self.risk == EVERY or (self.risk == "vulnerable") == question.vulnerable
        return risk and bool(question.purposes) and all(self._is_for(one) for one in question.purposes)

    def _is_for(self, purpose: str) -> bool:
        return purpose in self.purposes or (EVERY in self.purposes and purpose not in APART)

    def meets(self, other: "InterimRule") -> bool:
        """Whether some decision would fall under both."""
        begins, ends = max(self.from_, other.from_), min(self.until or date.max, other.until or date.max)
        risks = self.risk == other.risk or EVERY in (self.risk, other.risk)
        return begins <= ends and risks and bool(self.shared(other))

    def shared(self, other: "InterimRule") -> list[str]:
        """The purposes for which both are."""
        both = {one for one in self.purposes if other._is_for(one)} | {one for one in other.purposes if self._is_for(one)}
        return sorted(both)


class InterimRules:
    """Every rule that was ever opened, as it is known at one position; made once and never changed."""

    def __init__(
        self,
        rules: Iterable[InterimRule] = (),
        opened: Mapping[str, int] = MappingProxyType({}),
        closed: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """`opened` and `closed` have, by name, the positions of the acts. Raises Usage for two of one name, or that meet."""
        self._known: dict[str, InterimRule] = {}
        for rule in rules:
            self.ensure_apart(rule)
            self._known[rule.name] = rule
        self._opened, self._closed = dict(opened), dict(closed)

    def __iter__(self) -> Iterator[InterimRule]:
        """Every rule, by its first day and its name."""
        return iter(sorted(self._known.values(), key=lambda one: (one.from_, one.name)))

    def get(self, name: str) -> InterimRule | None:
        """The rule of this name; None where there never was one."""
        return self._known.get(name)

    def opened(self, name: str) -> int:
        """The position of the act that opened it."""
        return self._opened[name]

    def closed(self, name: str) -> int | None:
        """The position of the act that closed it; None where no act did."""
        return self._closed.get(name)

    def on(self, question: Question, day: date) -> InterimRule | None:
        """The rule under which a decision falls on a day; None where there is none."""
        return next((one for one in self._known.values() if one.has(day) and one.covers(question)), None)

    def ensure_apart(self, rule: InterimRule) -> None:
        """Raises Usage where a rule cannot stand beside the others: one has its name, or a decision could fall under both."""
        if rule.name in self._known:
            raise Usage(f"--name {rule.name}: there is a rule of this name; a name never comes to mean another, give a new one")
        for other in self._known.values():
            if rule.meets(other):
                raise Usage(
                    f"--from {rule.from_}: the rule {other.name} is for {', '.join(rule.shared(other))} from {other.from_} until "
                    f"{other.until or 'no end that is known'}; a decision must fall under one only: close that first, or begin later"
                )

    def with_opened(self, position: int, rule: InterimRule) -> "InterimRules":
        """The rules after the act at a position that opened one."""
        return InterimRules([*self._known.values(), rule], {**self._opened, rule.name: position}, self._closed)

    def with_closed(self, position: int, name: str, until: date) -> "InterimRules":
        """The rules after the act at a position that closed one."""
        closed = {**self._known, name: replace(self._known[name], until=until)}
        return InterimRules(closed.values(), self._opened, {**self._closed, name: position})
