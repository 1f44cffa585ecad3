"""Bundles that are carried by hand: what is damaged, cut short, replayed, misaddressed, foreign or too large is refused with its reason,
and nothing of it is taken.
"""

import random
from collections.abc import Callable

import msgspec
import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.dispatch import bundle as bundles
from hervat.dispatch.bundle import Bundle, name_of, pack, unpack
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import Unfit
from hervat.exchanging import receipt_of
from hervat.quarantining import Quarantine
from tests.journey.door import case
from tests.rooms.exchanged import JDS, OM, Side, a_key, acquainted
from tests.rooms.nodes import fresh

SECRET, ANOTHER = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
SOURCE = f"urn:nld:oin:{OM}:systeem:gps"


@pytest.fixture(scope="module")
def sides() -> tuple[Side, Side]:
    with fresh("memory") as sender, fresh("memory") as receiver:
        om, jds = acquainted(sender, receiver)
        om.node.receive([case(number, name="gps") for number in range(1, 8)])
        return om, jds


def packed(om: Side, to: str = JDS, identity: Identity | None = None) -> bytes:
    batch = om.next(SOURCE, JDS, after=0)
    assert batch is not None
    return pack(identity or om.identity, to, str(SECRET.to_public()), [batch], [], om.now, "0a" * 16)


@pytest.fixture(scope="module")
def content(sides: tuple[Side, Side]) -> bytes:
    return packed(sides[0])


def opened(jds: Side, content: bytes, secret: pyrage.x25519.Identity = SECRET) -> Bundle:
    return unpack(content, secret, jds.node.roster().now, JDS, jds.now)


def again(plain: bytes) -> bytes:
    """The inside of a bundle, encrypted anew by whoever knows for whom."""
    return bytes(pyrage.encrypt(plain, [SECRET.to_public()]))


def test_what_is_whole_is_opened_and_taken_once(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    bundle = opened(jds, packed(om))
    (batch,) = bundle.batches
    jds.exchange.ensure_takeable(batch, jds.now)
    became = jds.exchange.take(batch, "hand", jds.now)
    assert (became.new, became.duplicates) == (7, 0)
    assert jds.exchange.take(batch, "wire", jds.now).duplicates == 7
    receipt = receipt_of(jds.identity, batch.manifest, became, jds.now, None)
    unpacked = bundles.BundleUnpacked(
        partner=OM, packed_at=bundle.cover.packed_at, signed=(receipt,), kept=0, known_by=name_of(bundle.cover)
    )
    kept = jds.exchange.keep_unpacked(unpacked)
    assert jds.exchange.unpacked(name_of(bundle.cover)) == kept["position"]
    assert jds.exchange.keep_unpacked(unpacked) == kept
    (back,) = jds.exchange.returning(OM).receipts
    om.exchange.deliver(back, "hand")
    assert om.exchange.delivered_through(SOURCE, JDS) == 7
    first = om.node.position
    om.exchange.deliver(back, "hand")
    assert om.node.position == first


@given(where=st.floats(0, 1, exclude_max=True), cut=st.booleans())
def test_damaged_on_its_way(sides: tuple[Side, Side], content: bytes, where: float, cut: bool) -> None:
    at = int(where * len(content))
    damaged = content[:at] if cut else bytes([*content[:at], content[at] ^ 1, *content[at + 1 :]])
    with pytest.raises(Unfit):
        opened(sides[1], damaged)


@given(where=st.floats(0, 1, exclude_max=True), how=st.sampled_from(("flip", "cut", "double", "more")), data=st.data())
def test_changed_inside_by_somebody_who_can_encrypt(
    sides: tuple[Side, Side], content: bytes, where: float, how: str, data: st.DataObject
) -> None:
    jds = sides[1]
    plain = bytearray(pyrage.decrypt(content, [SECRET]))
    at = int(where * len(plain))
    if how == "flip":
        plain[at] ^= data.draw(st.integers(1, 255))
    elif how == "cut":
        del plain[at : at + data.draw(st.integers(1, 50))]
    elif how == "double":
        plain[at:at] = plain[at : at + 20]
    else:
        plain += b"2\n{}"
    with pytest.raises(Unfit):
        opened(jds, again(bytes(plain)))


def test_hundreds_of_changed_ones_and_none_is_half_taken(sides: tuple[Side, Side], content: bytes) -> None:
    jds = sides[1]
    chance, plain = random.Random(7), pyrage.decrypt(content, [SECRET])
    before = jds.node.position
    for _ in range(300):
        at, length = chance.randrange(len(plain)), chance.randrange(1, 9)
        changed = plain[:at] + chance.randbytes(length) + plain[at + length :]
        if changed != plain:
            with pytest.raises(Unfit):
                opened(jds, again(changed))
    assert jds.node.position == before


def _foreign(om: Side) -> bytes:
    stranger = Identity("00000099000000099999", "x", a_key("ed25519"))
    return packed(Side(om.node, om.identity), identity=stranger)


def _another_key(om: Side) -> bytes:
    return pack(Identity(OM, "om-1", a_key("ed25519")), JDS, str(SECRET.to_public()), [], [], om.now, "0c" * 16)


def _for_another(om: Side) -> bytes:
    return pack(om.identity, "00000099000000003000", str(SECRET.to_public()), [], [], om.now, "0d" * 16)


def _not_for_our_key(om: Side) -> bytes:
    return pack(om.identity, JDS, str(ANOTHER.to_public()), [], [], om.now, "0e" * 16)


@pytest.mark.parametrize(
    ("made", "code", "words"),
    [
        (_foreign, "key", "no key"),
        (_another_key, "signature", "does not fit"),
        (_for_another, "addressee", "bring it where it belongs"),
        (_not_for_our_key, "form", "encrypted for somebody else"),
        (lambda om: b"", "form", "does not open"),
        (lambda om: again(b""), "form", "no bundle"),
        (lambda om: again(b"99999999999\nx"), "form", "cut short"),
        (lambda om: again(b"2\n{}"), "form", "no bundle"),
    ],
)
def test_what_is_not_in_order_is_refused_with_its_reason(
    sides: tuple[Side, Side], made: Callable[[Side], bytes], code: str, words: str
) -> None:
    om, jds = sides
    with pytest.raises(Unfit) as refused:
        opened(jds, made(om))
    assert (refused.value.code, words in str(refused.value)) == (code, True)


def test_a_batch_of_another_in_a_bundle_and_what_is_too_large(sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch) -> None:
    om, jds = sides
    batch = om.next(SOURCE, JDS, after=0)
    assert batch is not None
    stolen = msgspec.structs.replace(batch, manifest=msgspec.structs.replace(batch.manifest, from_="00000099000000003000"))
    with pytest.raises(Unfit, match="is of 00000099000000003000"):
        opened(jds, pack(om.identity, JDS, str(SECRET.to_public()), [stolen], [], om.now, "0f" * 16))
    monkeypatch.setattr(bundles, "LARGEST", 1000)
    with pytest.raises(Unfit, match="1000 is the most"):
        opened(jds, packed(om))


def test_a_bundle_by_a_revoked_key_is_opened_and_its_batches_are_not_taken(sides: tuple[Side, Side]) -> None:
    with fresh("memory") as sender, fresh("memory") as receiver:
        om, jds = acquainted(sender, receiver)
        om.node.receive([case(1, name="gps")])
        content = packed(om)
        jds.revoke(om)
        (batch,) = opened(jds, content).batches
        before = jds.node.position
        with pytest.raises(Unfit) as refused:
            jds.exchange.ensure_takeable(batch, jds.now)
        assert (refused.value.code, jds.node.position) == ("key-revoked", before)


def test_what_a_revoked_key_signed_goes_into_quarantine_where_there_is_one() -> None:
    with fresh("memory") as sender, fresh("memory") as receiver:
        om, jds = acquainted(sender, receiver)
        om.node.receive([case(1, name="gps")])
        content = packed(om)
        jds.revoke(om)
        Quarantine(jds.node).open(OM, by="a", why="its key was stolen")
        (batch,) = opened(jds, content).batches
        jds.exchange.ensure_takeable(batch, jds.now)
        assert jds.exchange.take(batch, "hand", jds.now).new == 1
        assert [one["reason"] for one in jds.node.held()] == ["quarantine"]


def test_a_recipient_that_is_none_gets_no_bundle(sides: tuple[Side, Side]) -> None:
    om, _ = sides
    with pytest.raises(Unfit, match="is no age recipient"):
        pack(om.identity, JDS, f"age1{'q' * 58}", [], [], om.now, "10" * 16)


def test_a_message_that_no_door_would_take_is_not_taken_by_hand_either() -> None:
    with fresh("memory") as sender, fresh("memory") as receiver:
        om, jds = acquainted(sender, receiver)
        om.node.receive([case(1, name="gps", label="x" * (256 * 1024))])
        batch = om.next(SOURCE, JDS, after=0)
        assert batch is not None
        with pytest.raises(Unfit, match="262144 is the most"):
            jds.exchange.ensure_takeable(batch, jds.now)
        with pytest.raises(Unfit, match="262144 is the most"):
            jds.exchange.take(batch, "hand", jds.now)


def test_what_was_turned_away_as_a_conflict_is_known_by_its_key_and_told_once() -> None:
    with fresh("memory") as sender, fresh("memory") as receiver:
        om, jds = acquainted(sender, receiver)
        om.node.receive([case(1, name="gps")])
        jds.node.receive([case(1, name="gps", label="heling")])
        (batch,) = opened(jds, packed(om)).batches
        became = jds.exchange.take(batch, "wire", jds.now)
        assert (became.new, became.conflicts) == (0, (1,))
        (suspect,) = Quarantine(jds.node).suspects("om-1")["messages"]
        assert (suspect["sequence"], suspect["how"]) == (1, "conflict")
        before = jds.node.position
        jds.exchange.take(batch, "wire", jds.now)
        assert jds.node.position == before
