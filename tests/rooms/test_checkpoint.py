"""Checkpoints: the text of C2SP, signed by the node, believed only under the key that was asked for."""

import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hervat.errors import BrokenInvariant, NotSo, Usage
from hervat.journal import checkpoint as notes
from hervat.journal.checkpoint import Checkpoint
from hervat.journal.keys import NodeKeys
from hervat.journal.ring import Ring

ORIGIN = "hervat.example/node-1"
KEYS = NodeKeys(Ring.of(ORIGIN, bytes(32), bytes(32), bytes(range(32))))
OTHER = NodeKeys.create(ORIGIN)
NOTE = notes.sign(Checkpoint(ORIGIN, 20852163, bytes(range(32))), KEYS)
BODY, _, SIGNATURE = NOTE.partition("\n\n")
WITNESS = "\u2014 witness.example/w1 " + base64.b64encode(b"\x01\x02\x03\x04" + bytes(72)).decode()
# The example in the C2SP specification of tlog-checkpoint.
PUBLISHED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
hashes = st.binary(min_size=32, max_size=32)


def test_the_published_example_is_read() -> None:
    read = notes.parse(PUBLISHED)
    assert (read.origin, read.size) == ("example.com/behind-the-sofa", 20852163)
    assert read.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert [(line.name, line.key_id.hex(), len(line.signature)) for line in read.signatures] == [
        ("example.com/behind-the-sofa", "033de0ae", 64)
    ]


def test_a_published_key_gives_its_published_id() -> None:
    """That of the Go checksum database, whose verifier key is its name, the id, and 01 with the key in base64."""
    encoded = base64.b64decode("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert notes.key_id("sum.golang.org", encoded[1:]).hex() == "033de0ae"


def test_the_text_is_that_of_the_specification() -> None:
    root = base64.b64encode(bytes(range(32))).decode()
    assert BODY.split("\n") == [ORIGIN, "20852163", root]
    dash, name, signed = SIGNATURE.removesuffix("\n").split(" ")
    assert (dash, name) == ("\u2014", ORIGIN)
    assert base64.b64decode(signed) == notes.key_id(ORIGIN, KEYS.public_key) + KEYS.sign(f"{BODY}\n".encode(), 20852163)


@given(size=st.integers(0, 2**63 - 1), root=hashes)
def test_what_is_signed_is_verified(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    note = notes.sign(checkpoint, KEYS)
    assert note == notes.sign(checkpoint, KEYS)
    assert notes.verify(note, ORIGIN, KEYS.public_key) == checkpoint


def test_a_node_signs_for_itself_only() -> None:
    with pytest.raises(BrokenInvariant, match="was to sign a checkpoint of another"):
        notes.sign(Checkpoint("another.example", 1, bytes(32)), KEYS)


def test_extensions_are_kept_and_signed() -> None:
    checkpoint = Checkpoint(ORIGIN, 3, bytes(32), ("an extension", "\u2014 that looks like a signature"))
    note = notes.sign(checkpoint, KEYS)
    assert notes.verify(note, ORIGIN, KEYS.public_key) == checkpoint
    with pytest.raises(NotSo, match="was changed"):
        notes.verify(note.replace("an extension", "another"), ORIGIN, KEYS.public_key)


def test_signatures_of_others_are_kept_and_ignored() -> None:
    cosigned = NOTE + WITNESS + "\n"
    assert [line.name for line in notes.parse(cosigned).signatures] == [ORIGIN, "witness.example/w1"]
    assert notes.verify(cosigned, ORIGIN, KEYS.public_key).size == 20852163
    assert notes.verify(f"{BODY}\n\n{WITNESS}\n{SIGNATURE}", ORIGIN, KEYS.public_key).size == 20852163


def test_a_name_and_key_of_others_do_not_count() -> None:
    with pytest.raises(NotSo, match="not signed with the key that was given"):
        notes.verify(NOTE, ORIGIN, OTHER.public_key)
    with pytest.raises(NotSo, match="not signed with the key"):
        notes.verify(f"{BODY}\n\n{WITNESS}\n", ORIGIN, KEYS.public_key)
    with pytest.raises(NotSo, match=r"a checkpoint of hervat\.example/node-1, not of hervat\.example/node-2"):
        notes.verify(NOTE, "hervat.example/node-2", KEYS.public_key)


def test_a_false_signature_beside_a_true_one_is_no_checkpoint() -> None:
    false = base64.b64encode(notes.key_id(ORIGIN, KEYS.public_key) + bytes(64)).decode()
    for note in (f"{NOTE}\u2014 {ORIGIN} {false}\n", f"{BODY}\n\n\u2014 {ORIGIN} {false}\n{SIGNATURE}"):
        with pytest.raises(NotSo, match="do not rely on it"):
            notes.verify(note, ORIGIN, KEYS.public_key)


@given(size=st.integers(0, 2**63 - 1), root=hashes)
def test_another_size_or_root_was_not_signed(size: int, root: bytes) -> None:
    claimed = Checkpoint(ORIGIN, size, root)
    assume(claimed != notes.parse(NOTE).checkpoint)
    with pytest.raises(NotSo, match="was changed after it was signed"):
        notes.verify(f"{claimed.body()}\n{SIGNATURE}", ORIGIN, KEYS.public_key)


def test_a_public_key_has_32_bytes() -> None:
    with pytest.raises(Usage, match="this is 31 bytes"):
        notes.is_signed(bytes(31), bytes(64), b"")


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("\n", 1),
        ("one line", 1),
        (NOTE.removesuffix("\n"), 5),
        (BODY + "\n", 4),
        (BODY + "\n\n", 5),
        (f"{ORIGIN}\n3\n\n{SIGNATURE}", 3),
        (f"\n3\n{ROOT}\n\n{SIGNATURE}", 1),
        (f"{ORIGIN}\n\n{ROOT}\n\n{SIGNATURE}", 2),
        (f"{ORIGIN}\n03\n{ROOT}\n\n{SIGNATURE}", 2),
        (f"{ORIGIN}\n-3\n{ROOT}\n\n{SIGNATURE}", 2),
        (f"{ORIGIN}\n\u0663\n{ROOT}\n\n{SIGNATURE}", 2),
        (f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n\n{SIGNATURE}", 2),
        (f"{ORIGIN}\n3\n{ROOT[:-4]}\n\n{SIGNATURE}", 3),
        (f"{ORIGIN}\n3\n{ROOT[:-2]}B=\n\n{SIGNATURE}", 3),
        (f"{ORIGIN}\n3\n\u00e9{ROOT}\n\n{SIGNATURE}", 3),
        (f"{ORIGIN}\r\n3\n{ROOT}\n\n{SIGNATURE}", 1),
        (f"{ORIGIN}\n3\n{ROOT}\n\n-- {ORIGIN} AAAAAAAA\n", 5),
        (f"{ORIGIN}\n3\n{ROOT}\n\n\u2014 {ORIGIN} AAAA\n", 5),
        (f"{ORIGIN}\n3\n{ROOT}\n\n\u2014 {ORIGIN} AAAAAAAA extra\n", 5),
        (f"{ORIGIN}\n3\n{ROOT}\n\n\u2014  AAAAAAAA\n", 5),
        (f"{ORIGIN}\n3\n{ROOT}\n\n\u2014 a+b AAAAAAAA\n", 5),
        (f"{ORIGIN}\n3\n{ROOT}\n\n\u2014 a\u00a0b AAAAAAAA\n", 5),
        (f"{NOTE}\u2014 cut off\n", 6),
        (NOTE + f"{WITNESS}\n" * 100, 5),
    ],
)
def test_a_malformed_checkpoint_tells_the_line(text: str, line: int) -> None:
    with pytest.raises(Usage, match=f"^line {line} of the checkpoint "):
        notes.parse(text)


@given(st.one_of(st.text(), st.text(alphabet="\n\u2014 A=0/.", max_size=60)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = notes.parse(text)
    except Usage as refused:
        assert "of the checkpoint" in str(refused)
    else:
        assert text.startswith(read.checkpoint.body())
