"""Statements: what a sender says it sent, as a whole, and whether that is what is here.

A count proves nothing: two feeds of one length may differ in content. The hash over all digests is compared, and where it differs,
digest by digest, until every number that differs is named.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import inf
from typing import Literal

import msgspec
from msgspec import Struct

from hervat.batch import STATEMENT, WATERMARKS, Statement, WatermarksAnswer
from hervat.clock import rfc3339
from hervat.dispatch.feeds import SetHashes, digests_of, feed_of, set_hash
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import Unfit, ensure_counts, moment_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.message import SOURCE
from hervat.partner import Partners

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The hash over no digests."""
AROUND = timedelta(hours=1)


class Difference(Struct, frozen=True, kw_only=True):
    """A number at which two sides differ: missing here, missing there, or another message; the digests in hexadecimal."""

    sequence: int
    what: Literal["missing-here", "missing-there", "other-content"]
    here: str | None
    there: str | None


def state(store: Store, keys: NodeKeys, hashes: SetHashes, identity: Identity, source: str, to: str, at: datetime) -> Statement:
    """What this node says it sends of a feed of its own: all that is here without a gap."""
    feed = feed_of(store, source)
    through = 0 if feed is None else feed.through
    hashed = EMPTY if feed is None else hashes.of(store, keys, feed)
    unsigned = Statement(
        from_=identity.oin, to=to, source=source, through=through, set_hash=hashed, made_at=rfc3339(at), key=identity.key_id, signature=""
    )
    return msgspec.structs.replace(unsigned, signature=identity.signature_over(STATEMENT, unsigned))


def ensure_stated(statement: Statement, partners: Partners, partner: str, own: str, at: datetime) -> None:
    """Raises Unfit unless a statement is one of `partner` about a feed of its own, for `own`, made about now and signed with a key that
    counts: an earlier one says of less that it was sent, and is told again by whoever kept it.
    """
    named = SOURCE.fullmatch(statement.source)
    if (statement.from_, statement.to) != (partner, own) or named is None or named["oin"] != partner:
        raise Unfit(f"this is no statement of {partner} for {own} about a feed of its own", "addressee")
    made = _about_now(statement.made_at, at)
    ensure_counts(partners, partner, statement.key, STATEMENT, statement, statement.signature, made)


def signed_watermarks(answer: WatermarksAnswer, identity: Identity, to: str, at: datetime) -> WatermarksAnswer:
    """What this node tells a partner of its feeds, signed."""
    unsigned = msgspec.structs.replace(answer, from_=identity.oin, to=to, made_at=rfc3339(at), key=identity.key_id, signature=None)
    return msgspec.structs.replace(unsigned, signature=identity.signature_over(WATERMARKS, unsigned))


def ensure_told(answer: WatermarksAnswer, partners: Partners, partner: str, own: str, at: datetime) -> None:
    """Raises Unfit unless `partner` signed for `own`, about now and with a key that counts, how far its feeds are there."""
    if answer.made_at is None or answer.key is None or answer.signature is None:
        raise Unfit(f"{partner} does not sign how far feeds are there; ask its keeper for a node that exchanges", "signature")
    if (answer.from_, answer.to) != (partner, own):
        raise Unfit(f"this was not told by {partner} to {own}; see that the partner's address is right", "addressee")
    made = _about_now(answer.made_at, at)
    ensure_counts(partners, partner, answer.key, WATERMARKS, answer, answer.signature, made)


def _about_now(made_at: str, at: datetime) -> datetime:
    """The moment at which something was signed; raises Unfit where that is not about now."""
    made = moment_of(made_at, "made_at")
    if abs(made - at) > AROUND:
        words = f"the statement was made at {made_at}, which is not about now; ask for one anew, and see to the clocks"
        raise Unfit(words, "made-at")
    return made


def is_the_same(store: Store, keys: NodeKeys, statement: Statement) -> bool:
    """Whether what is here under the numbers 1..through is exactly what a statement says."""
    feed = feed_of(store, statement.source)
    if feed is None or feed.through < statement.through:
        return feed is None and statement.through == 0 and statement.set_hash == EMPTY
    return set_hash(store, keys, feed, statement.through) == statement.set_hash


def differences(
    store: Store, keys: NodeKeys, source: str, through: int, theirs: Iterable[tuple[int, bytes]]
) -> Iterator[Difference]:
    """Every number up to `through` at which the digests of the other side, by number, are not those here."""
    feed = feed_of(store, source)
    ours = iter(()) if feed is None else digests_of(store, keys, feed, 1, min(through, feed.highest))
    here, there = _Numbers(ours), _Numbers(theirs)
    while (number := min(here.number, there.number)) <= through:
        mine, its = here.taken(number), there.taken(number)
        if mine != its:
            what: Literal["missing-here", "missing-there", "other-content"] = (
                "missing-here" if mine is None else "missing-there" if its is None else "other-content"
            )
            yield Difference(sequence=int(number), what=what, here=_hex(mine), there=_hex(its))


def _hex(digest: bytes | None) -> str | None:
    return None if digest is None else digest.hex()


class _Numbers:
    """Digests by number, read as far as they are asked for."""

    def __init__(self, digests: Iterable[tuple[int, bytes]]) -> None:
        self._stream = iter(digests)
        self._next = next(self._stream, None)

    @property
    def number(self) -> float:
        """The next number; beyond all where there is none."""
        return inf if self._next is None else self._next[0]

    def taken(self, number: float) -> bytes | None:
        """The digest where the next number is this one, and then it goes on; None where it is another."""
        if self._next is None or self._next[0] != number:
            return None
        found, self._next = self._next[1], next(self._stream, None)
        return found
