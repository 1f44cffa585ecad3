"""What a message says in words: whatever differs between two versions is seen, for every kind that changes somebody's documentation."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.doors.pages.said import said
from hervat.doors.pages.wording import LANGUAGES, wording
from hervat.register.changes import KINDS_THAT_CHANGE
from hervat.register.purpose import REPORT
from tests.contract.strategies import data_of

LEFT_OUT = ("skn", "life")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of every text, number and yes or no in some data."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in LEFT_OUT:
                yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path


def changed(data: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """The data with another value at a path."""
    other: Any = copy.deepcopy(data)
    holder = other
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    holder[path[-1]] = not value if isinstance(value, bool) else value + 1000 if isinstance(value, int) else f"{value}7"
    return dict(other)


@pytest.mark.parametrize("kind", [*KINDS_THAT_CHANGE, REPORT])
@given(draw=st.data())
def test_whatever_is_changed_is_seen_in_both_languages(kind: str, draw: st.DataObject) -> None:
    data = draw.draw(data_of(kind))
    path = draw.draw(st.sampled_from(sorted(leaves(data), key=str)))
    for language in LANGUAGES:
        words = wording(language)
        before, after = said(data, words), said(changed(data, path), words)
        assert before != after, path
        assert all(name and isinstance(text, str) for name, text in before.items())


@pytest.mark.parametrize("kind", KINDS_THAT_CHANGE)
@given(draw=st.data())
def test_whom_it_is_about_is_not_said(kind: str, draw: st.DataObject) -> None:
    data = draw.draw(data_of(kind)) | {"skn": "SOMEBODY-77"}
    assert "SOMEBODY-77" not in str(said(data, wording("nl")))


def test_two_of_one_sentence_are_both_said() -> None:
    remits = [{"sentence": "1", "amount_eur": "50.00"}, {"sentence": "1", "months": 2}]
    assert said({"judgment": "J1", "remits": remits}, wording("en")) == {"Judgment": "J1", "Remitted 1": "€ 50.00; 2 months"}
