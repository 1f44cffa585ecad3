"""The kinds and the table of needs are those of the contract, row for row and field for field."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.clock import parse_rfc3339
from hervat.errors import Usage
from hervat.kinds import KINDS, schema
from hervat.message import Message
from hervat.needs import TABLE, gives_of, needs_of, roles_of, topic_of
from hervat.partner import ROLES, Partners
from hervat.person import is_partial_date, passes_eleven_test
from tests.contract.strategies import KINDS_OF_DATA, Data, data_of

SOURCE = "urn:nld:oin:00000099000000002000:systeem:gps"


class Row(NamedTuple):
    """One row of the contract's table."""

    kind: str
    role: str
    data: str
    needs: str
    gives: str


def contract() -> list[Row]:
    lines = (Path(__file__).parent / "data" / "kinds.md").read_text(encoding="utf-8").splitlines()
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines[2:]]


ROWS = contract()


def told_fields(cell: str) -> dict[str, bool]:
    """The fields that a row names, and whether each may be left out."""
    cell = re.sub(r"\{[^}]*\}|\([^)]*\)|\[\]", "", cell).replace("skn or bsn", "skn?, bsn?")
    named = [field.split()[0] for field in cell.split(",")]
    return {field.rstrip("?"): field.endswith("?") for field in named}


def as_told(template: str) -> str:
    """A template of ours in the words of the contract: `charge:{pn}#{charges.charge}` is `charge:pn#n`."""
    named = re.sub(r"#\{(charges|verdicts)[a-z.]*\}", "#n", template)
    return re.sub(r"\{(?:[a-z_]+\.)?([a-z_]+)\}", r"\1", named)


def told_keys(cell: str) -> set[str]:
    return set(re.findall(r"[a-z]+:[a-z_]+[a-z_/#]*", cell))


def test_there_are_44_kinds_and_the_contract_has_them_all() -> None:
    assert len(KINDS) == 44
    assert [row.kind for row in ROWS] == list(KINDS) == list(TABLE)
    assert set(KINDS_OF_DATA) == set(KINDS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_a_kind_has_the_fields_of_the_contract(row: Row) -> None:
    ours = {field.encode_name: not field.required for field in msgspec.structs.fields(KINDS[row.kind])}
    told = told_fields(row.data)
    told |= {"on_appeal_of": True} if row.kind == "judgment-given" else {}
    assert ours == told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_a_kind_has_the_roles_needs_and_gives_of_the_contract(row: Row) -> None:
    rule = TABLE[row.kind]
    any_sender = row.role in ("any", "same source as the original")
    assert roles_of(row.kind) == (ROLES if any_sender else frozenset(row.role.split(" or ")))
    assert {as_told(key) for key in rule.needs + rule.on_appeal} == told_keys(row.needs)
    assert {as_told(key) for key in rule.gives} == told_keys(row.gives)


@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS)
def test_sound_data_is_taken_and_written_back_as_it_was(kind: str, data: st.DataObject) -> None:
    sent = data.draw(data_of(kind))
    struct = msgspec.convert(sent, KINDS[kind])
    assert without_nothing(msgspec.json.decode(msgspec.json.encode(struct))) == sent


@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS)
def test_keys_have_no_braces_come_once_and_name_a_topic(kind: str, data: st.DataObject) -> None:
    struct = msgspec.convert(data.draw(data_of(kind)), KINDS[kind])
    for keys in (needs_of(kind, struct, SOURCE, "m-1"), gives_of(kind, struct, SOURCE, "m-1")):
        assert len(set(keys)) == len(keys)
        assert all("{" not in key and ":" in key and topic_of(topic_of(key)) == topic_of(key) for key in keys)


def keys(kind: str, sent: Data) -> tuple[tuple[str, ...], tuple[str, ...]]:
    data = msgspec.convert(sent, KINDS[kind])
    return needs_of(kind, data, SOURCE, "m-7"), gives_of(kind, data, SOURCE, "m-7")


def judgment(**more: Any) -> Data:
    verdicts = [{"charge": number, "verdict": "convicted"} for number in (1, 2)]
    shape = {"judgment": "j", "court": "c", "instance": 1, "pn": "10/999999-25", "given_on": "2025-05-05"}
    return {**shape, "verdicts": verdicts, "sentences": [], **more}


CHARGES = ("charge:10/999999-25#1", "charge:10/999999-25#2")


def test_a_judgment_needs_its_charges_and_from_the_second_instance_on_the_appeal() -> None:
    assert keys("judgment-given", judgment()) == (CHARGES, ("judgment:j",))
    assert keys("judgment-given", judgment(on_appeal_of="i"))[0] == CHARGES
    assert keys("judgment-given", judgment(instance=2, on_appeal_of="i"))[0] == (*CHARGES, "appeal:i")
    assert keys("judgment-given", judgment(instance=3, on_appeal_of="i"))[0] == (*CHARGES, "appeal:i")


def test_a_merge_gives_its_own_name_and_a_split_needs_it() -> None:
    when = {"decided_on": "2025-05-05", "ground": "g"}
    _, given_keys = keys("persons-merged", {"kept": "1", "merged": "2", **when})
    needed, _ = keys("persons-split", {"undoes": {"source": SOURCE, "id": "m-7"}, **when})
    assert given_keys == needed == (f"merge:{SOURCE}/m-7",)


def test_an_amendment_needs_the_message_it_names_and_no_more() -> None:
    named = {"source": SOURCE, "id": "m-1"}
    assert keys("message-corrected", {"corrects": named, "data": judgment()}) == ((f"message:{SOURCE}/m-1",), ())
    assert keys("message-retracted", {"retracts": named, "ground": "g"}) == ((f"message:{SOURCE}/m-1",), ())


def test_the_same_key_twice_is_one_key() -> None:
    sent = {"judgment": "j", "sentence": "1", "enforced_by": "k", "days": 3, "decided_on": "2025-05-05"}
    assert keys("conditional-sentence-enforced", sent)[0] == ("final:j", "judgment:k")
    assert keys("cases-joined", {"pn": "10/999999-25", "into": "10/999999-25", "joined_on": "2025-05-05"})[0] == (
        "case:10/999999-25",
    )


@pytest.mark.parametrize(
    ("key", "topic"),
    [
        ("charge:10/123456-25#2", "case:10/123456-25"),
        ("appeal:j:1#2", "judgment:j:1#2"),
        ("final:j", "judgment:j"),
        ("started:j#x#1", "judgment:j#x"),
        ("person:1", "person:1"),
        ("message:urn:nld:oin:1:systeem:a/b", "message:urn:nld:oin:1:systeem:a/b"),
    ],
)
def test_a_topic_is_where_what_concerns_a_key_is_found(key: str, topic: str) -> None:
    assert topic_of(key) == topic


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_of_a_kind_names_its_fields(kind: str) -> None:
    published = schema(kind)
    shape = published["$defs"][KINDS[kind].__name__]
    assert set(shape["properties"]) == {field.encode_name for field in msgspec.structs.fields(KINDS[kind])}
    assert shape["additionalProperties"] is False
    assert published["$ref"] == f"#/$defs/{KINDS[kind].__name__}"
    assert "(?!" not in str(published)


def test_the_schema_of_all_kinds_has_each_type_once() -> None:
    types = [way["properties"]["type"]["const"] for way in schema(None)["oneOf"]]
    assert types == [f"nl.hervat.{kind}.v1" for kind in KINDS]
    with pytest.raises(Usage, match="person-abolished"):
        schema("person-abolished")


def test_the_partners_that_hold_without_configuration() -> None:
    partners = Partners.default()
    assert partners.roles("00000099000000001000") == {"matching-authority"}
    assert partners.roles("00000099000000008000") == {"certificate-office", "consumer"}
    assert partners.roles("00000099000000999000") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[partner", "cannot be read"),
        ('[[partner]]\nname = "A"\nroles = []', "oin"),
        ('[[partner]]\nname = "A"\noin = "1"\nroles = []', "oin"),
        ('[[partner]]\nname = "A"\noin = "00000099000000001000"\nroles = ["judge"]', "'judge'"),
        ('[[partner]]\nname = "A"\noin = "00000099000000001000"\nroles = []\n' * 2, "twice"),
    ],
)
def test_a_partners_file_that_is_wrong_is_told_so(text: str, said: str) -> None:
    with pytest.raises(Usage, match=said):
        Partners.load(text)


def test_a_legal_day_is_a_day_in_amsterdam() -> None:
    at = parse_rfc3339("2025-07-17T22:30:00Z")
    message = Message(source=SOURCE, id="m", sequence=1, kind="watermark", time=at, data=None)
    assert message.legal_day.isoformat() == "2025-07-18"


@pytest.mark.parametrize("number", ["999990019", "111222333", "123456782"])
def test_a_bsn_passes_the_eleven_test(number: str) -> None:
    assert passes_eleven_test(number)
    assert not any(passes_eleven_test(number[:8] + other) for other in set("0123456789") - {number[8]})


@pytest.mark.parametrize("number", ["", "000000000", "12345678", "99999001９", "1234567820", "99999001a"])
def test_what_is_no_bsn(number: str) -> None:
    assert not passes_eleven_test(number)


def test_a_birth_may_be_partial_but_not_impossible() -> None:
    assert all(map(is_partial_date, ["1980", "1980-05", "1980-05-17", "1984-02-29"]))
    assert not any(map(is_partial_date, ["0000", "1980-13", "1985-02-29", "1980-00"]))


def without_nothing(value: Any) -> Any:
    """The value without what is null: an optional field that is absent."""
    if isinstance(value, dict):
        return {key: without_nothing(item) for key, item in value.items() if item is not None}
    return [without_nothing(item) for item in value] if isinstance(value, list) else value
