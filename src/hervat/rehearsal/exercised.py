"""The partners of an exercise: organisations that no real node knows, what they send by the links of a plan, and what they sign."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hervat.assemble import Node
from hervat.batch import STATEMENT, Statement
from hervat.clock import rfc3339
from hervat.dispatch.identity import Identity
from hervat.dispatch.statements import EMPTY
from hervat.intake.partnering import Wish, read_public_key
from hervat.intake.quarantine import oin_of
from hervat.needs import TABLE
from hervat.partner import PartnerKey
from hervat.restart.run import StepAt

DAY = "2025-07-01"
PERSONS = 3
_encode = msgspec.json.Encoder(order="sorted").encode
_BY = {"by": "exercise", "why": "exercise"}


@dataclass
class Sender:
    """One source of an exercise: what it sent, what of that is still on its way and until which hour, and what it says lies there."""

    source: str
    kinds: set[str]
    sent: list[bytes] = field(default_factory=list)
    lost: list[bytes] = field(default_factory=list)
    comes_at: float = 0.0
    paper: int = 0
    stated: int = -1

    def make(self, kind: str, data: dict[str, Any], time: datetime) -> bytes:
        """The next message of the source; keys are sorted and numbers whole, so it is RFC 8785."""
        number = len(self.sent) + 1
        envelope = {
            "specversion": "1.0",
            "id": f"exercise-{number}",
            "source": self.source,
            "type": f"nl.hervat.{kind}.v1",
            "time": rfc3339(time),
            "sequence": str(number),
            "sequencetype": "Integer",
            "datacontenttype": "application/json",
            "data": data,
        }
        self.sent.append(_encode(envelope))
        return self.sent[-1]

    def counts(self, left: int, time: datetime) -> list[bytes]:
        """How much lies there on paper, and that all else was sent."""
        told = {"kinds": sorted(self.kinds)[:1] or ["judgment-given"], "from": DAY, "until": DAY, "count": left, "counted_on": DAY}
        raws = [self.make("stock-declared", told, time)]
        claim = {"through_sequence": len(self.sent), "count": len(self.sent), "complete_until": rfc3339(time), "set_hash": self.hash}
        return [*raws, self.make("watermark", claim, time)]

    @property
    def hash(self) -> str:
        """The hash over all that was sent."""
        return hashlib.sha256(b"".join(hashlib.sha256(raw).digest() for raw in self.sent)).hexdigest() if self.sent else EMPTY


class Cast:
    """All partners of an exercise at its node."""

    def __init__(self, node: Node, links: list[StepAt], approvers: list[str], rng: Random) -> None:
        self._node = node
        self._rng = rng
        self.identities: dict[str, Identity] = {}
        self.senders: dict[str, Sender] = {}
        for link in links:
            if link.source is not None:
                sender = self.senders.setdefault(link.source, Sender(link.source, set()))
                sender.kinds |= set(link.step.kinds or TABLE)
        of = {source: oin_of(source) or "" for source in self.senders}
        for oin in sorted({*of.values(), *approvers}):
            kinds = {kind for source, sender in self.senders.items() if of[source] == oin for kind in sender.kinds}
            roles = sorted({TABLE[kind].roles[0] for kind in kinds if kind in TABLE})
            self._known(oin, 1, Wish(name=f"exercise {oin}", roles=tuple(roles)))

    def _known(self, oin: str, number: int, wish: Wish) -> None:
        """An organisation with another key than before; that of before counts no more."""
        private = Ed25519PrivateKey.from_private_bytes(self._rng.randbytes(32))
        before = self.identities.get(oin)
        self.identities[oin] = Identity(oin, f"exercise-{number}", private)
        algorithm, public = read_public_key(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        key = PartnerKey(id=f"exercise-{number}", algorithm=algorithm, public=public, valid_from=self._node.now())
        revoked = () if before is None else (before.key_id,)
        self._node.set_partner(oin, msgspec.structs.replace(wish, keys=(key,), revoke=revoked), **_BY)

    def rotate(self, oin: str) -> None:
        """An organisation replaces its key."""
        self._known(oin, int(self.identities[oin].key_id.rpartition("-")[2]) + 1, Wish())

    def story(self, time: datetime) -> None:
        """Persons, their cases, judgments, finals and sentences: as far as some link carries each, one after the other."""
        for number in range(1, PERSONS + 1):
            for kind, data in _course(number):
                carriers = sorted(source for source, sender in self.senders.items() if kind in sender.kinds)
                if not carriers:
                    break
                self.senders[carriers[0]].make(kind, data, time + timedelta(minutes=number))

    def statement(self, sender: Sender) -> Statement:
        """What an organisation signs that it sent of a feed."""
        oin = oin_of(sender.source) or ""
        identity = self.identities[oin]
        said = Statement(
            from_=oin, to=oin, source=sender.source, through=len(sender.sent), set_hash=sender.hash, made_at=rfc3339(self._node.now()),
            key=identity.key_id, signature="",
        )  # fmt: skip
        return msgspec.structs.replace(said, signature=identity.signature_over(STATEMENT, said))


def _course(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    skn, pn, judgment = f"EXERCISE{number}", f"99/00000{number}-25", f"EXERCISE-J{number}"
    charge = {"charge": 1, "article": "Sr 310", "label": "oefening", "class": "misdrijf", "period": {"from": DAY, "to": DAY}}
    verdict = {"charge": 1, "verdict": "convicted"}
    sentence = {"sentence": "1", "kind": "detention", "days": 3}
    court = {"judgment": judgment, "court": "oefening", "instance": 1, "pn": pn, "given_on": DAY}
    yield "person-registered", {"skn": skn, "identity": {"set": "1", "surname": "OEFENING"}}
    yield "case-registered", {"pn": pn, "skn": skn, "office": "oefening", "received_on": DAY, "charges": [charge]}
    yield "judgment-given", {**court, "verdicts": [verdict], "sentences": [sentence]}
    yield "judgment-final", {"judgment": judgment, "final_on": DAY}
    yield "sentence-started", {"judgment": judgment, "sentence": "1", "started_on": DAY}
