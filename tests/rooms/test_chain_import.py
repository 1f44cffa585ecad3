"""Maps from what others keep: what is written comes back the same, nothing is dropped without a word, and nothing of XML is trusted."""

import csv
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.chain.archimate import add_model
from hervat.chain.draft import TABLES, Draft, slug
from hervat.chain.parts import ChainMap
from hervat.chain.reading import chain_of, read_chain
from hervat.chain.tables import add_tables
from hervat.chain.writing import as_toml
from hervat.errors import Usage
from tests.rooms.chained import chains

LETTER = Path(__file__).parents[2] / "examples/letter/chain.toml"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<model xmlns="http://www.opengroup.org/xsd/archimate/3.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" identifier="m">
<name xml:lang="nl">Keten</name>
"""
MODEL = (
    HEAD
    + """<elements>
<element identifier="a" xsi:type="ApplicationComponent"><name xml:lang="nl">GPS</name><documentation>cases</documentation></element>
<element identifier="b" xsi:type="ApplicationComponent"><name xml:lang="nl">JDS</name></element>
<element identifier="n" xsi:type="Node"><name>Server &amp; opslag</name></element>
<element identifier="o" xsi:type="BusinessActor"><name>OM</name></element>
<element identifier="q" xsi:type="BusinessProcess"><name>Screening</name></element>
<element identifier="z" xsi:type="Goal"><name>Safety</name></element>
</elements>
<relationships>
<relationship identifier="r1" source="a" target="b" xsi:type="Flow"><name>cases</name></relationship>
<relationship identifier="r2" source="n" target="a" xsi:type="Realization"/>
<relationship identifier="r3" source="b" target="q" xsi:type="Serving"/>
<relationship identifier="r4" source="o" target="a" xsi:type="Assignment"/>
<relationship identifier="r5" source="n" target="b" xsi:type="Triggering"/>
<relationship identifier="r6" source="z" target="q" xsi:type="Influence"/>
<relationship identifier="r7" source="a" target="q" xsi:type="Access"/>
</relationships>
<views><diagrams><view identifier="v"/></diagrams></views>
</model>
"""
)


@given(chains())
def test_a_map_that_is_written_is_read_as_the_same(chain: ChainMap) -> None:
    assert chain_of(tomllib.loads(as_toml(chain)), "written") == chain


def test_the_letter_is_written_and_read_as_the_same(tmp_path: Path) -> None:
    (tmp_path / "chain.toml").write_text(as_toml(read_chain(LETTER)), "utf-8")
    assert read_chain(tmp_path / "chain.toml") == read_chain(LETTER)


def tabled(path: Path, chain: ChainMap, delimiter: str, tables: tuple[str, ...] = tuple(TABLES)) -> Path:
    """A map as one CSV file with a column `table`."""
    told = msgspec.to_builtins(chain)
    rows = [{"table": table, **row} for table in tables for row in _listed(told.get(table))]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=delimiter)
        writer.writeheader()
        writer.writerows({column: _cell(value) for column, value in row.items()} for row in rows)
    return path


def _listed(value: Any) -> list[dict[str, Any]]:
    return [value] if isinstance(value, dict) else list(value or ())


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['partner']}:{value['role']}"
    if isinstance(value, list | tuple):
        return "|".join(map(_cell, value))
    return "" if value is None else str(value)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_the_letter_in_tables_comes_back_as_the_same(tmp_path: Path, delimiter: str) -> None:
    chain = read_chain(LETTER)
    draft = Draft("tables")
    add_tables(draft, [tabled(tmp_path / "all.csv", chain, delimiter)])
    found = draft.done(chain.name)
    assert msgspec.structs.replace(found.chain, note=chain.note) == chain
    assert found.unmapped == () and found.missing == ()


def test_parts_and_edges_may_stand_in_two_files(tmp_path: Path) -> None:
    chain = read_chain(LETTER)
    parts = tabled(tmp_path / "parts.csv", chain, ",", tuple(table for table in TABLES if table != "edge"))
    edges = tabled(tmp_path / "edges.csv", chain, ",", ("edge",))
    without = "\n".join(line.partition(",")[2] for line in edges.read_text("utf-8").splitlines())
    edges.write_text(without, "utf-8")
    draft = Draft("tables")
    add_tables(draft, [edges, parts])
    assert set(draft.done("x").chain.edge) == set(chain.edge)


def test_what_a_table_does_not_say_is_missing_and_what_no_map_has_is_named(tmp_path: Path) -> None:
    path = tmp_path / "systems.csv"
    path.write_text("table,name,owner,colour\nsystem,Groot Systeem,,red\nsystem,Groot systeem,,\n", "utf-8")
    draft = Draft(str(path))
    add_tables(draft, [path])
    found = draft.done("x")
    assert [one.id for one in found.chain.system] == ["groot-systeem", "groot-systeem-2"]
    assert found.unmapped == (f"{path}, line 2: the column 'colour' ('red') is none of a system",)
    assert f"system groot-systeem: restore ({path}, line 2)" in found.missing
    assert {one.basis for one in found.chain.system} == {"invented"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: no column `table`"),
        ("id,name\n", "line 1: no column `table`"),
        ("table,id,id\n", "line 1: two columns have one name"),
        ("table,id,name\nsystem,a\n", "line 2: this row has not as many cells"),
        ("table,id,name\nsystem,a,b,c\n", "line 2: this row has not as many cells"),
        ("table,id,name\n\nrumour,a,b\n", "line 3: there is no table 'rumour'"),
        ("table,id,name,restore\nsystem,a,b,soon\n", "line 2: restore = 'soon' is to be hours"),
        ("table,id,name,size\ncrew,a,b,none\n", "line 2: crew a"),
        ("table,id,name\nsystem,A B,b\n", "line 2: system A B"),
        ('table,id,name\nsystem,a,"b\n', "line 2: this is no CSV"),
        ("kind,of,on\nneeds,a,b\n", "of = 'a' is not among"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, "utf-8")
    draft = Draft(str(path))
    with pytest.raises(Usage) as fault:
        add_tables(draft, [path])
        draft.done("x")
    assert str(path) in str(fault.value) and says in str(fault.value)


def model(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "model.xml"
    path.write_text(text, "utf-8")
    return path


def test_a_model_becomes_a_map_and_what_does_not_fit_is_named_with_its_line(tmp_path: Path) -> None:
    path = model(tmp_path, MODEL)
    draft = Draft(str(path))
    assert add_model(draft, path) == "Keten"
    found = draft.done("Keten")
    chain = found.chain
    assert [(one.id, one.name, one.partner) for one in chain.system] == [
        ("gps", "GPS", "om"), ("jds", "JDS", "unknown"), ("server-opslag", "Server & opslag", "unknown"),
    ]
    assert [(one.from_, one.to, one.name) for one in chain.stream] == [("gps", "jds", "cases")]
    assert [(one.kind, one.of, one.on) for one in chain.edge] == [
        ("needs", "gps", "server-opslag"), ("needs", "screening", "jds"), ("after", "jds", "server-opslag"),
    ]
    assert [line.removeprefix(str(path)) for line in found.unmapped] == [
        ", line 10: the Goal 'Safety' has no place in a map",
        ", line 18: the Influence from 'z' to 'q' has an end that is no part of the map",
        ", line 19: the Access from the system gps to the process screening has no place in a map",
        ": documentation of elements: 1, which have no place in a map",
        ": views: 1, which have no place in a map",
    ]
    assert all(part.basis == "invented" for part in chain.parts()) and all(edge.confidence == "invented" for edge in chain.edge)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: this is no XML"),
        ("<model>", "line 1: 'model' is no model of the ArchiMate"),
        (HEAD + "<elements>\n<element>", "line 5: this is no XML"),
        ('<?xml version="1.0"?>\n<!DOCTYPE model>\n' + HEAD.partition("\n")[2] + "</model>", "line 2: a DOCTYPE is refused"),
        (
            '<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n' + HEAD.partition("\n")[2] + "<elements>&b;</elements></model>",
            "line 1: a DOCTYPE is refused",
        ),
        ('<!DOCTYPE m SYSTEM "file:///etc/passwd">\n' + HEAD.partition("\n")[2] + "</model>", "line 1: a DOCTYPE is refused"),
        (MODEL.replace('target="q" xsi:type="Serving"', 'target="n" xsi:type="Serving"'), "go round in a circle"),
    ],
)
def test_a_bad_model_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    path = model(tmp_path, text)
    draft = Draft(str(path))
    with pytest.raises(Usage) as fault:
        add_model(draft, path)
        draft.done("x")
    assert str(path) in str(fault.value) and says in str(fault.value)


@given(st.text(), st.sets(st.sampled_from(["part", "part-2", "a"])))
def test_an_id_from_a_name_is_one_and_is_new(name: str, taken: set[str]) -> None:
    id = slug(name, taken)
    assert id not in taken
    msgspec.convert({"id": id, "name": "x"}, TABLES["partner"])
