"""The auditor's tool: it finds a true proof good and every changed one bad, in words, without hervat."""

import base64
import copy
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hervat.journal import checkpoint as notes
from hervat.journal import entry as entries
from hervat.journal.checkpoint import Checkpoint
from hervat.journal.entry import Opened
from hervat.journal.keys import NodeKeys
from hervat.journal.receipt import custody_receipt
from hervat.journal.tree import Frontier, Reader, leaf_hash
from tools import check_proof

TOOL = Path(check_proof.__file__)
ORIGIN = "hervat.example/node-1"
KEYS = NodeKeys.create(ORIGIN)
KEY = base64.b64encode(KEYS.public_key).decode()
AT = "2026-03-01T09:30:00.000000Z"
POSITION, SIZE = 300, 613
SEGMENTS = (
    ("head", b'{"data":{"charges":["charge:1","charge:2"]},"kind":"charged"}'),
    ("charge:1", '{"article":"310 Sr","charge":1,"place":"Curaçao"}'.encode()),
    ("charge:2", b'{"article":"311 Sr","charge":2}'),
)

Proof = dict[str, Any]


def segment_of(opened: Opened, index: int) -> Proof:
    segment = opened.segments[index]
    nonce, content = segment.nonce, segment.content
    shown: Proof = {"name": segment.name, "commitment": segment.commitment.hex(), "nonce": None, "content": None}
    if nonce is None or content is None:
        return shown
    shown["nonce"] = base64.b64encode(nonce).decode()
    if segment.name == entries.RAW:
        return shown | {"content_base64": base64.b64encode(content).decode()}
    return shown | {"content": content.decode()}


def proof_of(segments: tuple[tuple[str, bytes], ...], source: str | None = "om") -> Proof:
    """What `hervat prove 300 --json` prints of a journal of 613 entries."""
    digest = hashlib.sha256(b"".join(content for _, content in segments)).digest()
    draft = entries.draft_of(segments, digest, sort=entries.MESSAGE, source=source, id="m-1", sequence=9, kind="charged")
    entry = entries.enter(KEYS, POSITION, AT, draft)
    leaves = [leaf_hash(b"%d" % index) for index in range(SIZE)]
    leaves[POSITION - 1] = entry.leaf
    frontier = Frontier()
    frontier.extend(leaves)
    opened = entries.check(KEYS, entry)
    receipt = custody_receipt(KEYS, position=POSITION, source=source or "", id="m-1", leaf=entry.leaf, received_at=AT)
    path = Reader(SIZE, lambda first, count: leaves[first : first + count], lambda *_: None).inclusion(POSITION - 1)
    return {
        "position": POSITION,
        "leaf": entry.leaf.hex(),
        "leaf_input": entry.meta.decode(),
        "segments": [segment_of(opened, index) for index in range(len(segments))],
        "index": POSITION - 1,
        "size": SIZE,
        "proof": [step.hex() for step in path],
        "root": frontier.root().hex(),
        "checkpoint": notes.sign(Checkpoint(ORIGIN, SIZE, frontier.root()), KEYS),
        "public_key": KEY,
        "receipt": json.loads(receipt),
    }


PROOF = proof_of(SEGMENTS)


@pytest.fixture
def checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Check a proof with options; gives the exit status and all that was printed."""

    def check(proof: object, *options: str) -> tuple[int, str]:
        path = tmp_path / "proof.json"
        path.write_text(proof if isinstance(proof, str) else json.dumps(proof))
        status = check_proof.main([str(path), *options])
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return check


Checked = Callable[..., tuple[int, str]]


def changed(**fields: Any) -> Proof:
    return PROOF | fields


def with_segment(index: int, **fields: Any) -> Proof:
    proof = copy.deepcopy(PROOF)
    proof["segments"][index] |= fields
    return proof


def test_a_true_proof_is_good(checked: Checked) -> None:
    status, printed = checked(PROOF, "--public-key", KEY)
    assert status == 0
    assert printed.splitlines() == [
        'ok    segment "head": the content is what was committed to',
        'ok    segment "charge:1": the content is what was committed to',
        'ok    segment "charge:2": the content is what was committed to',
        "ok    the commitments lead to the root in leaf_input",
        "ok    the leaf is the hash of leaf_input, for position 300",
        "ok    the path leads from leaf 299 to the root of 613",
        "ok    the checkpoint has this root at size 613",
        f'ok    the checkpoint is signed by "{ORIGIN}"',
        'ok    the receipt is signed, and is about this entry ("om", "m-1")',
        "The proof is good.",
    ]


def test_the_tool_runs_alone(tmp_path: Path) -> None:
    """Isolated from this repository's code, with the standard library and cryptography only."""
    (tmp_path / "proof.json").write_text(json.dumps(PROOF))
    command = [sys.executable, "-I", str(TOOL), str(tmp_path / "proof.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    source = TOOL.read_text().splitlines()
    imported = {line.split()[1].split(".")[0] for line in source if line.lstrip().startswith(("import ", "from "))}
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_proof_can_come_through_a_pipe() -> None:
    run = subprocess.run([sys.executable, str(TOOL), "-"], input=json.dumps(PROOF), capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_a_key_from_the_proof_itself_is_warned_about(checked: Checked) -> None:
    status, printed = checked(PROOF)
    assert status == 0
    assert "WARN  the public key came from the proof itself" in printed
    assert "WARN" not in checked(PROOF, "--public-key", KEY)[1]


def test_a_withheld_part_counts_by_its_commitment(checked: Checked) -> None:
    status, printed = checked(with_segment(1, nonce=None, content=None))
    assert status == 0
    assert 'segment "charge:1": withheld or erased' in printed
    assert "Cura" not in printed


def test_bytes_that_were_no_message_are_proven_too(checked: Checked) -> None:
    proof = proof_of((("raw", b"\xff\x00 no message"),), source=None)
    assert checked(proof)[0] == 0
    proof["segments"][0]["content_base64"] = base64.b64encode(b"other bytes").decode()
    assert "not what was committed to" in checked(proof)[1]


def test_a_proof_without_a_receipt_says_so(checked: Checked) -> None:
    without = {name: value for name, value in PROOF.items() if name != "receipt"}
    for proof in (without, changed(receipt=None)):
        status, printed = checked(proof)
        assert status == 0
        assert "there is no receipt in this proof" in printed


def test_a_checkpoint_from_elsewhere_takes_the_place_of_the_proofs_own(checked: Checked, tmp_path: Path) -> None:
    note = tmp_path / "checkpoint"
    witnessed = PROOF["checkpoint"] + "\u2014 witness.example/w1 " + base64.b64encode(bytes(76)).decode() + "\n"
    note.write_text(witnessed)
    assert checked(changed(checkpoint="not looked at"), "--checkpoint", str(note))[0] == 0
    note.write_text(notes.sign(Checkpoint(ORIGIN, SIZE, bytes(32)), KEYS))
    assert "another root than the proof" in checked(PROOF, "--checkpoint", str(note))[1]
    note.write_text(notes.sign(Checkpoint(ORIGIN, SIZE + 1, bytes(32)), KEYS))
    status, printed = checked(PROOF, "--checkpoint", str(note))
    assert status == 1
    assert 'the checkpoint is of size "614", the proof of 613; ask for a proof at the size' in printed


def other_note(size: int = SIZE, root: str = PROOF["root"]) -> str:
    return notes.sign(Checkpoint(ORIGIN, size, bytes.fromhex(root)), KEYS)


def shifted_nonce() -> Proof:
    """The last byte of the nonce moved to the content: the same bytes are hashed."""
    segment = PROOF["segments"][2]
    nonce = base64.b64decode(segment["nonce"])
    content = nonce[-1:] + segment["content"].encode()
    moved = {"content": None, "content_base64": base64.b64encode(content).decode()}
    return with_segment(2, nonce=base64.b64encode(nonce[:-1]).decode(), **moved)


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        (with_segment(1, content='{"charge":9}'), 'segment "charge:1": the content is not what was committed to'),
        (with_segment(1, name="charge:3"), 'segment "charge:3": the content is not what was committed to'),
        (with_segment(1, name="charge:3", nonce=None, content=None), "commitments do not lead to the root"),
        (with_segment(1, nonce=None), "the field nonce is not of the type str"),
        (with_segment(1, content=None), 'segment "charge:1" has a nonce and no content'),
        (with_segment(1, nonce="AAAA"), 'the nonce of "charge:1" is not base64 of 16 bytes'),
        (with_segment(1, content_base64="AAAA"), "both content and content_base64"),
        (with_segment(1, commitment="00"), "the commitment is not 64 lowercase hexadecimal digits"),
        (with_segment(1, name="\ud800"), "not Unicode"),
        (with_segment(1, name="\x1b[2J" * 20000), "longer than 65535 bytes"),
        (shifted_nonce(), "is not base64 of 16 bytes"),
        (changed(segments=PROOF["segments"][:2]), "the commitments do not lead to the root in leaf_input"),
        (changed(segments=PROOF["segments"][::-1]), "the commitments do not lead to the root in leaf_input"),
        (changed(segments=[]), "the proof has no segments"),
        (changed(segments=[1]), "a segment is not an object"),
        (changed(segments=None), "the field segments is not of the type list"),
        (changed(leaf_input=PROOF["leaf_input"].replace('"om"', '"zm"')), "the leaf is not the hash of leaf_input"),
        (changed(leaf_input="{"), "leaf_input is not JSON"),
        (changed(leaf_input="[]"), "leaf_input is not a JSON object"),
        (changed(leaf_input=" " + PROOF["leaf_input"]), "in the form of RFC 8785"),
        (changed(leaf_input='{"position":1,"position":300}'), "leaf_input is not JSON"),
        (changed(leaf_input="[" * 100000), "leaf_input is not JSON"),
        (changed(leaf_input='{"root":NaN}'), "a number in the proof is not finite"),
        (changed(receipt=PROOF["receipt"] | {"position": float("inf")}), "a number in the proof is not finite"),
        (changed(position=299), "are not the same place"),
        (changed(index=298), "are not the same place"),
        (changed(position=True), "the field position is not of the type int"),
        (changed(index=613), "there is no leaf 613 in a tree of 613"),
        (changed(index=-1), "there is no leaf -1"),
        (changed(leaf="0" * 64), "the leaf is not the hash of leaf_input"),
        (changed(proof=PROOF["proof"][:-1]), "the path is shorter than the tree is high"),
        (changed(proof=[*PROOF["proof"], "0" * 64]), "the path is longer than the tree is high"),
        (changed(proof=["0" * 64, *PROOF["proof"][1:]]), "the path does not lead to the root"),
        (changed(proof=[7, *PROOF["proof"][1:]]), "a hash of the path is not 64 lowercase"),
        (changed(root="0" * 64), "the path does not lead to the root"),
        (changed(root=PROOF["root"].upper()), "the root is not 64 lowercase hexadecimal digits"),
        (changed(checkpoint=other_note(root="0" * 64)), "the checkpoint has another root than the proof"),
        (changed(checkpoint=other_note(size=612)), 'the checkpoint is of size "612", the proof of 613'),
        (changed(checkpoint=PROOF["checkpoint"].replace("node-1", "node-2")), "has no signature of this public key"),
        (changed(checkpoint=PROOF["checkpoint"].replace("\n\n", "\nadded\n\n")), "does not fit the public key"),
        (changed(checkpoint=PROOF["checkpoint"] + "\u2014 cut\n"), "a signature line that is not"),
        (changed(checkpoint=PROOF["checkpoint"].rstrip()), "the checkpoint is not a text, an empty line and"),
        (changed(checkpoint="a\nb\n\nc\n"), "no origin, size and root"),
        (changed(checkpoint=PROOF["checkpoint"].replace("\n", "\r\n")), "the checkpoint is not a text"),
        (changed(checkpoint="\x1b" + PROOF["checkpoint"]), "control characters"),
        (changed(public_key="AAAA"), "the public key is not base64 of 32 bytes"),
        (changed(public_key=base64.b64encode(bytes(32)).decode()), "no signature of this public key"),
        (changed(receipt=PROOF["receipt"] | {"position": 301}), "signature of the receipt does not fit"),
        (changed(receipt=7), "the field receipt is not of the type dict"),
        (changed(receipt={}), "the field signature is missing"),
    ],
)
def test_a_changed_proof_is_bad(checked: Checked, proof: Proof, reason: str) -> None:
    status, printed = checked(proof)
    assert status == 1
    assert any(reason in line for line in printed.splitlines() if line.startswith("BAD"))
    assert "of its checks failed." in printed
    assert "\x1b" not in printed


def test_a_true_receipt_for_another_entry_is_bad(checked: Checked) -> None:
    other = custody_receipt(KEYS, position=POSITION, source="om", id="m-2", leaf=bytes(32), received_at=AT)
    status, printed = checked(changed(receipt=json.loads(other)))
    assert status == 1
    assert f'the receipt says "{"0" * 64}" for leaf' in printed


@pytest.mark.parametrize("name", [name for name in PROOF if name != "receipt"])
def test_a_field_that_is_missing_is_told(checked: Checked, name: str) -> None:
    status, printed = checked({other: value for other, value in PROOF.items() if other != name})
    assert status == 1
    assert f"the field {name} is missing" in printed


def test_the_key_on_the_command_line_decides(checked: Checked) -> None:
    other = base64.b64encode(NodeKeys.create(ORIGIN).public_key).decode()
    status, printed = checked(PROOF, "--public-key", other)
    assert status == 1
    assert "has no signature of this public key" in printed


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is not JSON"),
        ("[]", "is not a JSON object"),
        ("[" * 100_000, "is not JSON"),
        ("1" * 10_000, "is not JSON"),
        ('{"leaf":1,"leaf":2}', "a name stands twice"),
    ],
)
def test_what_is_no_proof_at_all_is_wrong_use(checked: Checked, content: str, reason: str) -> None:
    status, printed = checked(content)
    assert status == 2
    assert reason in printed


def test_files_and_keys_that_are_not_there_are_wrong_use(checked: Checked, tmp_path: Path) -> None:
    assert checked(PROOF, "--public-key", "AAAA") == (
        2,
        "check_proof: the value of --public-key is not base64 of 32 bytes\n",
    )
    assert "cannot be read" in checked(PROOF, "--checkpoint", str(tmp_path / "nowhere"))[1]
    (tmp_path / "binary").write_bytes(b"\xff\xff")
    assert "is not UTF-8" in checked(PROOF, "--checkpoint", str(tmp_path / "binary"))[1]
    assert check_proof.main([str(tmp_path / "nowhere")]) == 2
    with pytest.raises(SystemExit, match="2"):
        check_proof.main([])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("A" * 44) | st.just("0" * 64),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a proof."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, below in inner for way in [(*path, key), *places(below, (*path, key))]]


@given(data=st.data(), value=json_values)
def test_whatever_is_put_in_a_proof_it_is_never_good_and_never_raises(data: st.DataObject, value: Any) -> None:
    proof = copy.deepcopy(PROOF)
    *way, last = data.draw(st.sampled_from(places(PROOF)))
    holder: Any = proof
    for key in way:
        holder = holder[key]
    # Without a receipt, or with a part withheld, a proof is as true as before.
    assume(not (value is None and last == "receipt") and value != holder[last])
    holder[last] = value
    assert check_proof.report(proof, None, None) == check_proof.BAD


@given(st.dictionaries(st.sampled_from(sorted(PROOF)), json_values))
def test_no_object_at_all_raises(proof: Proof) -> None:
    assert check_proof.report(proof, None, None) == check_proof.BAD
