"""Organisations with nodes of their own, each with its files in a folder, that know one another's keys and doors."""

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from hervat.assemble import Node
from hervat.dispatch.identity import Identity
from hervat.dispatch.ways import How, WayOpened
from hervat.exchanging import Exchange
from hervat.intake.partnering import Wish
from tests.faults.processes import Ended, hervat
from tests.journey.door import Door, now, served
from tests.rooms.exchanged import JDS, OM, known_as

SAID = ("--by", "duty officer", "--why", "agreed with the chain")
FEED = f"urn:nld:oin:{OM}:systeem:door"


@dataclass
class Member:
    """An organisation with a node: where its files are and who it is."""

    folder: Path
    oin: str
    name: str
    roles: tuple[str, ...] = ()
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    secret: pyrage.x25519.Identity = field(default_factory=pyrage.x25519.Identity.generate)

    def __post_init__(self) -> None:
        if self.config.exists():
            return
        self.folder.mkdir()
        pem = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "exchange.pem").write_bytes(pem)
        (self.folder / "age.key").write_text(f"{self.secret}\n")
        self.configure()

    @classmethod
    def found(cls, folder: Path) -> "Member":
        """One whose files are there already; its key is the one in them."""
        table = tomllib.loads((folder / "node.toml").read_text())["exchange"]
        private = load_pem_private_key((folder / "exchange.pem").read_bytes(), None)
        assert isinstance(private, Ed25519PrivateKey)
        return cls(folder, table["oin"], "OM" if table["oin"] == OM else "JDS", private=private)

    def configure(self, settings: str = "") -> None:
        exchange = f'oin = "{self.oin}"\nkey = "exchange.pem"\nkey_id = "k1"\nidentity = "age.key"\n{settings}'
        serve = "[serve]\nport = 0\n[screening]\ndaily = false\n"
        self.config.write_text(f'[node]\nstore = "sqlite:///hervat.db"\n{serve}[exchange]\n{exchange}')

    @property
    def config(self) -> Path:
        return self.folder / "node.toml"

    @property
    def store(self) -> Path:
        return self.folder / "hervat.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.store}"

    @property
    def identity(self) -> Identity:
        return Identity(self.oin, "k1", self.private)

    def knows(self, other: "Member", address: str | None = None) -> None:
        """Make another known: its key, its recipient, and where its door is."""
        key = known_as(other.identity, now() - timedelta(days=1))
        with Node.opened(self.url, writer=True) as node:
            known = node.roster().now.get(other.oin)
            keys = () if known is not None and known.keys else (key,)
            wish = Wish(name=other.name, roles=other.roles, keys=keys, address=address, recipient=str(other.secret.to_public()))
            node.set_partner(other.oin, wish, by="a test", why="to let it in")

    def receives(self, lines: Sequence[bytes]) -> None:
        with Node.opened(self.url, writer=True) as node:
            node.receive(lines)

    def opens(self, source: str, partner: "Member", how: How = "push") -> None:
        with Node.opened(self.url, writer=True) as node:
            Exchange(node, self.oin).act(WayOpened(source=source, partner=partner.oin, how=how, by="a test", why="agreed"))

    def does(self, *arguments: str | Path) -> Ended:
        """One command of this node, in a process of its own."""
        return hervat(*arguments, "--config", self.config, cwd=self.folder)

    @contextmanager
    def serving(self) -> Iterator[Door]:
        with served(self.config, self.store) as door:
            yield door


def two(folder: Path) -> tuple[Member, Member]:
    """OM and the register, who know one another's keys; of OM one feed is to go to the register."""
    om, jds = Member(folder / "om", OM, "OM", ("prosecution",)), Member(folder / "jds", JDS, "JDS")
    om.knows(jds)
    jds.knows(om)
    om.opens(FEED, jds)
    return om, jds
