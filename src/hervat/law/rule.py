"""A rule, what it asks, and what it answers.

- A rule is a pure function of facts, two dates and its file. It knows a fact only by asking for it, so what it asked for is all that can
  have decided; a receipt holds exactly that.
- An input that was asked for and is not told makes the answer cannot-say, whatever the rule says: it is the asking that decides this, not
  the rule. So does a horizon that lost its support.
- An answer holds from the day of the decision until `changes_on`: the earliest of the day that the rule names, a change of a value that was
  used, and a change of the rule's text.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any, Generic, TypeVar

from hervat.errors import BrokenInvariant, ensure
from hervat.law.dated import Held
from hervat.law.receipt import canonical, not_quoted, receipt_of
from hervat.law.text import RuleText, Value, read_rule
from hervat.law.value import Outcome, Sort, Words

T = TypeVar("T")
V = TypeVar("V")
_RECURRING = 4096


class Origin(StrEnum):
    """Who tells an input: a message of a partner, an act in the journal, the journal itself, whoever asks, or another rule."""

    MESSAGE = "message"
    ACT = "act"
    JOURNAL = "journal"
    ASKED = "asked"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Input(Generic[T]):
    """A fact that a rule may ask for. `told_in`: the places in messages where it stands, or would: `case-registered.charges.article`."""

    name: str
    sort: Sort[T]
    words: Words
    origin: Origin = Origin.MESSAGE
    told_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """A dated value that a rule uses, by its name in the rule's file."""

    name: str
    sort: Sort[T]


@dataclass(frozen=True, slots=True)
class Fact:
    """The value of an input, and the position of the entry that told it; None where no entry did."""

    value: Any
    position: int | None = None


Facts = Mapping[str, Fact]


def told(input: Input[T], value: T | None, position: int | None = None) -> dict[str, Fact]:
    """The fact under the name of its input; nothing where it is None, which is not told."""
    return {} if value is None else {input.name: Fact(value, position)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """What the facts rest on: the position they were read at, up to when each source was complete (RFC 3339, or None for a source that
    does not say), and whether part of what they rested on was taken away.
    """

    position: int
    complete_until: Mapping[str, str | None] = field(default_factory=dict)
    support_lost: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the reasoning: what is said, by which article, whether it holds (None: cannot be said), and which inputs and values it
    rests on; `steps` are what it follows from.
    """

    says: Words
    article: str
    holds: bool | None
    rests_on: tuple[str, ...] = ()
    steps: "tuple[Step, ...]" = ()


@dataclass(frozen=True, slots=True)
class Finding(Generic[V]):
    """What a rule makes of it: the outcome, in words, and what else it yields."""

    outcome: Outcome
    says: Words
    value: V | None = None


class _NotToldError(Exception):
    """An input that is needed is not told; ends the rule; `Rule.apply` says what is missing."""


class Asking:
    """One application of a rule: gives facts and values to it, and remembers which."""

    def __init__(self, text: RuleText, facts: Facts, on: date) -> None:
        self.on = on
        self._text, self._facts = text, facts
        self.used: dict[str, Fact] = {}
        self.missing: dict[str, Input[Any]] = {}
        self.values: dict[tuple[str, int], Held[Value]] = {}
        self.steps: list[Step | Callable[[], Step]] = []
        self.changes: list[date] = []

    def read(self, input: Input[T]) -> T | None:
        """The value of an input; None where it is not told: the answer will be cannot-say, and the rule may go on to say what it can."""
        fact = self._facts.get(input.name)
        if fact is None:
            self.missing[input.name] = input
            return None
        self.used[input.name] = fact
        value: T = fact.value
        return value

    def need(self, input: Input[T]) -> T:
        """The value of an input without which the rule cannot go on."""
        value = self.read(input)
        if value is None:
            raise _NotToldError
        return value

    def tells(self, input: Input[Any]) -> bool:
        """Whether an input is told, without asking for it: of several that could decide a rule may ask first what is told."""
        return input.name in self._facts

    def value(self, parameter: Parameter[T], facts_on: date) -> T:
        """The value for facts of a day."""
        (found,) = self.value_between(parameter, facts_on, facts_on)
        return found

    def value_between(self, parameter: Parameter[T], first: date, last: date) -> tuple[T, ...]:
        """Every value that holds for facts of some day from `first` to `last`; one where the days make no difference."""
        found = self._text.parameters[parameter.name].values.chosen(self.on, first, last)
        if found is None:
            raise BrokenInvariant(f"the value {parameter.name} has no reach over facts of {first} to {last}, which the rule's text has")
        values: list[T] = []
        for one in found:
            self.values[parameter.name, one.number] = one.held
            self.lasts_until(one.changes_on)
            values.append(one.held.value.read)
        return tuple(values)

    def about(self, parameter: Parameter[Any]) -> Words:
        """What a parameter is, in words."""
        return self._text.parameters[parameter.name].about

    def sources(self, parameter: Parameter[Any]) -> str:
        """Where the values of a parameter that were used were found."""
        numbers = sorted(number for name, number in self.values if name == parameter.name)
        return "; ".join(dict.fromkeys(self.values[parameter.name, number].value.source for number in numbers))

    def lasts_until(self, day: date | None) -> None:
        """The answer holds no longer than until a day, when it must be asked again; None says nothing."""
        if day is not None:
            self.changes.append(day)

    def asked(self, *names: str) -> tuple[str, ...]:
        """Those of these inputs and values that were asked for up to now: a step rests on nothing else."""
        known = self.used.keys() | self.missing.keys() | {name for name, _ in self.values}
        return tuple(name for name in names if name in known)

    def of(self, facts: Facts) -> "Asking":
        """The same, asked of other facts that have the same values."""
        other = copy(self)
        other.used = {name: facts[name] for name in self.used}
        return other

    def note(self, step: Step | Callable[[], Step]) -> None:
        """A step of the reasoning; or what writes it when somebody reads it, of values that the rule had by then."""
        self.steps.append(step)


@dataclass(frozen=True)
class Result(Generic[V]):
    """An answer. `missing`: the inputs that were asked for and are not told. `unverified`: the values that decided and are not quoted;
    `of`: what was found, of which the reasoning and the receipt are written when somebody asks for them: most answers are only gone by.
    """

    outcome: Outcome
    value: V | None
    changes_on: date | None
    missing: tuple[str, ...]
    unverified: tuple[str, ...]
    of: "_Found[V]" = field(repr=False, compare=False)
    facts: Facts = field(repr=False, compare=False)
    horizon: Horizon | None = field(repr=False, compare=False)

    @property
    def because(self) -> Step:
        """The reasoning."""
        return self.of.because

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The receipt as a document."""
        found = self.of
        return receipt_of(
            found.rule, found.asking.of(self.facts), found.version, found.finding, found.because, found.changes_on, self.horizon
        )

    def receipt(self) -> bytes:
        """The receipt: canonical JSON (RFC 8785) of everything the answer rests on."""
        return canonical(self.document)


@dataclass(frozen=True)
class _Found(Generic[V]):
    """What a rule found of the values of facts, whichever entries told them: what was asked, of which version, and what came of it."""

    rule: "Rule[V]"
    asking: Asking
    version: int | None
    finding: Finding[V]
    changes_on: date | None
    missing: tuple[str, ...]
    unverified: tuple[str, ...]

    @cached_property
    def because(self) -> Step:
        steps = tuple(one() if callable(one) else one for one in self.asking.steps)
        return Step(self.finding.says, self.rule.text.article, _HOLDS[self.finding.outcome], steps=steps)


@dataclass(frozen=True)
class Rule(Generic[V]):
    """A rule: its name, the package and name of its file, the input that dates its facts, and a function for each version of its text."""

    name: str
    package: str
    file: str
    dated_by: Input[date]
    inputs: tuple[Input[Any], ...]
    parameters: tuple[Parameter[Any], ...]
    versions: Mapping[int, Callable[[Asking], Finding[V]]]
    recurs: bool = False
    """Whether the same facts come again and again, from other entries: then what was found of them is found once."""

    @cached_property
    def text(self) -> RuleText:
        """What stands in its file. Raises LawFault."""
        text = resources.files(self.package).joinpath(self.file).read_text(encoding="utf-8")
        file = f"{self.package.replace('.', '/')}/{self.file}"
        found = read_rule(file, text, {one.name: one.sort for one in self.parameters})
        ensure({held.value for held in found.versions.values} == self.versions.keys(), f"{file} names other versions than its rule has")
        return found

    def apply(self, facts: Facts, *, on: date, horizon: Horizon | None = None) -> Result[V]:
        """The answer to these facts in a decision on a day."""
        support_lost = horizon is not None and horizon.support_lost
        found = self._found_before(self._values(facts), on, support_lost) if self.recurs else self._found(facts, on, support_lost)
        return Result(found.finding.outcome, found.finding.value, found.changes_on, found.missing, found.unverified, found, facts, horizon)

    def _values(self, facts: Facts) -> tuple[tuple[str, Any], ...]:
        return tuple((one.name, facts[one.name].value) for one in self.inputs if one.name in facts)

    @cached_property
    def _found_before(self) -> Callable[[tuple[tuple[str, Any], ...], date, bool], _Found[V]]:
        def found(values: tuple[tuple[str, Any], ...], on: date, support_lost: bool) -> _Found[V]:
            return self._found({name: Fact(value) for name, value in values}, on, support_lost)

        return lru_cache(maxsize=_RECURRING)(found)

    def _found(self, facts: Facts, on: date, support_lost: bool) -> _Found[V]:
        asking = Asking(self.text, facts, on)
        version: int | None = None
        finding: Finding[V] = Finding(Outcome.CANNOT_SAY, NO_TEXT)
        with suppress(_NotToldError):
            version = self._version(asking)
            finding = finding if version is None else self.versions[version](asking)
        if asking.missing:
            finding = Finding(Outcome.CANNOT_SAY, _not_told(asking.missing.values()), finding.value)
        if support_lost:
            finding = Finding(Outcome.CANNOT_SAY, SUPPORT_LOST, finding.value)
        changes_on, missing = min(asking.changes, default=None), tuple(sorted(asking.missing))
        return _Found(self, asking, version, finding, changes_on, missing, self._not_quoted(tuple(asking.values)))

    def _version(self, asking: Asking) -> int | None:
        """The version for both dates; None where no text holds. The facts are dated only where their day makes a difference."""
        dated = self.text.versions
        if asking.on not in dated.reach.decided:
            begins = dated.reach.decided.first
            asking.lasts_until(begins if begins is not None and asking.on < begins else None)
            return None
        facts_on = date.min if self._is_for_all_facts(asking.on) else asking.need(self.dated_by)
        found = dated.chosen(asking.on, facts_on, facts_on)
        if found is None:
            return None
        (one,) = found
        asking.lasts_until(one.changes_on)
        return one.held.value

    @cached_property
    def _is_for_all_facts(self) -> Callable[[date], bool]:
        """Whether a decision on a day is by the same version whatever the day of the facts; it is the same few days that are asked for."""
        dated = self.text.versions
        whole = dated.reach.facts.first is dated.reach.facts.until is None
        return lru_cache(maxsize=_RECURRING)(
            lambda on: whole and len({held.value for held in dated.values if on in held.reach.decided}) == 1
        )

    @cached_property
    def _not_quoted(self) -> Callable[[tuple[tuple[str, int], ...]], tuple[str, ...]]:
        """The names of what is not quoted among the values at these places, and of the text itself; the same few come again and again."""

        def found(places: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
            used = {(name, number): self.text.parameters[name].values.values[number] for name, number in places}
            return tuple(name for name, _ in not_quoted(self, used))

        return lru_cache(maxsize=_RECURRING)(found)


_HOLDS = {Outcome.YES: True, Outcome.NO: False, Outcome.CANNOT_SAY: None}
NO_TEXT = Words(en="there is no text of this rule here for these days", nl="voor deze dagen is hier geen tekst van deze regel")
SUPPORT_LOST = Words(
    en="part of what the register rested on was taken away: that is not the same as clean",
    nl="een deel van waar het register op steunde is weggenomen: dat is niet hetzelfde als schoon",
)


def _not_told(missing: Iterable[Input[Any]]) -> Words:
    inputs = sorted(missing, key=lambda input: input.name)
    return Words(
        en="it is not told " + "; ".join(f"{input.words.en} ({input.name})" for input in inputs),
        nl="niet bekend is " + "; ".join(f"{input.words.nl} ({input.name})" for input in inputs),
    )
