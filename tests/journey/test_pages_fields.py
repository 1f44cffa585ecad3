"""A form made of the fields of a kind: whatever paper says of any kind can be filled in and reads back as the same, whatever is sent
instead is said to be wrong, and nothing that was typed is lost.
"""

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.backlogging import ENTERABLE
from hervat.doors.pages.fields import NONE, Blank, Item, place_in, read, shown
from hervat.doors.pages.wording import wording
from hervat.kinds import KINDS
from tests.contract.strategies import data_of

EMPTY = Blank()
paths = st.from_regex(r"(none\.)?data([.][a-z_]{0,9}|\[[0-9]{0,4}\]){0,20}", fullmatch=True)


def on_paper(value: Any) -> Any:
    """The data as paper says it: no white space at the ends of a text."""
    if isinstance(value, dict):
        return {name: on_paper(part) for name, part in value.items()}
    if isinstance(value, list):
        return [on_paper(part) for part in value]
    return value.strip() or "x" if isinstance(value, str) else value


def laid(items: tuple[Item, ...], data: Any, kind: str) -> dict[str, str]:
    """What somebody sends who fills this in from the data: each list is given its entries by its button, one by one."""
    form: dict[str, str] = {}
    for one in items:
        value = at(data, one.path)
        if one.what == "group":
            form |= laid(one.parts, data, kind)
        elif one.what == "list":
            form |= entries(one, value, data, kind)
        elif one.what == "choice":
            told = {None: "", True: "true", False: "false"}.get(value) if value is None or isinstance(value, bool) else str(value)
            assert told == "" or told in [text for text, _ in one.choices]
            form[one.path] = told or ""
        else:
            form[one.path] = "" if value is None else str(value)
    return form


def entries(one: Item, value: Any, data: Any, kind: str) -> dict[str, str]:
    if isinstance(value, str):
        return {f"{one.path}[0]": value}
    form = {NONE + one.path: "on"} if value == [] and one.said_none is not None else {}
    for _ in (value or [])[1:]:
        sent = laid(one.parts, data, kind)
        again = shown(kind, read(kind, sent | {"more": one.path}).blank, wording("nl"))
        longer = next(each for item in again for each in item.all() if each.path == one.path)
        assert len(longer.parts) == len(one.parts) + 1
        one = longer
    return form | laid(one.parts, data, kind)


def at(data: Any, path: str) -> Any:
    for name, number in re.findall(r"\.([a-z_]+)|\[([0-9]+)\]", path):
        if data is None or (number and int(number) >= len(data)):
            return None
        data = data[int(number)] if number else data.get(name)
    return data


@pytest.mark.parametrize("kind", ENTERABLE)
@settings(max_examples=10)
@given(st.data())
def test_whatever_paper_says_of_any_kind_reads_back_as_the_same(kind: str, drawn: st.DataObject) -> None:
    data = on_paper(drawn.draw(data_of(kind)))
    form = laid(shown(kind, EMPTY, wording("nl")), data, kind)
    sent = read(kind, form)
    assert (sent.data, sent.faults) == (data, {})
    assert msgspec.convert(sent.data, KINDS[kind]) == msgspec.convert(data, KINDS[kind])
    assert {name: text for name, text in form.items() if text} == sent.typed
    filled = {each.path: each.value for one in shown(kind, sent.blank, wording("en")) for each in one.all() if each.value}
    assert filled == {name: text for name, text in sent.typed.items() if not name.startswith(NONE)}


@given(st.sampled_from(ENTERABLE), st.data())
def test_garbage_is_told_or_refused_and_never_lost(kind: str, data: st.DataObject) -> None:
    known = [each.path for one in shown(kind, EMPTY, wording("nl")) for each in one.all()]
    form = data.draw(st.dictionaries(st.one_of(st.sampled_from(known), paths, st.just("more")), st.text(max_size=20), max_size=8))
    sent = read(kind, form)
    items = shown(kind, sent.blank, wording("nl"))
    written = json.dumps(sent.data, ensure_ascii=False)
    lost = [name for name, text in form.items() if name.startswith(("data.", "data[")) and said(text) not in written]
    assert lost == []
    assert all(place_in(items, path) == path for path in sent.faults)
    if sent.faults.keys() - {path for path, fault in sent.faults.items() if fault == "backlog.none_and_some"}:
        with pytest.raises((msgspec.ValidationError, UnicodeEncodeError)):
            msgspec.convert(json.loads(json.dumps(sent.data)), KINDS[kind])


def said(text: str) -> str:
    stripped = text.strip()
    return str(int(stripped)) if stripped.isascii() and stripped.isdigit() else json.dumps(stripped, ensure_ascii=False)[1:-1]


def test_entries_in_which_nothing_stands_are_left_out_and_a_fault_is_where_it_stands() -> None:
    form = {"data.pn": "10/000001-25", "data.hearing_on": "soon", "data.charges[0]": " ", "data.charges[2]": "x", "data.charges[7]": "2"}
    sent = read("summons-issued", form)
    assert sent.data == {"pn": "10/000001-25", "hearing_on": "soon", "charges": ["x", 2]}
    assert sent.faults == {"data.hearing_on": "acts.bad_day", "data.charges[0]": "backlog.no_number"}
    items = shown("summons-issued", sent.blank, wording("en"))
    (charges,) = [one for one in items if one.what == "list"]
    assert [(one.label, one.value) for one in charges.parts] == [("Charge 1", "x"), ("Charge 2", "2"), ("Charge 3", "")]
    assert place_in(items, "data.charges[1].article") == "data.charges[1]"


@pytest.mark.parametrize(("texts", "said"), [([], None), (["a"], "a"), (["a", "", "b"], ["a", "b"])])
def test_one_text_that_may_stand_alone_does(texts: list[str], said: Any) -> None:
    form = {f"data.conditions[{number}]": text for number, text in enumerate(texts)}
    assert read("case-dismissed", form).data.get("conditions") == said


@pytest.mark.parametrize("kind", ENTERABLE)
def test_every_field_has_words(kind: str) -> None:
    for language in ("nl", "en"):
        for one in shown(kind, EMPTY, wording(language)):
            assert [each.path for each in one.all() if re.fullmatch(r"[a-z_.]+( [0-9]+)?", each.label)] == []
