"""The command line as other programs rely on it: exit statuses, one JSON document, bad files that lose nothing."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.processes import EXAMPLES, PATIENCE, ROOT, command, environment, hervat, url

PERSON = "20250001"
GRIP = "urn:nld:oin:00000099000000003000:systeem:grip"
SHAPES = {
    ("person", PERSON): {"skn", "skns", "identities", "died_on", "cases", "foreign_convictions", "emergency_reports"}
    | {"contradictions", "horizon", "held", "position"},
    ("digest",): {"register", "persons", "facts"},
    ("verify",): {"ok", "difference"},
    ("status",): {"feeds", "backlog", "position"},
    ("checkpoint",): {"checkpoint", "size"},
    ("prove", "5"): {"position", "leaf", "leaf_input", "segments", "index", "size", "proof", "root", "checkpoint", "receipt"},
    ("schema", "watermark"): {"$ref", "$defs"},
    ("ceiling", GRIP, "--open", "--by", "a", "--why", "b"): {"position"},
}
HORIZON = {"source", "received_through", "applied_through", "complete_until", "stock", "gaps", "held", "refused", "applied"}
HORIZON |= {"received", "unreconciled", "link", "gone"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "s.db"
    assert hervat("receive", EXAMPLES, "--json", store=path).document["applied"] == 52
    return path


@pytest.mark.parametrize(("command", "keys"), SHAPES.items(), ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_every_answer_is_one_document_of_its_shape(store: Path, command: tuple[str, ...], keys: set[str]) -> None:
    ended = hervat(*command, "--json", store=store)
    assert ended.status == 0, ended.err
    assert keys <= ended.document.keys()


def test_horizon_and_held_are_lists(store: Path, tmp_path: Path) -> None:
    horizon = hervat("horizon", "--json", store=store).document
    assert len(horizon) == 10
    assert all(row.keys() == HORIZON for row in horizon)
    assert hervat("held", "--json", store=store).document == []
    some = b"\n".join(line for line in EXAMPLES.read_bytes().splitlines() if b"person-registered" not in line)
    hervat("receive", "-", store=tmp_path / "h.db", stdin=some)
    held = hervat("held", "--json", store=tmp_path / "h.db").document
    assert held
    assert held[0].keys() == {"position", "source", "id", "kind", "reason", "needs", "since", "subject", "was_applied"}
    assert [one["position"] for one in held] == sorted(one["position"] for one in held)


WRONG_USE = {
    "no command": (),
    "unknown command": ("fold",),
    "a date that is none": ("person", PERSON, "--valid-on", "2025-02-30"),
    "a moment that is none": ("person", PERSON, "--known-at", "yesterday"),
    "two moments": ("person", PERSON, "--known-at", "2025-01-01T00:00:00Z", "--position", "1"),
    "two ceilings": ("ceiling", GRIP, "--open", "--hold", "--by", "a", "--why", "b"),
    "nobody decides": ("ceiling", GRIP, "--open", "--by", " ", "--why", "b"),
    "no known source": ("ceiling", "urn:nld:oin:1:systeem:x", "--open", "--by", "a", "--why", "b"),
    "no such kind": ("schema", "person-abolished"),
    "no such file": ("receive", "nowhere.jsonl"),
    "a witness that is none": ("verify", "--witness", str(EXAMPLES)),
    "a witness without end": ("verify", "--witness", "/dev/zero"),
    "a backup that is a directory": ("backup", "."),
    "a backup of a directory": ("restore", "/"),
    "a store that is none": ("digest", "--store", "mysql://localhost/x"),
}


@pytest.mark.parametrize("arguments", WRONG_USE.values(), ids=WRONG_USE)
def test_wrong_use_is_status_2_with_one_document(store: Path, arguments: tuple[str, ...], tmp_path: Path) -> None:
    ended = hervat(*arguments, "--json", store=None if "--store" in arguments else store, cwd=tmp_path)
    assert ended.status == 2
    assert ended.document["status"] == 2
    assert ended.document["error"] in ended.err


def test_an_unknown_person_is_status_1_with_a_horizon(store: Path) -> None:
    ended = hervat("person", "29999999", "--json", store=store)
    assert ended.status == 1
    assert ended.document["horizon"]["sources"]


def test_the_answer_no_is_status_1(store: Path) -> None:
    assert hervat("prove", "1000000", "--json", store=store).status == 1


def ended_into(sink: str, *arguments: str, store: Path, unbuffered: str) -> subprocess.CompletedProcess[bytes]:
    """A command run by a shell with its output led somewhere; `$closed` is a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    given = ["bash", "-c", f'exec "$@" {sink.replace("$closed", str(writer))}', "bash", *command(*arguments, "--store", url(store))]
    more = {"PYTHONUNBUFFERED": unbuffered}
    try:
        return subprocess.run(
            given, capture_output=True, pass_fds=[writer], env=environment(**more), timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL
        )
    finally:
        os.close(writer)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("sink", "known", "unknown"), [(">&-", 0, 1), (">&$closed", 0, 1), (">/dev/full", 3, 1), ("<&- >&- 2>&-", 0, 1)]
)
def test_an_output_that_cannot_be_written_is_no_traceback(store: Path, sink: str, known: int, unknown: int, unbuffered: str) -> None:
    for arguments, status in {("digest", "--json"): known, ("held",): known, ("prove", "9999", "--json"): unknown}.items():
        ended = ended_into(sink, *arguments, store=store, unbuffered=unbuffered)
        assert ended.returncode == status, ended.stderr
        assert b"Traceback" not in ended.stderr
        assert b"ignored" not in ended.stderr


@pytest.mark.parametrize("sink", ["2>&-", "2>&$closed", "2>/dev/full"])
def test_words_that_cannot_be_told_leave_the_document_as_it_is(store: Path, tmp_path: Path, sink: str) -> None:
    long = tmp_path / "long.jsonl"
    long.write_bytes(b"x" * (256 * 1024 + 1))
    asked = {("digest",): 0, ("verify",): 0, ("prove", "9999"): 1, ("receive", str(EXAMPLES)): 0, ("receive", str(long)): 1}
    for arguments, status in asked.items():
        ended = ended_into(sink, *arguments, "--json", store=store, unbuffered="")
        assert ended.returncode == status
        assert json.loads(ended.stdout)


def test_a_missing_file_takes_nothing_of_the_others(tmp_path: Path) -> None:
    ended = hervat("receive", EXAMPLES, "nowhere.jsonl", store=tmp_path / "s.db", cwd=tmp_path)
    assert ended.status == 2
    assert not (tmp_path / "s.db").exists()


def test_a_line_over_the_limit_is_not_taken_and_its_number_is_told(tmp_path: Path) -> None:
    lines = EXAMPLES.read_bytes().splitlines()
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"\n".join([lines[0], b"x" * (256 * 1024 + 1), *lines[1:]]))
    ended = hervat("receive", path, "--json", store=tmp_path / "s.db")
    assert ended.status == 1
    assert ended.document["received"] == 52
    assert f"{path}, line 2" in ended.err


def test_a_line_is_never_cut_in_two_where_the_limit_is(tmp_path: Path) -> None:
    """Two carriage returns at the limit are no line end: what follows them is the same line."""
    line = EXAMPLES.read_bytes().splitlines()[0]
    path = tmp_path / "cut.jsonl"
    path.write_bytes(line.ljust(256 * 1024) + b"\r\r" + line + b"\n" + line.ljust(256 * 1024) + b"\r\n")
    ended = hervat("receive", path, "--json", store=tmp_path / "s.db")
    assert ended.status == 1
    assert [ended.document["received"], ended.document["refused"], ended.document["duplicates"]] == [1, 0, 0]
    assert f"{path}, line 1" in ended.err


def test_gzip_line_ends_and_blank_lines_are_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl.gz"
    path.write_bytes(gzip.compress(EXAMPLES.read_bytes().replace(b"\n", b"\r\n\r\n")))
    answer = hervat("receive", path, "--json", store=tmp_path / "s.db").document
    assert [answer["received"], answer["refused"]] == [52, 0]


@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_byte_order_mark_is_of_the_file_and_not_of_its_first_message(tmp_path: Path, packed: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "marked.jsonl"
    path.write_bytes(packed(b"\xef\xbb\xbf" + EXAMPLES.read_bytes()))
    answer = hervat("receive", path, EXAMPLES, "--json", store=tmp_path / "s.db").document
    assert [answer["applied"], answer["refused"], answer["duplicates"]] == [52, 0, 52]


def test_a_torn_gzip_file_keeps_what_came_before_the_tear(tmp_path: Path) -> None:
    whole = gzip.compress(EXAMPLES.read_bytes())
    path = tmp_path / "torn.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    ended = hervat("receive", path, "--json", store=tmp_path / "s.db")
    assert ended.status == 1
    assert 0 < ended.document["received"] < 52
    assert "torn.jsonl.gz" in ended.err


def test_a_duplicate_has_the_same_receipt_and_a_conflict_is_status_1(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    hervat("receive", EXAMPLES, "--receipts", first, store=tmp_path / "s.db")
    spaced = b"\n".join(json.dumps(json.loads(line), indent=None).encode() for line in EXAMPLES.read_bytes().splitlines())
    again = hervat("receive", "-", "--receipts", second, "--json", store=tmp_path / "s.db", stdin=spaced)
    assert again.status == 0
    assert again.document["duplicates"] == 52
    assert first.read_bytes() == second.read_bytes()
    other = EXAMPLES.read_bytes().splitlines()[0].replace(b"Karel", b"Carel")
    ended = hervat("receive", "-", "--json", store=tmp_path / "s.db", stdin=other)
    assert [ended.status, ended.document["conflicts"]] == [1, 1]
    assert hervat("status", "--json", store=tmp_path / "s.db").document["conflicts"] == 1


def test_a_conflict_is_listed_until_its_sender_amends_what_stands(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in EXAMPLES.read_bytes().splitlines()]
    hervat("receive", EXAMPLES, store=tmp_path / "s.db")
    assert hervat("conflicts", "--json", store=tmp_path / "s.db").document == []
    other = json.dumps(lines[0]).replace("Karel", "Carel").encode()
    hervat("receive", "-", "--receipts", tmp_path / "none", store=tmp_path / "s.db", stdin=other)
    assert (tmp_path / "none").read_bytes() == b""
    told = hervat("conflicts", "--json", store=tmp_path / "s.db").document
    assert [(one["position"], one["with"], one["id"], one["open"]) for one in told] == [(53, 1, lines[0]["id"], True)]
    highest = max(int(line["sequence"]) for line in lines if line["source"] == lines[0]["source"])
    named = {"source": lines[0]["source"], "id": lines[0]["id"]}
    amends = lines[0] | {
        "id": "which-is-right",
        "sequence": str(highest + 1),
        "type": "nl.hervat.message-corrected.v1",
        "data": {"corrects": named, "data": json.loads(other)["data"]},
    }
    hervat("receive", "-", store=tmp_path / "s.db", stdin=json.dumps(amends).encode())
    assert hervat("conflicts", "--json", store=tmp_path / "s.db").document == []
    assert [one["open"] for one in hervat("conflicts", "--all", "--json", store=tmp_path / "s.db").document] == [False]


@pytest.mark.parametrize("end", ["", "-wal", "-shm", ".lock", ".key"])
def test_receipts_are_never_written_over_a_part_of_the_store(tmp_path: Path, end: str) -> None:
    receipts, store = tmp_path / f"s.db{end}", tmp_path / "s.db"
    for taken in (0, 52):
        assert hervat("receive", EXAMPLES, "--receipts", receipts, "--json", store=store).status == 2
        assert store.exists() == bool(taken)
        hervat("receive", EXAMPLES, store=store)
        assert hervat("verify", "--json", store=store).document["entries"] == 52


def test_a_document_is_json_whatever_letters_the_terminal_knows(tmp_path: Path) -> None:
    named = "K\u00e1rel \u2028 \U0001f600"
    lines = EXAMPLES.read_bytes().replace(b"Karel", named.encode())
    hervat("receive", "-", store=tmp_path / "s.db", stdin=lines)
    told = hervat("person", PERSON, "--json", store=tmp_path / "s.db", PYTHONIOENCODING="ascii").document
    assert named in {identity["given_names"] for identity in told["identities"]}


def test_the_store_may_come_from_the_environment_and_after_the_arguments(store: Path, tmp_path: Path) -> None:
    named = hervat("person", PERSON, "--json", cwd=tmp_path, HERVAT_STORE=f"sqlite:///{store}").document
    assert named == hervat("person", PERSON, "--json", store=store).document


def test_an_interrupt_while_it_is_loaded_is_told_in_words(store: Path) -> None:
    """Whoever stops a command at once gets the same answer as later on: words, one document and no traceback."""
    stopping = "class Stop:\n def find_spec(self, name, *more):\n  if name == 'hervat.doors.commands': raise KeyboardInterrupt\n"
    script = f"import sys\n{stopping}sys.meta_path.insert(0, Stop())\nfrom hervat.__main__ import main\nsys.exit(main())"
    given = [sys.executable, "-c", script, "digest", "--json", "--store", url(store)]
    ended = subprocess.run(given, capture_output=True, env=environment(), timeout=PATIENCE, check=False)
    assert (ended.returncode, json.loads(ended.stdout)["status"]) == (130, 130)
    assert ended.stderr.decode().splitlines() == ["hervat: stopped before anything was done"]


def test_every_kind_has_a_schema(store: Path) -> None:
    whole = hervat("schema", "--json", store=store).document
    kinds = (ROOT / "tests" / "contract" / "data" / "kinds.md").read_text("utf-8")
    assert "judgment-given" in kinds
    assert "judgment-given" in json.dumps(whole)


HOSTILE = "Jan\x1b]0;owned\x07\x1b[2J\u202e\x9b31m\r\nhorizon: all is well"


def test_what_senders_wrote_moves_no_terminal(tmp_path: Path) -> None:
    """In what people read nothing stands that a terminal obeys, and a line is a line; a program gets every character."""
    store = tmp_path / "hostile.db"
    lines = [json.loads(line) for line in EXAMPLES.read_bytes().splitlines()]
    person = next(one for one in lines if one["type"].endswith("person-registered.v1"))
    person["data"]["identity"] |= {"surname": HOSTILE, "prefix": "van\u2028der"}
    case = next(one for one in lines if one["type"].endswith("case-registered.v1"))
    case["data"]["office"] = HOSTILE
    held = next(one for one in lines if one["type"].endswith("judgment-given.v1"))
    held |= {"id": HOSTILE[:60], "data": held["data"] | {"pn": "99/999999-25"}}
    refused = case | {"id": "refused" + HOSTILE, "sequence": "999", "data": {HOSTILE: 1}}
    sent = "\n".join(json.dumps(one) for one in (person, case, held, refused)).encode()
    skn = person["data"]["skn"]
    for arguments in (("receive", "-"), ("person", skn), ("held",), ("conflicts",), ("horizon",), ("person", HOSTILE), ("doctor",)):
        told = hervat(*arguments, store=store, stdin=sent if arguments[0] == "receive" else b"")
        for text in (told.out, told.err):
            assert not [one for one in text if one != "\n" and not one.isprintable()]
            assert not [line for line in text.splitlines() if line.startswith("horizon: all is well")]
    assert "\\x1b" in hervat("person", skn, store=store).out
    assert hervat("person", skn, "--json", store=store).document["identities"][0]["surname"] == HOSTILE


def test_a_pipe_that_nobody_reads_does_not_change_the_answer(store: Path, tmp_path: Path) -> None:
    """What was taken is on disk, and the exit status says whether all was: also to who reads no further."""
    line = EXAMPLES.read_bytes().splitlines()[0]
    other = tmp_path / "conflict.jsonl"
    other.write_bytes(line.replace(b"1985", b"1986"))
    fresh = tmp_path / "fresh.db"
    with_conflict = {("receive", str(EXAMPLES)): 0, ("receive", str(other)): 1, ("person", "29999999"): 1, ("person", "20250001"): 0}
    for unbuffered in ("", "1"):
        for arguments, status in with_conflict.items():
            assert ended_into(">&$closed", *arguments, store=fresh, unbuffered=unbuffered).returncode == status
    assert len(EXAMPLES.read_bytes().splitlines()) == sum(one["received"] for one in hervat("horizon", "--json", store=fresh).document)
