"""Admission: what is taken, what is refused, where and why; and that nothing a sender may send makes it stumble."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from hervat.intake.admission import Judged, judge, judge_inner
from hervat.intake.terms import Terms
from hervat.kinds import KINDS
from hervat.message import UNKNOWN, Refusal
from hervat.partner import Partners
from hervat.procedure import Procedures
from tests.contract.strategies import KINDS_OF_DATA, Data, data_of, envelope, message_of, messages, renderings, source_of

TERMS = Terms.default()
FOLDER = Path(__file__).parent / "data"
EXAMPLES = (FOLDER / "examples.jsonl").read_bytes().splitlines()
BROKEN = [json.loads(line) for line in (FOLDER / "broken.jsonl").read_text(encoding="utf-8").splitlines()]

PERIOD = {"from": "2025-02-01", "to": "2025-02-01"}
CHARGE = {"charge": 1, "article": "Sr 310", "label": "diefstal", "class": "misdrijf", "period": PERIOD}
CASE = {"pn": "10/999999-25", "skn": "29990001", "office": "Rotterdam", "received_on": "2025-03-01", "charges": [CHARGE]}
PERSON = {"skn": "29990001", "identity": {"set": "1", "surname": "Test"}}
JUDGMENT = {
    "judgment": "j",
    "court": "c",
    "instance": 1,
    "pn": "10/999999-25",
    "given_on": "2025-05-05",
    "verdicts": [{"charge": 1, "verdict": "convicted"}],
    "sentences": [],
}
STOCK = {"kinds": [], "from": "2025-02-01", "until": "2025-02-02", "count": 3, "counted_on": "2025-02-02"}
MARK = {"through_sequence": 40, "complete_until": "2025-03-01T00:00:00Z", "count": 40, "set_hash": "0" * 64}
ORDER = {"order": "o", "pn": "10/999999-25", "charges": [1], "issued_on": "2025-05-05", "sentences": []}
REQUEST = {"request": "q", "article": "a", "purpose": "p", "requester": "r", "requested_on": "2025-05-05"}
REPORT = {"police_report": "P", "skn": "29990001", "category": "sexual", "authority": "a", "reported_on": "2025-08-20"}
DECIDED = {"decided_on": "2025-05-05", "ground": "g"}


def judged(document: object) -> Judged:
    return judge(json.dumps(document).encode(), TERMS)


def refused(document: object) -> tuple[str, str]:
    """The stage and path of a refusal."""
    refusal = judged(document).refusal
    assert refusal is not None
    assert refusal.reason.endswith(".")
    return refusal.code, refusal.path


def sentenced(**sentence: Any) -> Data:
    return {**JUDGMENT, "sentences": [{"sentence": "1", **sentence}]}


def person(**identity: Any) -> Data:
    return {"skn": "29990001", "identity": {"set": "1", "surname": "Test", **identity}}


def merge(kept: str, merged: str) -> Data:
    return {"kept": kept, "merged": merged, **DECIDED}


@pytest.mark.parametrize("raw", EXAMPLES, ids=lambda raw: json.loads(raw)["id"])
def test_every_example_is_taken(raw: bytes) -> None:
    document = json.loads(raw)
    found = judge(raw, TERMS)
    assert found.refusal is None
    assert (found.source, found.id, found.kind) == (document["source"], document["id"], document["type"].split(".")[2])
    assert (found.sequence, found.time) == (int(document["sequence"]), document["time"])
    assert (found.subject, found.previous) == (document.get("subject"), document.get("previous"))
    assert found.canonical == rfc8785.dumps(document)
    assert found.digest == sha256(found.canonical).digest()


@pytest.mark.parametrize("line", BROKEN, ids=lambda line: str(line["id"] or "no id"))
def test_every_broken_message_is_refused_where_the_contract_says(line: Data) -> None:
    expected = line["expect"]
    found = judged({name: value for name, value in line.items() if name != "expect"})
    assert found.refusal is None if expected["outcome"] == "held" else found.refusal is not None
    assert (found.refusal.path if found.refusal else None) == expected.get("path")


@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS_OF_DATA)
def test_sound_messages_of_every_kind_are_taken_however_they_are_written(kind: str, data: st.DataObject) -> None:
    document = data.draw(message_of(kind))
    raw = data.draw(renderings(document))
    found = judge(raw, TERMS)
    assert found.refusal is None
    assert type(found.data) is KINDS[kind]
    assert found.document == document
    assert found.canonical == rfc8785.dumps(document)
    assert found.digest == judged(document).digest


@given(messages, st.data())
def test_what_is_left_out_is_missed_at_its_path_or_was_optional(document: Data, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(document["data"])))
    found = judged({**document, "data": {name: value for name, value in document["data"].items() if name != field}})
    assert found.refusal is None or found.refusal.path in (f"data.{field}", "data.skn")


@given(messages, st.sampled_from(["specversion", "id", "source", "type", "time", "sequence", "sequencetype", "data"]))
def test_an_attribute_that_is_missing_is_named(document: Data, name: str) -> None:
    assert refused({other: value for other, value in document.items() if other != name}) == ("envelope", name)


ENVELOPES = [
    ({"specversion": 1.0}, "specversion"),
    ({"id": "x" * 129}, "id"),
    ({"id": 7}, "id"),
    ({"source": source_of("court") + "/a"}, "source"),
    ({"source": "urn:nld:oin:00000099000000999000:systeem:x"}, "source"),
    ({"type": "nl.hervat.watermark.v2"}, "type"),
    ({"type": "nl.hervat.custody-resumed.v1"}, "type"),
    ({"type": ["nl.hervat.watermark.v1"]}, "type"),
    ({"subject": ""}, "subject"),
    ({"subject": "999990019"}, "subject"),
    ({"subject": 29990001}, "subject"),
    ({"time": "2025-03-01 08:00:00Z"}, "time"),
    ({"time": "2025-02-30T08:00:00Z"}, "time"),
    ({"time": "2025-03-01T08:00:00Z\n"}, "time"),
    ({"time": 1740816000}, "time"),
    ({"sequence": "01"}, "sequence"),
    ({"sequence": "-1"}, "sequence"),
    ({"sequence": "１"}, "sequence"),
    ({"sequence": "1\n"}, "sequence"),
    ({"sequence": 1}, "sequence"),
    ({"sequence": str(2**53 + 1)}, "sequence"),
    ({"sequencetype": "integer"}, "sequencetype"),
    ({"previous": ""}, "previous"),
    ({"previous": 3}, "previous"),
    ({"salt": "c2hvcnQ="}, "salt"),
    ({"salt": "not base64, not at all"}, "salt"),
    ({"datacontenttype": "application/xml"}, "datacontenttype"),
    ({"data": None}, "data"),
    ({"dataschema": 1.5}, "dataschema"),
    ({"extension": {"deep": ["a\0"]}}, "extension.deep[0]"),
    ({"extension": 2**53 + 1}, "extension"),
]


@pytest.mark.parametrize(("wrong", "path"), ENVELOPES, ids=str)
def test_an_envelope_is_refused_at_the_attribute(wrong: Data, path: str) -> None:
    assert refused({**envelope("watermark", MARK), **wrong}) == ("envelope", path)


def test_what_the_envelope_allows() -> None:
    allowed = {"subject": None, "previous": None, "salt": "AAECAwQFBgcICQoLDA0ODw==", "extension": {"a": [2**53, -0]}}
    assert judged(envelope("watermark", MARK, sequence=2**53, **allowed)).refusal is None
    assert judged(envelope("person-registered", PERSON, subject="29990001")).refusal is None


WHEN = {"decided_on": "2025-05-05", "ground": "g"}
CUSTODY = {"skn": "29990001", "pn": "10/999999-25", "from": "2025-05-05"}
CONTENTS = [
    ("person-registered", person(bsn="123456789"), "data.identity.bsn"),
    ("person-registered", person(birth="1985-02-30"), "data.identity.birth"),
    ("person-registered", person(birth="1985-13"), "data.identity.birth"),
    ("identity-added", {**person(bsn="000000000"), "leading": True}, "data.identity.bsn"),
    ("persons-merged", merge("29990001", "29990001"), "data.merged"),
    ("persons-split", {"undoes": {"source": f"{source_of('court')}/m", "id": "1"}, **WHEN}, "data.undoes.source"),
    ("cases-joined", {"pn": "10/999999-25", "into": "10/999999-25", "joined_on": "2025-05-05"}, "data.into"),
    ("case-registered", {**CASE, "received_on": "2025-01-31"}, "data.received_on"),
    ("case-registered", {**CASE, "charges": [{**CHARGE, "maximum": {}}]}, "data.charges[0].maximum"),
    ("case-registered", {**CASE, "charges": [{**CHARGE, "maximum": {"life": False}}]}, "data.charges[0].maximum.life"),
    ("charges-amended", {"pn": "10/999999-25", "charges": [CHARGE, CHARGE]}, "data.charges[1].charge"),
    ("summons-issued", {"pn": "10/999999-25", "charges": [1, 2, 1], "hearing_on": "2025-05-05"}, "data.charges[2]"),
    ("penalty-order-issued", {**ORDER, "charges": [3, 3]}, "data.charges[1]"),
    ("judgment-given", {**JUDGMENT, "instance": 3}, "data.on_appeal_of"),
    ("judgment-given", {**JUDGMENT, "verdicts": JUDGMENT["verdicts"] * 2}, "data.verdicts[1].charge"),
    ("judgment-given", sentenced(kind="imprisonment"), "data.sentences[0]"),
    ("judgment-given", sentenced(kind="fine", days=3, amount_eur="1.00"), "data.sentences[0].amount_eur"),
    ("judgment-given", sentenced(kind="imprisonment", days=3, life=True), "data.sentences[0].life"),
    ("judgment-given", sentenced(kind="imprisonment", hours=3), "data.sentences[0].hours"),
    ("judgment-given", sentenced(kind="fine", amount_eur="1.00", conditional={"hours": 1}), "data.sentences[0].conditional.hours"),
    ("judgment-given", sentenced(kind="fine", amount_eur="1.00", conditional={}), "data.sentences[0].conditional"),
    ("judgment-given", {**JUDGMENT, "sentences": sentenced(kind="other")["sentences"] * 2}, "data.sentences[1].sentence"),
    ("emergency-report", None, "data.period"),
    ("emergency-report", {**REPORT, "period": PERIOD, "reported_on": "2025-08-11"}, "data.reported_on"),
    ("screening-enrolled", {"enrolment": "e", "sector": "taxi", "bsn": "123456789", "from": "2025-05-05"}, "data.bsn"),
    ("disclosure-requested", REQUEST, "data.skn"),
    ("disclosure-requested", {**REQUEST, "bsn": "123456789"}, "data.bsn"),
    ("stock-declared", {**STOCK, "until": "2025-01-31"}, "data.until"),
    ("watermark", {**MARK, "through_sequence": 41, "count": 41}, "data.through_sequence"),
    ("watermark", {**MARK, "count": 39}, "data.count"),
    ("watermark", {**MARK, "complete_until": "2025-03-01T00:00:00"}, "data.complete_until"),
    ("custody-started", {**CUSTODY, "release_due": "2025-05-04"}, "data.release_due"),
    ("custody-prolonged", {"pn": "10/999999-25", "decided_on": "2025-05-05", "release_due": "2025-05-04"}, "data.release_due"),
    ("supervision-started", {"judgment": "j", "sentence": "1", "from": "2025-05-05", "until": "2025-05-04"}, "data.until"),
    ("message-retracted", {"retracts": {"source": source_of("court"), "id": "m"}, "ground": "g"}, "data.retracts.source"),
    ("message-retracted", {"retracts": {"source": source_of("prosecution"), "id": "n-1"}, "ground": "g"}, "data.retracts.id"),
    ("message-corrected", {"corrects": {"source": "x", "id": "m"}, "data": {}}, "data.corrects.source"),
]


@pytest.mark.parametrize(("kind", "data", "path"), CONTENTS, ids=str)
def test_content_is_refused_at_its_path(kind: str, data: Data | None, path: str) -> None:
    sent = data or {**REPORT, "period": {"from": "2025-05-05", "to": "2025-05-04"}}
    assert refused(envelope(kind, sent)) == ("content", path)


SHAPES = [
    ("person-registered", {**PERSON, "nickname": "y"}, "data.nickname"),
    ("person-registered", person(nickname="y"), "data.identity.nickname"),
    ("person-registered", person(surname=""), "data.identity.surname"),
    ("person-registered", person(bsn="999990019\n"), "data.identity.bsn"),
    ("person-registered", person(bsn="99999001９"), "data.identity.bsn"),
    ("person-registered", person(surname="a\0"), "data.identity.surname"),
    ("person-registered", person(**{"a\0": 1}), "data.identity.a\\u0000"),
    ("person-registered", [PERSON], "data"),
    ("case-registered", {**CASE, "charges": [CHARGE, {**CHARGE, "charge": 1.0}]}, "data.charges[1].charge"),
    ("case-registered", {**CASE, "charges": [{**CHARGE, "charge": True}]}, "data.charges[0].charge"),
    ("case-registered", {**CASE, "charges": [{**CHARGE, "charge": 2**53 + 1}]}, "data.charges[0].charge"),
    ("case-registered", {**CASE, "received_on": "2025-02-30"}, "data.received_on"),
    ("case-registered", {**CASE, "received_on": "2025-03-01T00:00:00Z"}, "data.received_on"),
    ("judgment-given", {**JUDGMENT, "instance": 4}, "data.instance"),
    ("judgment-given", {**JUDGMENT, "instance": True}, "data.instance"),
    ("judgment-given", {**JUDGMENT, "verdicts": []}, "data.verdicts"),
    ("judgment-given", sentenced(kind="fine", amount_eur=12.5), "data.sentences[0].amount_eur"),
    ("judgment-given", sentenced(kind="fine", amount_eur="12.5"), "data.sentences[0].amount_eur"),
    ("judgment-given", sentenced(kind="imprisonment", days=0), "data.sentences[0].days"),
    ("watermark", {**MARK, "count": 40.0}, "data.count"),
    ("watermark", {**MARK, "set_hash": "0" * 63}, "data.set_hash"),
    ("message-corrected", {"corrects": {"source": source_of("prosecution"), "id": "m"}, "data": []}, "data.data"),
    ("message-corrected", {"corrects": {"source": source_of("prosecution"), "id": "m"}, "data": {"a": [1.5]}}, "data.data.a[0]"),
]


@pytest.mark.parametrize(("kind", "data", "path"), SHAPES, ids=str)
def test_a_wrong_shape_is_refused_at_its_path(kind: str, data: Data, path: str) -> None:
    assert refused(envelope(kind, data)) == ("schema", path)


def test_the_stages_go_before_the_order_of_the_document() -> None:
    data = {**person(bsn="123456789"), "nickname": "y"}
    wrong: Data = {"subject": "1", "data": data, "source": source_of("court"), "sequence": "0"}
    document = {**wrong, **envelope("person-registered", data), **wrong}
    assert refused(document) == ("envelope", "sequence")
    document["sequence"] = "1"
    assert refused(document) == ("role", "type")
    document["source"] = source_of("matching-authority")
    assert refused(document) == ("schema", "data.nickname")
    del data["nickname"]
    assert refused(document) == ("content", "subject")
    del document["subject"]
    assert refused(document) == ("content", "data.identity.bsn")


def test_within_a_stage_the_first_in_the_document_is_refused_and_what_is_missing_last() -> None:
    document = envelope("watermark", MARK)
    del document["id"]
    assert refused({**document, "sequence": "0"}) == ("envelope", "sequence")
    turned = dict(reversed(list({**document, "time": "", "sequence": "0"}.items())))
    assert refused(turned) == ("envelope", "sequence")
    identity = {"surname": "a\0", "sex": 1, "set": "1"}
    assert refused(envelope("person-registered", {"skn": "1", "identity": identity})) == ("schema", "data.identity.surname")
    turned = dict(reversed(identity.items()))
    assert refused(envelope("person-registered", {"skn": "1", "identity": turned})) == ("schema", "data.identity.sex")
    both = person(bsn="123456789", birth="1985-02-30")
    assert refused(envelope("person-registered", both)) == ("content", "data.identity.bsn")


@pytest.mark.parametrize(
    ("kind", "data", "about"),
    [
        ("person-registered", PERSON, "29990001"),
        ("case-registered", CASE, "29990001"),
        ("persons-merged", merge("29990001", "29990002"), "29990001"),
        ("case-reattributed", {"pn": "10/999999-25", "from": "29990002", "to": "29990001", **DECIDED}, "29990001"),
        ("disclosure-requested", {**REQUEST, "skn": "29990001"}, "29990001"),
    ],
)
def test_the_subject_is_the_person_the_data_is_about(kind: str, data: Data, about: str) -> None:
    assert judged(envelope(kind, data, subject=about)).refusal is None
    assert refused(envelope(kind, data, subject="29990002")) == ("content", "subject")


def test_a_refused_message_of_a_known_sender_keeps_what_is_sound() -> None:
    found = judged(envelope("person-registered", {"skn": "1"}, subject="1", previous="m", sequence=7))
    assert (found.source, found.id, found.sequence) == (source_of("matching-authority"), "n-1", 7)
    assert (found.kind, found.subject, found.previous) == ("person-registered", "1", "m")
    assert found.data is None
    found = judged(envelope("person-registered", {}, id="", subject="a\0", sequence=7, time="today"))
    assert (found.id, found.sequence, found.subject, found.time) == (None, 7, None, None)


def test_without_a_known_sender_a_message_stands_under_unknown() -> None:
    for source in ("urn:nld:oin:00000099000000999000:systeem:x", "unknown", "", None, 7):
        found = judged(envelope("watermark", MARK, source=source))
        assert found.source == UNKNOWN
        assert found.refusal is not None and found.refusal.path == "source"


def test_roles_are_those_of_the_partners_given() -> None:
    raw = json.dumps(envelope("person-registered", PERSON)).encode()
    text = '[[partner]]\nname = "A"\noin = "00000099000000001000"\nroles = ["court"]'
    refusal = judge(raw, TERMS._replace(partners=Partners.load(text))).refusal
    assert refusal is not None and (refusal.code, refusal.path) == ("role", "type")
    refusal = judge(raw, TERMS._replace(partners=Partners([]))).refusal
    assert refusal is not None and (refusal.code, refusal.path) == ("envelope", "source")


INNER: Data = {"procedures": Procedures.default(), "source": source_of("court"), "id": "m", "sequence": 3}


@given(data=st.data())
@pytest.mark.parametrize("kind", sorted(set(KINDS_OF_DATA) - {"watermark", "message-corrected", "message-retracted"}))
def test_the_new_data_of_a_correction_is_judged_as_the_kind_it_corrects(kind: str, data: st.DataObject) -> None:
    sent = data.draw(data_of(kind))
    assert judge_inner(kind, sent, **INNER) == msgspec.convert(sent, KINDS[kind])


@pytest.mark.parametrize(
    ("kind", "data", "code", "path"),
    [
        ("case-registered", {**CASE, "charges": []}, "schema", "data.data.charges"),
        ("case-registered", {**CASE, "x": 1}, "schema", "data.data.x"),
        ("case-registered", {}, "schema", "data.data.pn"),
        ("case-registered", {**CASE, "office": "\ud800"}, "schema", "data.data.office"),
        ("case-registered", {**CASE, "received_on": "2025-01-01"}, "content", "data.data.received_on"),
        ("judgment-given", {**JUDGMENT, "instance": 2}, "content", "data.data.on_appeal_of"),
        ("watermark", {**MARK, "through_sequence": 3, "count": 3}, "content", "data.data.through_sequence"),
    ],
)
def test_new_data_is_refused_below_data_data(kind: str, data: Data, code: str, path: str) -> None:
    refusal = judge_inner(kind, data, **INNER)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.path) == (code, path)


def test_a_subject_is_compared_with_new_data_only_where_it_is_given() -> None:
    assert not isinstance(judge_inner("case-registered", CASE, **INNER), Refusal)
    refusal = judge_inner("case-registered", CASE, **INNER, subject="29990002")
    assert isinstance(refusal, Refusal) and refusal.path == "subject"
