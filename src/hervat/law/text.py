"""The file beside a rule: its article, its texts, its public explanation, and its values with the certainty and the source of each.

    [rule]           article, certainty, source; title and explanation, each `en` and `nl`; decided, facts: the reach of the whole
    [[text]]         version: which function of the rule carries it out; decided, facts: the reach of this text within the whole
    [parameter.NAME] about, `en` and `nl`; in [[parameter.NAME.value]] value, certainty, source, decided, facts

- Read strictly: a key that is unknown or missing, a value of another sort, a hole or an overlap is a fault, named by file and key.
- A reach is written `decided = { from = 2018-03-01, until = 2024-07-01 }`; what is left out has no bound.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from hervat.errors import LawFault
from hervat.law.dated import Dated, Held, Reach, Span
from hervat.law.value import Certainty, Sort, Words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Value:
    """A value as the file has it: in JSON, and read; how certain it is, and where it was found."""

    json: Any
    read: Any
    certainty: Certainty
    source: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: what it is, and its values by both dates."""

    about: Words
    values: Dated[Value]


@dataclass(frozen=True, slots=True)
class RuleText:
    """All that stands in the file of a rule."""

    article: str
    certainty: Certainty
    source: str
    title: Words
    explanation: Words
    versions: Dated[int]
    parameters: Mapping[str, Parameter]


class _Table:
    """A table of the file that is read key by key; whatever is left unread at the end is a fault."""

    def __init__(self, file: str, key: str, table: Any) -> None:
        self.file, self.key = file, key
        if not isinstance(table, dict):
            raise self.fault("a table is wanted")
        self._left = dict(table)

    def fault(self, why: str, key: str = "") -> LawFault:
        where = ".".join(part for part in (self.key, key) if part)
        return LawFault(f"{self.file}: {where or 'the whole of it'}: {why}; put the file of this release back, or mend it there.")

    def take(self, key: str, read: Callable[[Any], T]) -> T:
        """The value of a key; LawFault where it is missing or `read` does not take it."""
        if key not in self._left:
            raise self.fault("it is missing", key)
        try:
            return read(self._left.pop(key))
        except ValueError as fault:
            raise self.fault(str(fault), key) from fault

    def table(self, key: str) -> "_Table":
        return _Table(self.file, f"{self.key}.{key}".strip("."), self._left.pop(key, None))

    def tables(self, key: str) -> Iterable["_Table"]:
        found = self._left.pop(key, None)
        if not isinstance(found, list) or not found:
            raise self.fault("one or more tables are wanted", key)
        return [_Table(self.file, f"{self.key}.{key}[{number}]".strip("."), one) for number, one in enumerate(found, 1)]

    def words(self, key: str) -> Words:
        both = self.table(key)
        return both.done(Words(en=both.take("en", _prose), nl=both.take("nl", _prose)))

    def reach(self) -> Reach:
        spans = [self.table(key).span() if key in self._left else Span() for key in ("decided", "facts")]
        return Reach(*spans)

    def span(self) -> Span:
        first, until = (self.take(key, _calendar_day) if key in self._left else None for key in ("from", "until"))
        return self.done(Span(first, until))

    def done(self, value: T) -> T:
        """`value`; LawFault for a key that nobody asked for."""
        for key in self._left:
            raise self.fault("this key is not known here", key)
        return value


def _prose(given: Any) -> str:
    if not isinstance(given, str) or not given.strip():
        raise ValueError("a text is wanted")
    return " ".join(given.split())


def _calendar_day(given: Any) -> date:
    if not isinstance(given, date) or isinstance(given, datetime):
        raise ValueError("a day is wanted, such as 2024-07-01")
    return given


def _version(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise ValueError("the number of a version is wanted, 1 or more")
    return given


def _certainty(given: Any) -> Certainty:
    if given not in tuple(Certainty):
        raise ValueError(f"one of {', '.join(Certainty)} is wanted")
    return Certainty(given)


def read_rule(file: str, text: str, sorts: Mapping[str, Sort[Any]]) -> RuleText:
    """The file of a rule whose parameters are of these sorts. Raises LawFault, naming file and key, for whatever is not sound in it."""
    try:
        whole = _Table(file, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise LawFault(f"{file}: it is no TOML: {fault}; put the file of this release back.") from fault
    rule = whole.table("rule")
    reach = rule.reach()
    versions = [one.done(Held(one.take("version", _version), one.reach())) for one in whole.tables("text")]
    parameters = whole.table("parameter")
    read = parameters.done({name: _parameter(parameters.table(name), reach, sort) for name, sort in sorts.items()})
    found = RuleText(
        article=rule.take("article", _prose),
        certainty=rule.take("certainty", _certainty),
        source=rule.take("source", _prose),
        title=rule.words("title"),
        explanation=rule.words("explanation"),
        versions=_dated(whole, "text", reach, versions),
        parameters=read,
    )
    return whole.done(rule.done(found))


def _parameter(table: _Table, reach: Reach, sort: Sort[Any]) -> Parameter:
    about, values = table.words("about"), []
    for one in table.tables("value"):
        json, read = one.take("value", lambda given: (given, sort.read(given)))
        value = Value(json, read, one.take("certainty", _certainty), one.take("source", _prose))
        values.append(one.done(Held(value, one.reach())))
    return table.done(Parameter(about, _dated(table, "value", reach, values)))


def _dated(table: _Table, key: str, reach: Reach, values: list[Held[T]]) -> Dated[T]:
    try:
        return Dated(reach, values)
    except ValueError as fault:
        raise table.fault(str(fault), key) from fault
