"""Two organisations that exchange: nodes that know one another's keys, and what lies between them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hervat.assemble import Node
from hervat.dispatch.batches import Batch
from hervat.dispatch.deliveries import Deliveries
from hervat.dispatch.feeds import digests_of, feed_of
from hervat.dispatch.identity import Identity, PrivateKey
from hervat.dispatch.ways import WayOpened
from hervat.exchanging import Exchange
from hervat.intake.partnering import Wish, read_public_key
from hervat.partner import PartnerKey
from tests.rooms.messages import FEEDS

OM, JDS = "00000099000000002000", "00000099000000016000"
SOURCES = (FEEDS["gps"], FEEDS["old"])
START = datetime.fromisoformat("2025-07-01T00:00:00+00:00")


def a_key(algorithm: str) -> PrivateKey:
    return Ed25519PrivateKey.generate() if algorithm == "ed25519" else generate_private_key(SECP256R1())


def known_as(identity: Identity, since: datetime = START) -> PartnerKey:
    """What partners know of a key."""
    pem = identity.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    algorithm, public = read_public_key(pem)
    return PartnerKey(id=identity.key_id, algorithm=algorithm, public=public, valid_from=since)


@dataclass
class Side:
    """One of the two: its node and who it is."""

    node: Node
    identity: Identity
    said: dict[str, str] = field(default_factory=lambda: {"by": "a", "why": "b"})

    @property
    def exchange(self) -> Exchange:
        """As after a new start: nothing is remembered but what the journal says."""
        return Exchange(self.node, self.identity.oin, Deliveries())

    @property
    def now(self) -> datetime:
        return self.node._clock.now()

    def knows(self, other: "Side") -> None:
        name, roles = ("OM", ("prosecution",)) if other.identity.oin == OM else ("JDS", ())
        wish = Wish(name=name, roles=roles, keys=(known_as(other.identity),))
        self.node.set_partner(other.identity.oin, wish, **self.said)

    def revoke(self, other: "Side") -> None:
        self.node.set_partner(other.identity.oin, Wish(revoke=(other.identity.key_id,)), **self.said)

    def next(self, source: str, to: str, after: int | None = None) -> Batch | None:
        """The batch that is to go."""
        way = self.exchange.ways.get(source, to)
        assert way is not None
        return self.exchange.next(self.identity, way, self.now, after=after)

    def digests(self, source: str) -> dict[int, bytes]:
        """What is here of a feed, by number."""
        feed = feed_of(self.node.store, source)
        return {} if feed is None else dict(digests_of(self.node.store, self.node.keys, feed, 1, feed.highest))


def acquainted(sender: Node, receiver: Node, algorithm: str = "ed25519") -> tuple[Side, Side]:
    """OM and the register, with the ways of OM's feeds open."""
    om, jds = Side(sender, Identity(OM, "om-1", a_key(algorithm))), Side(receiver, Identity(JDS, "jds-1", a_key(algorithm)))
    om.knows(jds)
    jds.knows(om)
    for source in SOURCES:
        om.exchange.act(WayOpened(source=source, partner=JDS, how="push", **om.said))
    return om, jds


def later(moment: datetime, **by: int) -> datetime:
    return moment + timedelta(**by)
