"""What a message says, in words: one line for each thing, so that two versions can stand side by side.

Whom it is about is left out: who that is, the page of a person tells to whoever asks.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from hervat.doors.pages.record import measure, sentenced
from hervat.doors.pages.wording import Wording

_LEFT_OUT = {"skn"}
_SIZES = {"hours", "days", "weeks", "months", "years", "life", "amount_eur"}
_TERMS = {"remedy": "remedies", "by": "parties", "verdict": "outcomes", "outcome": "outcomes", "class": "classes", "category": "categories"}


def said(data: dict[str, Any], words: Wording) -> dict[str, str]:
    """The data of a message that changes somebody's documentation, by the name of each thing; what has one name stands together."""
    told: dict[str, str] = {}
    for name, text in _lines(data, words):
        # A pardon may remit twice of one sentence.
        told[name] = f"{told[name]}; {text}" if name in told else text
    return told


def _lines(data: dict[str, Any], words: Wording) -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        if name in _LEFT_OUT or value is None:
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield from _things(name, value, words)
        else:
            yield words.term("fields", name), _text(name, value, words)


def _things(name: str, things: list[dict[str, Any]], words: Wording) -> Iterator[tuple[str, str]]:
    for number, one in enumerate(things, 1):
        told = sentenced(one, words).partition(": ")[2] if name == "sentences" else thing(one, words)
        yield f"{words.term('fields', name)} {one.get('charge') or one.get('sentence') or number}", told


def thing(one: dict[str, Any], words: Wording) -> str:
    """One of several things of a sort, in words, without its number."""
    named = {name: value for name, value in one.items() if name not in ("charge", "sentence") and value is not None}
    parts = [_text(name, value, words) for name, value in named.items() if name not in _SIZES]
    return ", ".join(filter(None, [*parts, measure(named, words)]))


def _text(name: str, value: Any, words: Wording) -> str:
    if isinstance(value, bool):
        return words("screening.yes" if value else "screening.no")
    if name == "maximum":
        return words("screening.maximum", what=measure(value, words))
    if name == "probation_years":
        return words("person.probation", n=value)
    if isinstance(value, dict):
        told = _period(value, words) if "from" in value else thing(value, words)
        return words("person.conditional", what=told) if name == "conditional" else told
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_text(name, one, words) for one in value)
    return words.term(_TERMS[name], value) if name in _TERMS else str(value)


def _period(period: dict[str, Any], words: Wording) -> str:
    first, last = period["from"], period["to"]
    return str(first) if first == last else words("person.to", first=first, last=last)
