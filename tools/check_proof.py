"""Check a proof that an entry is in a hervat journal, without hervat.

    python check_proof.py PROOF.json [--public-key BASE64] [--checkpoint FILE]

PROOF.json is what `hervat prove POSITION --json` prints ("-" reads standard input). This file imports the standard
library and `cryptography`, nothing else, so that an auditor can read all that decides. It prints a line for each check,
and its exit status is

    0  the proof is good        1  the proof is bad        2  wrong use: no such file, no JSON, no such option

What a proof holds:

    position     the entry's place in the journal, from 1; index is its leaf's place in the tree, from 0
    segments     the parts of the payload in stored order: {name, commitment, nonce, content}. A part that was withheld
                 or erased has null for nonce and content. Bytes that were no message are one part, "raw", which has
                 content_base64 in place of content
    leaf_input   what the entry says in the open, as RFC 8785 JSON: its position, the root over the commitments, more
    leaf         the hash of leaf_input
    size, root   of the tree of all entries; proof is the path of hashes from the leaf to the root
    checkpoint   a C2SP signed note in which the node signs origin, size and root
    public_key   the Ed25519 key that signs the checkpoint; receipt is what the node gave the sender at the time, and may be absent
    receipt_key  the key that signs receipts of this position, where keys were rotated since; absent it is public_key
    successions  how one key followed on another, from receipt_key to public_key; absent there are none

What binds them, each with SHA-256 (| puts bytes after one another, len2 is a length in 2 bytes, big-endian):

    commitment  =  hash("hervat/segment/1" 00 | len2(name) | name | nonce | content)              nonce: 16 bytes
    root in leaf_input  =  hash("hervat/segments/1" 00 | for each part: len2(name) | name | commitment)
    leaf        =  hash(00 | leaf_input)
    node        =  hash(01 | left | right), up to the root, as in RFC 9162, 2.1.3.2
    checkpoint  =  Ed25519 over its text up to the empty line; key id: hash(origin | 0A | 01 | public key)[:4]
    receipt     =  Ed25519 over "hervat/receipt/1" 00 | RFC 8785 JSON of the receipt without its signature
    succession  =  Ed25519 over "hervat/succession/1" 00 | RFC 8785 JSON of it without its signatures, by the new key (signed), and
                   by the one before (signed_before) unless that was stolen. The new key signs from position and size `since` on

Whoever knows one of the node's keys may give any of them with --public-key: a new key vouches for the one before, for what that signed
before `since`; the one before vouches for the new key, unless it was stolen.

What a good proof says: the node that holds the key signed a journal of this size, and in it, at this position, stands
an entry with these parts. What it does not say: that others were shown the same journal. For that, compare the
checkpoint with one that a witness has.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.stderr.write("check_proof needs the package cryptography: pip install cryptography\n")
    raise SystemExit(2) from None

GOOD, BAD, WRONG_USE = 0, 1, 2
DASH = "\u2014"


class WrongUse(Exception):
    """The command was not given what it needs."""


class Bad(Exception):
    """A check that fails; the message says what is not as it should be."""


# --- reading fields: whatever is missing or malformed makes the check that needs it fail ---


def field(holder: dict[str, Any], name: str, kind: type) -> Any:
    """The field `name`, which must be of exactly that type (True is no number)."""
    if name not in holder:
        raise Bad(f"the field {name} is missing")
    value = holder[name]
    if type(value) is not kind:
        raise Bad(f"the field {name} is not of the type {kind.__name__}")
    return value


def from_hex(text: str, what: str) -> bytes:
    """A hash: 32 bytes in lowercase hexadecimal."""
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != 32 or value.hex() != text:
        raise Bad(f"{what} is not 64 lowercase hexadecimal digits")
    return value


def from_base64(text: str, what: str, length: int | None = None) -> bytes:
    """Bytes in base64, in the one way in which they are written."""
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad(f"{what} is not base64") from None
    if base64.b64encode(value).decode() != text or length not in (None, len(value)):
        raise Bad(f"{what} is not base64 of {length or 'whole'} bytes")
    return value


def shown(value: object) -> str:
    """A value from the proof in a form that cannot play tricks on a terminal."""
    return json.dumps(value)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def named(name: str) -> bytes:
    """A segment's name behind its length in 2 bytes."""
    label = name.encode()
    if len(label) > 0xFFFF:
        raise Bad("the name of a segment is longer than 65535 bytes")
    return len(label).to_bytes(2, "big") + label


def canonical(value: object) -> str:
    """RFC 8785 JSON; this is enough of it for objects with ASCII names that hold text, integers and null."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise Bad("a number in the proof is not finite") from None


def one_meaning(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, which may not hold a name twice: readers would differ in which one counts."""
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return whole


def read_leaf_input(proof: dict[str, Any]) -> dict[str, Any]:
    """The open part of the entry, from its exact text."""
    text = field(proof, "leaf_input", str)
    try:
        meta = json.loads(text, object_pairs_hook=one_meaning)
    except (ValueError, RecursionError):
        raise Bad("leaf_input is not JSON") from None
    if not isinstance(meta, dict) or canonical(meta) != text:
        raise Bad("leaf_input is not a JSON object in the form of RFC 8785")
    return meta


# --- the checks: each gives the line to print, or raises Bad ---


def check_segment(segment: dict[str, Any]) -> str:
    """The content of a disclosed part is what was committed to."""
    name = field(segment, "name", str)
    commitment = from_hex(field(segment, "commitment", str), "the commitment")
    encoded = segment.get("content_base64")
    if encoded is None and segment.get("content") is None:
        if segment.get("nonce") is not None:
            raise Bad(f"segment {shown(name)} has a nonce and no content")
        return f"segment {shown(name)}: withheld or erased; its commitment is counted, its content is not shown"
    if encoded is not None and segment.get("content") is not None:
        raise Bad(f"segment {shown(name)} has both content and content_base64")
    content = (
        field(segment, "content", str).encode()
        if encoded is None
        else from_base64(field(segment, "content_base64", str), f"the content of {shown(name)}")
    )
    # With a nonce of any other length, bytes could be moved between the nonce and the content.
    nonce = from_base64(field(segment, "nonce", str), f"the nonce of {shown(name)}", 16)
    if sha256(b"hervat/segment/1\0", named(name), nonce, content) != commitment:
        raise Bad(f"segment {shown(name)}: the content is not what was committed to")
    return f"segment {shown(name)}: the content is what was committed to"


def check_segments_root(proof: dict[str, Any]) -> str:
    """The commitments, all of them and in their order, are those of the entry."""
    parts = []
    for segment in segments_of(proof):
        parts += [named(field(segment, "name", str)), from_hex(field(segment, "commitment", str), "a commitment")]
    if not parts:
        raise Bad("the proof has no segments, an entry has at least one")
    root = from_hex(field(read_leaf_input(proof), "root", str), "the root in leaf_input")
    if sha256(b"hervat/segments/1\0", *parts) != root:
        raise Bad("the commitments do not lead to the root in leaf_input")
    return "the commitments lead to the root in leaf_input"


def check_leaf(proof: dict[str, Any]) -> str:
    """The leaf is the hash of the open part, and that part is about this position."""
    position, index = field(proof, "position", int), field(proof, "index", int)
    said = field(read_leaf_input(proof), "position", int)
    if not said == position == index + 1:
        raise Bad(f"position {position}, index {index} and position {said} in leaf_input are not the same place")
    if sha256(b"\0", field(proof, "leaf_input", str).encode()) != from_hex(field(proof, "leaf", str), "the leaf"):
        raise Bad("the leaf is not the hash of leaf_input")
    return f"the leaf is the hash of leaf_input, for position {position}"


def check_path(proof: dict[str, Any]) -> str:
    """The path leads from the leaf to the root (RFC 9162, 2.1.3.2)."""
    index, size = field(proof, "index", int), field(proof, "size", int)
    if not 0 <= index < size:
        raise Bad(f"there is no leaf {index} in a tree of {size}")
    place, last = index, size - 1
    node = from_hex(field(proof, "leaf", str), "the leaf")
    for text in field(proof, "proof", list):
        sibling = from_hex(text if isinstance(text, str) else "", "a hash of the path")
        if last == 0:
            raise Bad("the path is longer than the tree is high")
        if place & 1 or place == last:
            node = sha256(b"\x01", sibling, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = sha256(b"\x01", node, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise Bad("the path is shorter than the tree is high")
    if node != from_hex(field(proof, "root", str), "the root"):
        raise Bad("the path does not lead to the root")
    return f"the path leads from leaf {index} to the root of {size}"


def split_note(note: str) -> tuple[str, list[str]]:
    """The text of a signed note, with its last newline, and its signature lines."""
    text, empty_line, signatures = note.rpartition("\n\n")
    if not empty_line or not signatures.endswith("\n"):
        raise Bad("the checkpoint is not a text, an empty line and signature lines that end in a newline")
    if any(sign < " " and sign != "\n" for sign in note):
        raise Bad("the checkpoint has control characters in it")
    if len(text.split("\n")) < 3:
        raise Bad("the checkpoint has no origin, size and root, a line each")
    return text + "\n", signatures[:-1].split("\n")


def check_checkpoint(proof: dict[str, Any], note: str) -> str:
    """The checkpoint is about the tree of this size with this root."""
    _, said_size, said_root = split_note(note)[0].split("\n")[:3]
    size, root = field(proof, "size", int), from_hex(field(proof, "root", str), "the root")
    if said_size != str(size):
        raise Bad(
            f"the checkpoint is of size {shown(said_size)}, the proof of {size}; ask for a proof at the size of the checkpoint"
        )
    if from_base64(said_root, "the root in the checkpoint", 32) != root:
        raise Bad("the checkpoint has another root than the proof: it is of another journal, or one of them was changed")
    return f"the checkpoint has this root at size {size}"


def check_note(note: str, public_key: bytes) -> str:
    """The checkpoint is signed with the key; lines of other keys (witnesses) are not looked at."""
    text, lines = split_note(note)
    origin = text.split("\n")[0]
    key_id = sha256(origin.encode(), b"\n\x01", public_key)[:4]
    found = False
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != DASH or not name or not encoded:
            raise Bad("the checkpoint has a signature line that is not: em dash, name, base64")
        signed = from_base64(encoded, "a signature of the checkpoint")
        if name == origin and signed[:4] == key_id:
            found = True
            check_signature(public_key, signed[4:], text.encode(), "the signature of the checkpoint")
    if not found:
        raise Bad(f"the checkpoint of {shown(origin)} has no signature of this public key")
    return f"the checkpoint is signed by {shown(origin)}"


def check_receipt(proof: dict[str, Any], note: str, public_key: bytes) -> str:
    """The receipt is signed with the key and is about this very entry."""
    receipt, meta = field(proof, "receipt", dict), read_leaf_input(proof)
    unsigned = {name: value for name, value in receipt.items() if name != "signature"}
    signature = from_base64(field(receipt, "signature", str), "the signature of the receipt")
    check_signature(public_key, signature, b"hervat/receipt/1\0" + canonical(unsigned).encode(), "the signature of the receipt")
    expected = {
        "v": 1,
        "receipt": "custody",
        "origin": split_note(note)[0].split("\n")[0],
        "leaf": field(proof, "leaf", str),
        # What came from a sender that could not be read is under "" in its receipt.
        "source": meta.get("source") or "",
        **{name: meta.get(name) for name in ("position", "id", "received_at")},
    }
    for name, value in expected.items():
        if unsigned.get(name) != value:
            raise Bad(f"the receipt says {shown(unsigned.get(name))} for {name}, the entry says {shown(value)}")
    return f"the receipt is signed, and is about this entry ({shown(receipt.get('source'))}, {shown(receipt.get('id'))})"


def check_succession(one: dict[str, Any], before: bytes, position: int, size: int, note: str) -> bytes:
    """A key follows on the one `before`, between the position and the size that the proof is about; returns the new key."""
    unsigned = {name: one[name] for name in one if name not in ("signed", "signed_before")}
    data = b"hervat/succession/1\0" + canonical(unsigned).encode()
    if from_base64(field(one, "before", str), "the earlier key of a succession", 32) != before:
        raise Bad("the successions do not lead from the receipt's key to the checkpoint's")
    if not position < field(one, "since", int) <= size or field(one, "origin", str) != split_note(note)[0].split("\n")[0]:
        raise Bad("a succession is of another node, or not between this position and this size")
    after = from_base64(field(one, "public_key", str), "the later key of a succession", 32)
    check_signature(after, from_base64(field(one, "signed", str), "the signature of a succession"), data, "the succession")
    if not field(one, "stolen", bool):
        signed = from_base64(field(one, "signed_before", str), "the earlier signature of a succession")
        check_signature(before, signed, data, "the succession, by the earlier key,")
    return after


def signers_of(proof: dict[str, Any], note: str, given: bytes | None) -> tuple[bytes, bytes]:
    """The keys that must have signed the checkpoint and the receipt, where the key `given` vouches for both; else for none."""
    now = from_base64(field(proof, "public_key", str), "the public key", 32) if "successions" in proof or given is None else given
    successions = field(proof, "successions", list) if "successions" in proof else []
    then = from_base64(field(proof, "receipt_key", str), "the key of the receipt", 32) if "receipt_key" in proof else now
    known, at = [then], then
    for one in successions:
        if not isinstance(one, dict):
            raise Bad("a succession is not an object")
        at = check_succession(one, at, field(proof, "position", int), field(proof, "size", int), note)
        known.append(at)
    if at != now:
        raise Bad("the successions do not lead from the receipt's key to the checkpoint's")
    if given is not None and given not in known:
        raise Bad("no signature of this public key is in the proof, and the keys that signed are not vouched for by it")
    if given is not None and any(one["stolen"] for one in successions[known.index(given) :]):
        raise Bad("the public key was stolen since, so it does not vouch for the one that signed; get the new one from the node")
    return now, then


def check_keys(proof: dict[str, Any], note: str, given: bytes | None) -> str:
    """Where keys were rotated between the entry and the checkpoint, both are known by each other."""
    signers_of(proof, note, given)
    told = f"keys took over since this entry, {len(proof['successions'])} in all, each vouched for by the one after it"
    stolen = any(one["stolen"] for one in proof["successions"])
    return told + "; one was STOLEN: a receipt by it proves nothing by itself" * stolen


def check_signature(public_key: bytes, signature: bytes, data: bytes, what: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        raise Bad(f"{what} does not fit the public key") from None


# --- putting them together ---


def segments_of(proof: dict[str, Any]) -> list[dict[str, Any]]:
    segments: list[dict[str, Any]] = field(proof, "segments", list)
    if not all(isinstance(segment, dict) for segment in segments):
        raise Bad("a segment is not an object")
    return segments


def checks_of(proof: dict[str, Any], note: str | None, key: bytes | None) -> Iterator[Callable[[], str]]:
    """The checks in order; `note` and `key` are those given on the command line, or None to take the proof's own."""

    def checkpoint() -> str:
        return field(proof, "checkpoint", str) if note is None else note

    def signers() -> tuple[bytes, bytes]:
        return signers_of(proof, checkpoint(), key)

    segments = proof.get("segments")
    for segment in segments if isinstance(segments, list) else []:
        if isinstance(segment, dict):
            yield partial(check_segment, segment)
    yield lambda: check_segments_root(proof)
    yield lambda: check_leaf(proof)
    yield lambda: check_path(proof)
    yield lambda: check_checkpoint(proof, checkpoint())
    if proof.get("successions"):
        yield lambda: check_keys(proof, checkpoint(), key)
    yield lambda: check_note(checkpoint(), signers()[0])
    if proof.get("receipt") is not None:
        yield lambda: check_receipt(proof, checkpoint(), signers()[1])


def report(proof: dict[str, Any], note: str | None, key: bytes | None) -> int:
    """Print a line for each check and the outcome; returns the exit status."""
    failed = 0
    for check in checks_of(proof, note, key):
        try:
            print(f"ok    {check()}")
        except Bad as reason:
            failed += 1
            print(f"BAD   {reason}")
        except (UnicodeEncodeError, RecursionError):
            failed += 1
            print("BAD   a text in the proof is not Unicode, or nested too deep")
    if proof.get("receipt") is None:
        print("--    there is no receipt in this proof")
    if key is None:
        print(
            "WARN  the public key came from the proof itself: whoever made up a proof could have put it there. "
            "Get the node's key another way and give it with --public-key"
        )
    print(f"The proof is bad: {failed} of its checks failed." if failed else "The proof is good.")
    return BAD if failed else GOOD


def read_text(path: str) -> str:
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return content.decode()
    except OSError as fault:
        raise WrongUse(f"{path} cannot be read: {fault.strerror}") from None
    except ValueError:
        raise WrongUse(f"{path} is not UTF-8 text") from None


def read_proof(path: str) -> dict[str, Any]:
    try:
        proof = json.loads(read_text(path), object_pairs_hook=one_meaning)
    except (ValueError, RecursionError) as fault:
        raise WrongUse(f"{path} is not JSON ({fault}); give the output of hervat prove POSITION --json") from None
    if not isinstance(proof, dict):
        raise WrongUse(f"{path} is not a JSON object; give the output of hervat prove POSITION --json")
    return proof


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="check_proof", description="Check that an entry is in a hervat journal, without hervat.")
    parser.add_argument("proof", metavar="PROOF.json", help='what `hervat prove POSITION --json` prints; "-" for standard input')
    parser.add_argument("--public-key", metavar="BASE64", help="the node's key, got from the node and not from the proof")
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint got another way, in place of the proof's own")
    options = parser.parse_args(arguments)
    try:
        key = None if options.public_key is None else from_base64(options.public_key, "the value of --public-key", 32)
        note = None if options.checkpoint is None else read_text(options.checkpoint)
        return report(read_proof(options.proof), note, key)
    except (WrongUse, Bad) as reason:
        sys.stderr.write(f"check_proof: {reason}\n")
        return WRONG_USE


if __name__ == "__main__":
    sys.exit(main())
