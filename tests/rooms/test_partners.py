"""Changes of partners, roles and keys: what an act changes from its position on, what it leaves as it was, which keys are taken."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.clock import FixedClock
from hervat.errors import StoreFault, Usage
from hervat.intake.ceilings import Ceiling
from hervat.intake.partnering import Wish, read_public_key
from hervat.journal.entry import open_entry
from hervat.partner import Partner, PartnerKey, Partners, Roster
from tests.rooms.nodes import fresh, node_on, state_of
from tests.rooms.story import charge

OM, STRANGER = "00000099000000002000", "00000099000000999000"
GPS = f"urn:nld:oin:{OM}:systeem:gps"
SKDB = "urn:nld:oin:00000099000000001000:systeem:skdb"
BY = {"by": "a test", "why": "to see it"}
FROM = datetime(2025, 9, 1, tzinfo=UTC)


def message(sequence: int, kind: str, data: dict[str, Any], source: str = GPS) -> bytes:
    told = {"id": f"m-{sequence}", "sequence": str(sequence), "sequencetype": "Integer", "time": "2025-08-01T08:00:00Z"}
    envelope = {"specversion": "1.0", "source": source, "type": f"nl.hervat.{kind}.v1", "datacontenttype": "application/json"}
    return json.dumps(envelope | told | {"data": data}).encode()


def case(sequence: int, charges: int = 1) -> bytes:
    listed = [charge(number) for number in range(1, charges + 1)]
    data = {"pn": "10/000001-25", "skn": "S1", "office": "x", "received_on": "2025-07-01", "charges": listed}
    return message(sequence, "case-registered", data)


def correction(sequence: int, of: int, charges: int) -> bytes:
    inner = json.loads(case(of, charges))["data"]
    return message(sequence, "message-corrected", {"corrects": {"source": GPS, "id": f"m-{of}"}, "data": inner})


PERSON = message(1, "person-registered", {"skn": "S1", "identity": {"set": "1", "surname": "A"}}, SKDB)


def give(node: Node, *roles: str) -> int:
    return int(node.set_partner(OM, Wish(roles=roles), **BY)["position"])


def charges_of(node: Node, position: int | None = None) -> list[int]:
    return [one["charge"] for found in node.person("S1", position=position).get("cases", ()) for one in found["charges"]]


def sound(node: Node) -> None:
    """The node, started again, says the same; and folding everything again gives it once more."""
    again = node_on(node.store)
    assert (state_of(again), again.partners()) == (state_of(node), node.partners())
    verified = node.verify()
    assert verified.ok, verified.difference


def test_a_correction_before_its_original_is_judged_by_the_roles_at_its_own_position() -> None:
    with fresh("sqlite") as node:
        node.receive([PERSON, correction(2, of=1, charges=2)])
        give(node, "court")
        node.receive([case(1)])
        row = node.message(GPS, "m-1")
        assert row.refusal is not None and '"role"' in row.refusal
        assert state_of(node)[GPS, "m-1"] == "applied"
        assert charges_of(node) == [1, 2]
        sound(node)


def test_a_correction_sent_without_the_role_stays_refused_when_its_original_comes_with_it() -> None:
    with fresh("sqlite") as node:
        give(node, "court")
        node.receive([PERSON, correction(2, of=1, charges=2)])
        assert state_of(node)[GPS, "m-2"] == ("needs", [f"message:{GPS}/m-1"])
        give(node, "prosecution")
        node.receive([case(1)])
        refused = node.message(GPS, "m-2").refusal
        assert refused is not None and json.loads(refused)["path"] == "data.corrects.id"
        assert charges_of(node) == [1]
        sound(node)


def test_what_was_refused_for_a_role_counts_through_a_correction_sent_in_that_role() -> None:
    with fresh("sqlite") as node:
        give(node)
        node.receive([PERSON, case(1)])
        granted = give(node, "prosecution")
        assert state_of(node)[GPS, "m-1"] == "refused"
        assert node.receive([case(1)])["duplicates"] == 1
        node.receive([correction(2, of=1, charges=1)])
        assert charges_of(node) == [1]
        assert charges_of(node, granted) == []
        sound(node)


def test_nothing_judged_before_changes_when_roles_do_and_every_position_has_its_own() -> None:
    with fresh("sqlite") as node:
        node.receive([PERSON, case(1)])
        before = state_of(node)
        node.remove_partner(OM, **BY)
        assert (state_of(node), charges_of(node)) == (before, [1])
        node.receive([correction(2, of=1, charges=2)])
        assert state_of(node)["unknown", "m-2"] == "refused"
        assert charges_of(node) == [1]
        node.set_partner(OM, Wish(name="OM", roles=("prosecution",)), **BY)
        node.receive([correction(2, of=1, charges=2)])
        assert charges_of(node) == [1, 2]
        assert [charges_of(node, position) for position in range(1, 7)] == [[], [1], [1], [1], [1], [1, 2]]
        sound(node)


def test_a_change_of_keys_judges_no_message_otherwise_and_one_of_roles_does() -> None:
    with fresh("sqlite") as node:
        node.receive([PERSON, case(1)])
        before = node.inbox().preparer
        node.set_partner(OM, Wish(keys=(partner_key(),)), **BY)
        assert node.inbox().preparer.judges_as(before)
        node.receive([case(2)])
        give(node, "court")
        assert not node.inbox().preparer.judges_as(before)
        node.receive([case(3)])
        assert [*node.refused()] == [(GPS, "m-3")]
        sound(node)


def test_of_an_organisation_without_roles_everything_is_refused_for_its_role_and_under_its_own_source() -> None:
    with fresh("sqlite") as node:
        node.set_partner(STRANGER, Wish(name="Somebody", roles=()), **BY)
        source = f"urn:nld:oin:{STRANGER}:systeem:x"
        mark = {"kinds": ["judgment-given"], "from": "2025-07-01", "until": "2025-07-02", "count": 1, "counted_on": "2025-07-02"}
        answer = node.receive([message(1, "stock-declared", mark, source)])
        assert [(one["source"], one["code"]) for one in answer["refusals"]] == [(source, "role")]
        sound(node)


def test_a_source_of_an_organisation_removed_since_still_has_its_ceiling() -> None:
    with fresh("sqlite") as node:
        node.receive([PERSON])
        node.ceiling(GPS, Ceiling(hold=True), **BY)
        node.receive([case(1)])
        node.remove_partner(OM, **BY)
        assert node.ceiling(GPS, Ceiling(), **BY)["applied"] == 1
        with pytest.raises(Usage, match="known partner"):
            node.ceiling(f"urn:nld:oin:{OM}:systeem:never-seen", Ceiling(), **BY)
        sound(node)


def test_a_change_that_could_not_be_written_changes_nothing() -> None:
    with fresh("sqlite") as node:
        node.receive([PERSON])
        give(node_on(node.store), "prosecution")
        with pytest.raises(StoreFault):
            give(node, "court")
        assert node.receive([case(1)])["applied"] == 1
        sound(node)


def test_an_act_says_who_and_why_in_its_sealed_part_and_only_its_kind_in_the_open() -> None:
    with fresh("memory") as node:
        position = node.remove_partner(OM, by="Ans de Wit", why="merged")["position"]
        entry = node.store.entries_at([position])[position]
        opened = open_entry(node.keys, entry)
        assert json.loads(opened.payload) == {"act": "partner-removed", "oin": OM, "by": "Ans de Wit", "why": "merged"}
        assert (opened.meta.sort, opened.meta.kind, opened.meta.source) == ("act", "partner-removed", None)
        assert OM.encode() not in entry.meta + entry.parts


def public(key: Any, encoding: Encoding = Encoding.PEM) -> bytes:
    made: bytes = key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    return made


def partner_key(id: str = "k-1", **more: Any) -> PartnerKey:
    algorithm, text = read_public_key(public(ed25519.Ed25519PrivateKey.generate()))
    return PartnerKey(**({"id": id, "algorithm": algorithm, "public": text, "valid_from": FROM} | more))


@pytest.mark.parametrize(
    ("made", "algorithm", "length"),
    [(ed25519.Ed25519PrivateKey.generate(), "ed25519", 32), (ec.generate_private_key(ec.SECP256R1()), "es256", 65)],
)
def test_a_public_key_in_pem_is_kept_and_shown(made: Any, algorithm: str, length: int) -> None:
    found, text = read_public_key(public(made))
    key = partner_key(algorithm=found, public=text)
    assert (found, len(key.raw)) == (algorithm, length)
    with fresh("sqlite") as node:
        position = node.set_partner(OM, Wish(keys=(key,)), **BY)["position"]
        (om,) = (one for one in node.partners() if one["oin"] == OM)
        told = {"id": "k-1", "algorithm": algorithm, "public": text, "valid_from": "2025-09-01T00:00:00Z"}
        assert om == {"oin": OM, "name": "Openbaar Ministerie", "roles": ["prosecution"], "keys": [told], "since": position}
        sound(node)


PRIVATE = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
NO_KEYS = {
    "private": PRIVATE,
    "no public key in PEM": b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    "another algorithm": public(rsa.generate_private_key(65537, 2048)),
    "on the curve P-256": public(ec.generate_private_key(ec.SECP384R1())),
    "openssl": public(ed25519.Ed25519PrivateKey.generate(), Encoding.DER),
}


@pytest.mark.parametrize("said", NO_KEYS)
def test_a_file_without_a_public_key_that_can_be_used_is_told_so(said: str) -> None:
    with pytest.raises(Usage, match=said):
        read_public_key(NO_KEYS[said])


@given(pem=st.one_of(st.binary(max_size=200), st.binary(max_size=80).map(lambda some: PRIVATE.replace(b"PRIVATE", b"PUBLIC") + some)))
def test_no_bytes_at_all_are_taken_for_a_key(pem: bytes) -> None:
    with pytest.raises(Usage):
        read_public_key(pem)


REFUSED = {
    "unknown role 'judge'": Wish(roles=("judge",)),
    "nothing is to change": Wish(),
    "1 to 1000 characters": Wish(name=""),
    "not written in base64": Wish(keys=(partner_key(public="no base64!"),)),
    "no public key for ed25519": Wish(keys=(partner_key(public="AAAA"),)),
    "no public key for es256": Wish(keys=(partner_key(algorithm="es256"),)),
    "up to 128 signs": Wish(keys=(partner_key(id="two words"),)),
    "two keys with one id": Wish(keys=(partner_key(), partner_key())),
    "no key 'k-9' to revoke": Wish(revoke=("k-9",)),
}


@pytest.mark.parametrize("said", REFUSED)
def test_a_wish_that_cannot_be_fulfilled_changes_nothing_and_says_why(said: str) -> None:
    with fresh("memory") as node:
        with pytest.raises(Usage, match=said):
            node.set_partner(OM, REFUSED[said], **BY)
        assert node.position == 0


def test_who_is_not_known_yet_needs_a_name_and_roles_and_an_oin() -> None:
    with fresh("memory") as node:
        for wish in (Wish(name="x"), Wish(roles=("court",)), Wish(keys=(partner_key(),))):
            with pytest.raises(Usage, match="its name and its roles"):
                node.set_partner(STRANGER, wish, **BY)
        with pytest.raises(Usage, match="an OIN 20 digits"):
            node.set_partner("99", Wish(name="x", roles=()), **BY)
        with pytest.raises(Usage, match="is known"):
            node.remove_partner(STRANGER, **BY)


def test_a_key_is_revoked_with_a_moment_and_a_reason_and_its_id_is_never_another_key() -> None:
    with fresh("sqlite") as node:
        node.set_partner(OM, Wish(keys=(partner_key(),)), **BY)
        (before,) = node.roster().now.get(OM).keys
        node = Node(node.store, node.keys, Partners.default(), FixedClock(FROM + timedelta(days=3)), writer=True)
        node.set_partner(OM, Wish(revoke=("k-1",)), by="a test", why="it leaked")
        (key,) = node.roster().now.get(OM).keys
        assert (key.revoked_at, key.revoked_why, key.raw) == (FROM + timedelta(days=3), "it leaked", before.raw)
        with pytest.raises(Usage, match="two keys with one id"):
            node.set_partner(OM, Wish(keys=(partner_key(),)), **BY)
        with pytest.raises(Usage, match="revoked before"):
            node.set_partner(OM, Wish(revoke=("k-1",)), **BY)
        told = [next(one["keys"][0] for one in node.partners(position) if one["oin"] == OM) for position in (1, 2)]
        assert ["revoked_at" in one for one in told] == [False, True]
        sound(node)


@pytest.mark.parametrize("more", [{"valid_until": FROM}, {"revoked_at": FROM}, {"revoked_why": "x"}])
def test_a_key_ends_after_it_begins_and_is_revoked_whole(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="k-1"):
        partner_key(**more)


def test_the_roster_has_the_partners_of_every_position() -> None:
    roster = Roster(Partners([Partner("One", OM, ("court",))]))
    roster.change(3, OM, Partner("Two", OM, ()))
    roster.change(7, OM, None)
    assert [roster.at(position).roles(OM) for position in (0, 2, 3, 6, 7, 99)] == [{"court"}, {"court"}, set(), set(), None, None]
    assert [roster.at(position).since(OM) for position in (0, 3)] == [None, 3]
    assert [roster.name_of(OM), roster.name_of(STRANGER)] == ["Two", None]
    assert [partner.name for partner in roster.at(5)] == ["Two"]
