"""What the second computation stands on: facts as the rows have them, cases made of them, and the words of the contract.

A *fact* is a message that is applied, not retracted, no amendment and not erased whole, in the version that counts.
"""

from dataclasses import dataclass

import msgspec

from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store, pairs_of

ENROLLED = "screening-enrolled"
REGISTERED, AMENDED, DISMISSED, MOVED = "case-registered", "charges-amended", "case-dismissed", "case-reattributed"
ORDERED, JUDGED, FOREIGN = "penalty-order-issued", "judgment-given", "foreign-conviction-notified"
REPORTED = "emergency-report"
REGISTERED_PERSON, MERGED, SPLIT = "person-registered", "persons-merged", "persons-split"
IDENTIFYING = frozenset((REGISTERED_PERSON, "identity-added"))
OF_A_CASE = frozenset((REGISTERED, AMENDED, DISMISSED, ORDERED, "summons-issued", JUDGED))
OF_A_DECISION = frozenset(
    (
        "penalty-order-opposed",
        "penalty-order-withdrawn",
        "penalty-order-final",
        "penalty-order-executed",
        "appeal-lodged",
        "appeal-withdrawn",
        "judgment-final",
        "judgment-annulled",
        "sentence-started",
        "sentence-ended",
        "conditional-sentence-enforced",
        "pardon-granted",
    )
)
HIDING = frozenset(("01", "09"))
_decode = msgspec.json.decode
Rank = tuple[str, int, str, int]
"""The order in which what says the same counts: day, instance, source, sequence."""

@dataclass(slots=True)
class Fact:
    """The row of a fact, and the row of the version that counts."""

    row: Row
    says: Row

    @property
    def pairs(self) -> list[tuple[bytes, bytes]]:
        return pairs_of(self.says.needs + self.says.gives)

    @property
    def gives(self) -> bytes:
        """The key of the judgment or order that it gives."""
        return self.pairs[-1][0]

    @property
    def in_part(self) -> bool:
        """Whether a part of it may have been erased."""
        return bool(self.row.erased or self.says.erased)


@dataclass(slots=True)
class Case:
    """A case: whose it is and by which SKN, whose it ever was, its charges as they are registered and of these the ones shown, what is said
    of it, and of which charges.
    """

    root: bytes | None
    holder: bytes | None
    bound: frozenset[bytes]
    registered: frozenset[bytes]
    shown: frozenset[bytes]
    named: dict[int, frozenset[bytes]]
    facts: list[Fact]

    def shows(self, fact: Fact) -> bool:
        """Whether a fact speaks of the case as a whole, or of a charge that is shown."""
        named = self.named[fact.row.position]
        return not named or not named.isdisjoint(self.shown)


def removed(store: Store, keys: NodeKeys) -> frozenset[bytes]:
    """The keyed hashes of the charges that retention removed: registered once more, they are shown to nobody."""
    entries = store.entries_at(store.acts("retention-removed", store.head().size))
    acts = [_decode(open_entry(keys, entry).payload) for entry in entries.values()]
    return frozenset(bytes.fromhex(key) for act in acts for key in act.get("keys", ()))


def skn_of(fact: Fact) -> bytes:
    """The key of the person that a fact binds to."""
    return fact.pairs[1 if fact.row.kind == MOVED else 0][0]


def case_of(fact: Fact) -> bytes:
    """The key of the case that a fact names."""
    return fact.pairs[1 if fact.row.kind == REGISTERED else 0][1]
