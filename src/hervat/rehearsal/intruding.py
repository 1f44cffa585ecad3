"""The world of the rehearsal `returning-intruder`: what the prosecution service truly sent, and what somebody forged with its stolen key.

- Before the cut the register has one case of everybody. In the outage a backlog grows. It comes back in signed batches; an intruder has
  made batches of its own out of true messages and forged ones, and they come first, or after.
- A forgery stands at the number of a true message, under its id, or beyond the last number. `forgeries` knows them by their digest: that is
  the truth, and nobody who works with the register is told it.
- Everybody is synthetic, and so is how much is forged.
"""

import hashlib
from random import Random
from typing import Any, Final, Literal, NamedTuple

import msgspec

from hervat.rehearsal.feeds import GPS
from hervat.rehearsal.sources import Sources

PEOPLE: Final = 1_000
"""At scale 1. Invented."""
BEFORE, THEFT, BACK, LATER = "2025-07-01T08:00:00Z", "2025-07-17T00:00:00Z", "2025-09-25T08:00:00Z", "2025-09-26T08:00:00Z"
STOLEN_KEY, NEW_KEY = "om-2024", "om-2025"
DISMISSAL, RETRACTION, MOVED, CORRECTED, ACQUITTAL = (
    "a dismissal 01 that hides a grave case",
    "a retraction of a grave case",
    "a re-attribution of a grave case to somebody else",
    "a correction that puts a grave case on somebody else",
    "an acquittal, which only a court may send",
)
KINDS: Final = (DISMISSAL, RETRACTION, MOVED, CORRECTED, ACQUITTAL)
AT_NUMBER, UNDER_ID, BEYOND = "at the number of a true message", "under the id of a true message", "beyond the last true number"
PLACES: Final = (AT_NUMBER, UNDER_ID, BEYOND)
_BATCH, _ONE_IN = 20, 25
_encode = msgspec.json.Encoder(order="sorted").encode


Carried = Literal["wire", "hand"]


class Forgery(NamedTuple):
    """What somebody forged: of which kind, where it was to stand, and at which number."""

    kind: str
    place: str
    number: int


class Batch(NamedTuple):
    """Messages first..last of the prosecution service as they come at once, and by which key they are signed, and when by its own word."""

    raws: list[bytes]
    first: int
    key: str
    made_at: str
    carried: Carried


def digest_in(raw: bytes) -> str:
    """The SHA-256 of a message; its keys are sorted and its numbers whole, so it is in the form of RFC 8785."""
    return hashlib.sha256(raw).hexdigest()


class Sender:
    """The prosecution service: what it sent, by number, as it keeps it itself."""

    def __init__(self) -> None:
        self.sent: dict[int, bytes] = {}
        self.renamed: dict[str, str] = {}
        self.time = BEFORE
        self.last = 0
        self._stands: dict[int, str] = {}
        self._before: dict[str, str] = {}

    def send(self, kind: str, skn: str, /, **data: Any) -> int:
        """The next message about a person; its number."""
        return self._put(f"gps-{self.last + 1}", kind, self.time, data, subject=skn)

    def again(self, number: int, *, renamed: bool) -> None:
        """Send a message once more, under another number, and another id where somebody else has that; it was made when it was made."""
        first = msgspec.json.decode(self.sent[number])
        id = f"{first['id']}-again" if renamed else first["id"]
        if renamed:
            self.renamed[id] = first["id"]
        self.last += 1
        self.sent[self.last] = _encode(first | {"sequence": str(self.last), "id": id})

    def restate(self, number: int) -> None:
        """Say that a message says what it said, in the form of a correction: that settles a conflict in which it stands."""
        first = msgspec.json.decode(self.sent[number])
        said = first["data"]["data"] if first["type"].endswith("message-corrected.v1") else first["data"]
        self._put(f"gps-{self.last + 1}", "message-corrected", LATER, {"corrects": named(first["id"]), "data": said})

    def retract(self, id: str) -> None:
        """Take back what stands under an id as if it were sent from here."""
        self._put(f"gps-{self.last + 1}", "message-retracted", LATER, {"retracts": named(id), "ground": "it was never sent from here"})

    def mark(self) -> None:
        """Say that everything was sent: by the digests of what was sent, and of what stands elsewhere at numbers that were lost to it."""
        stands = self.list | self._stands
        digests = [bytes.fromhex(stands[number]) for number in range(1, self.last + 1)]
        told = {"through_sequence": self.last, "count": self.last, "complete_until": BACK}
        self._put(f"gps-{self.last + 1}", "watermark", LATER, told | {"set_hash": hashlib.sha256(b"".join(digests)).hexdigest()})

    def lost(self, number: int, digest: str) -> None:
        """Give up a number at which something else stands."""
        self._stands[number] = digest
        self.last = max(self.last, number)

    @property
    def list(self) -> dict[int, str]:
        """Its own list: the digest of what it sent, by number."""
        return {number: digest_in(raw) for number, raw in self.sent.items()}

    def _put(self, id: str, kind: str, time: str, data: dict[str, Any], subject: str | None = None) -> int:
        self.last += 1
        more = {} if subject is None else {"subject": subject}
        if subject is not None and subject in self._before:
            more["previous"] = self._before[subject]
        if subject is not None:
            self._before[subject] = id
        self.sent[self.last] = message(self.last, id, kind, time, data, more)
        return self.last


def message(number: int, id: str, kind: str, time: str, data: dict[str, Any], more: dict[str, Any]) -> bytes:
    """A message as if from the prosecution service."""
    envelope = {"specversion": "1.0", "id": id, "source": GPS.source, "type": f"nl.hervat.{kind}.v1", "time": time}
    envelope |= {"sequence": str(number), "sequencetype": "Integer", "datacontenttype": "application/json"}
    return _encode(envelope | more | {"data": data})


def named(id: str) -> dict[str, str]:
    """How a message of the prosecution service is named by another."""
    return {"source": GPS.source, "id": id}


class World:
    """What is there before the cut, what comes back, and which of it is forged."""

    def __init__(self, seed: int, scale: float) -> None:
        self._random = Random(f"returning-intruder {seed}")
        self.people = max(round(PEOPLE * scale), 4 * _ONE_IN)
        self.om, self._others = Sender(), Sources(("skdb", "grip"), BEFORE)
        self.grave = [number for number in range(1, self.people + 1) if number % 2]
        self.persons = [self._person(number) for number in range(1, self.people + 1)]
        self.registered = {number: self._registers(number, self.pn(number)) for number in range(1, self.people + 1)}
        self.known = self.om.last
        self.courts: list[bytes] = []
        self.om.time = THEFT
        for number in self._random.sample(range(1, self.people + 1), self.people):
            self._goes_on(number)
        self.true = self.om.last
        self.forgeries: dict[str, Forgery] = {}
        self.arriving = self._arriving()

    @staticmethod
    def pn(number: int) -> str:
        """The number of the case that a person has before the cut."""
        return f"10/{number:06d}-25"

    @staticmethod
    def skn(number: int) -> str:
        """The number of a person in the chain."""
        return f"{number:08d}"

    def before(self) -> Batch:
        """What the prosecution service sent before the cut, signed with the key that was not stolen yet."""
        return Batch([self.om.sent[number] for number in range(1, self.known + 1)], 1, STOLEN_KEY, BEFORE, "wire")

    def _person(self, number: int) -> bytes:
        identity = {"set": "1", "surname": f"Synthetic {number}"}
        return self._others.send("skdb", "person-registered", skn=self.skn(number), identity=identity)

    def _case(self, number: int, pn: str, label: str = "synthetic") -> dict[str, Any]:
        grave = number in self.grave
        charge: dict[str, Any] = {"charge": 1, "article": "Sr 242" if grave else "Sr 310", "label": label, "class": "misdrijf"}
        charge |= {"maximum": {"years": 12 if grave else 4}, "period": {"from": "2025-01-05", "to": "2025-01-05"}}
        return {"pn": pn, "skn": self.skn(number), "office": "Synthetic", "received_on": "2025-02-01", "charges": [charge]}

    def _registers(self, number: int, pn: str) -> int:
        return self.om.send("case-registered", self.skn(number), **self._case(number, pn))

    def _goes_on(self, number: int) -> None:
        """What becomes of a person's case in the outage."""
        skn, pn, chance = self.skn(number), self.pn(number), self._random.random()
        if chance < 0.2:
            self.om.send("case-dismissed", skn, pn=pn, charges=[1], code="02", conditional=False, decided_on="2025-08-04")
        elif chance < 0.25:
            self.om.send("case-dismissed", skn, pn=pn, charges=[1], code="01", conditional=False, decided_on="2025-08-04")
        elif chance < 0.4:
            new = self._case(number, pn, "synthetic, put right")
            self.om.send("message-corrected", skn, corrects=named(f"gps-{self.registered[number]}"), data=new)
        elif chance < 0.6:
            fine = [{"sentence": "1", "kind": "fine", "amount_eur": "300.00"}]
            self.om.send("penalty-order-issued", skn, order=f"o{number}", pn=pn, charges=[1], issued_on="2025-08-05", sentences=fine)
            self.om.send("penalty-order-final", skn, order=f"o{number}", final_on="2025-08-25")
        else:
            other = f"11/{number:06d}-25"
            self._registers(number, other)
            self.om.send("summons-issued", skn, pn=other, charges=[1], hearing_on="2025-09-01")
            judged: dict[str, Any] = {"judgment": f"j{number}", "court": "Synthetic", "instance": 1, "pn": other, "given_on": "2025-09-02"}
            verdicts = [{"charge": 1, "verdict": "convicted"}]
            self.courts.append(self._others.send("grip", "judgment-given", **judged, verdicts=verdicts, sentences=[]))

    def _arriving(self) -> list[Batch]:
        """The batches in the order in which they come: of each part of the backlog the true one, and mostly one of the intruder."""
        arriving, forged = list[Batch](), self._forged()
        for first in range(self.known + 1, self.true + 1, _BATCH):
            numbers = range(first, min(first + _BATCH, self.true + 1))
            key = self._random.choice((STOLEN_KEY, NEW_KEY))
            made_at = BEFORE if key == STOLEN_KEY else BACK
            carried: Carried = "hand" if self._random.random() < 0.5 else "wire"
            true = Batch([self.om.sent[number] for number in numbers], first, key, made_at, carried)
            mixed = [forged.get(number, self.om.sent[number]) for number in numbers]
            other = Batch(mixed, first, STOLEN_KEY, self._random.choice((BEFORE, BACK)), "wire")
            pair = [other, true] if self._random.random() < 0.75 else [true, other]
            arriving += pair if forged.keys() & set(numbers) else [true]
        beyond = [forged[number] for number in sorted(forged) if number > self.true]
        arriving.insert(self._random.randrange(len(arriving) + 1), Batch(beyond, self.true + 1, STOLEN_KEY, BACK, "wire"))
        return arriving

    def _forged(self) -> dict[int, bytes]:
        """The forgeries, by number."""
        lots = [(kind, place) for place in PLACES for kind in KINDS] * max(self.people // (_ONE_IN * len(KINDS)), 1)
        # A summons is dated by its message, and what is sent once more would have another day.
        may = [number for number in range(self.known + 1, self.true + 1) if b"summons" not in self.om.sent[number]]
        victims = self._random.sample(may, sum(place != BEYOND for _, place in lots))
        aimed = self._random.sample(self.grave, len(lots))
        found, beyond = dict[int, bytes](), self.true
        for (kind, place), aim in zip(lots, aimed, strict=True):
            if place == BEYOND:
                beyond += 1
            number = beyond if place == BEYOND else victims.pop()
            id = f"gps-{number}" if place == UNDER_ID else f"gps-{number}-{self._random.randrange(1 << 32):08x}"
            sort, data = self._says(kind, aim)
            raw = message(number, id, sort, THEFT, data, {})
            found[number] = raw
            self.forgeries[digest_in(raw)] = Forgery(kind, place, number)
        return found

    def _says(self, kind: str, aim: int) -> tuple[str, dict[str, Any]]:
        """What a forgery says of somebody's case: the kind of message, and its data."""
        pn, other = self.pn(aim), self.skn(aim % self.people + 1)
        if kind == DISMISSAL:
            return "case-dismissed", {"pn": pn, "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-08-20"}
        if kind == RETRACTION:
            return "message-retracted", {"retracts": named(f"gps-{self.registered[aim]}"), "ground": "sent in error"}
        if kind == MOVED:
            moved = {"pn": pn, "from": self.skn(aim), "to": other, "decided_on": "2025-08-20", "ground": "mistaken identity"}
            return "case-reattributed", moved
        if kind == CORRECTED:
            return "message-corrected", {"corrects": named(f"gps-{self.registered[aim]}"), "data": self._case(aim, pn) | {"skn": other}}
        verdicts = [{"charge": 1, "verdict": "acquitted"}]
        given = {"judgment": f"f{aim}", "court": "Synthetic", "instance": 1, "pn": pn, "given_on": "2025-09-10"}
        return "judgment-given", given | {"verdicts": verdicts, "sentences": []}
