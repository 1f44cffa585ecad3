"""Whatever got custody arrives exactly once in effect: batches that are lost, doubled, overtaken and damaged, receipts that are lost,
keys that change, a sender that forgets everything but its journal, and a clock that is set back.
"""

from contextlib import ExitStack, suppress
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from hervat.batch import BatchReceipt
from hervat.clock import SteppedClock
from hervat.dispatch.batches import Batch, read_batch, write_batch
from hervat.dispatch.feeds import SetHashes, feed_of
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import Unfit
from hervat.dispatch.statements import differences, ensure_stated, is_the_same, state
from hervat.errors import NotSo, Usage
from hervat.exchanging import receipt_of
from hervat.intake.amendments import CORRECTION, RETRACTION
from hervat.journal.gone import never_came
from hervat.journal.store import WHOLE
from tests.rooms.exchanged import JDS, OM, SOURCES, a_key, acquainted
from tests.rooms.messages import message_sets
from tests.rooms.nodes import FEW, fresh


class Exchanged(RuleBasedStateMachine):
    """OM's node and the register's, and a wire between them that does what wires do."""

    engine = "sqlite"

    @initialize(messages=message_sets(14), algorithm=st.sampled_from(("ed25519", "es256")))
    def begin(self, messages: list[bytes], algorithm: str) -> None:
        self.stack = ExitStack()
        sender, receiver = (self.stack.enter_context(fresh(engine)) for engine in ("memory", self.engine))
        self.om, self.jds = acquainted(sender, receiver, algorithm)
        self.coming = [raw for raw in messages if any(source.encode() in raw for source in SOURCES)]
        self.wire: list[bytes] = []
        self.back: list[BatchReceipt] = []
        self.keys = 1

    @precondition(lambda self: self.coming)
    @rule(data=st.data())
    def something_is_decided(self, data: st.DataObject) -> None:
        raw = data.draw(st.sampled_from(self.coming))
        self.coming.remove(raw)
        self.om.node.receive([raw])

    @precondition(lambda self: self.om.node.position)
    @rule(data=st.data(), whole=st.booleans())
    def something_is_erased(self, data: st.DataObject, whole: bool) -> None:
        """By the sender, whether it was handed over or not."""
        position = data.draw(st.integers(1, self.om.node.position))
        with suppress(NotSo, Usage):
            self.om.node.erase_message(position, None if whole else "charge:1", by="a", ground="b")

    @rule(source=st.sampled_from(SOURCES), again=st.integers(0, 3))
    def a_batch_goes(self, source: str, again: int) -> None:
        through = self.om.exchange.delivered_through(source, JDS)
        batch = self.om.next(source, JDS, after=max(0, through - again))
        if batch is not None:
            self.wire.append(write_batch(batch))

    def _arrives(self, content: bytes) -> BatchReceipt:
        batch = read_batch(content)
        became = self.jds.exchange.take(batch, "wire", self.jds.now)
        assert became.new + became.duplicates == len(batch.messages) and not became.conflicts
        return receipt_of(self.jds.identity, batch.manifest, became, self.jds.now, None)

    @precondition(lambda self: self.wire)
    @rule(data=st.data())
    def a_batch_arrives(self, data: st.DataObject) -> None:
        """Any of those on the wire, which stays there: it may come again."""
        self.back.append(self._arrives(data.draw(st.sampled_from(self.wire))))

    @precondition(lambda self: self.wire)
    @rule(data=st.data(), flip=st.integers(1, 255))
    def a_batch_is_damaged(self, data: st.DataObject, flip: int) -> None:
        content = bytearray(data.draw(st.sampled_from(self.wire)))
        content[data.draw(st.integers(0, len(content) - 1))] ^= flip
        before = self.jds.node.position
        with pytest.raises(Unfit):
            self._arrives(bytes(content))
        assert self.jds.node.position == before

    @precondition(lambda self: self.wire)
    @rule(data=st.data())
    def a_batch_is_mixed(self, data: st.DataObject) -> None:
        """One message of it left out, doubled, or in another's place."""
        batch = read_batch(data.draw(st.sampled_from(self.wire)))
        order = data.draw(st.lists(st.sampled_from(range(max(1, len(batch.messages)))), max_size=4))
        if order != list(range(len(batch.messages))) and batch.messages:
            with pytest.raises(Unfit):
                self._arrives(write_batch(Batch(batch.manifest, tuple(batch.messages[index] for index in order))))

    @precondition(lambda self: self.back)
    @rule(data=st.data())
    def a_receipt_arrives(self, data: st.DataObject) -> None:
        self.om.exchange.deliver(data.draw(st.sampled_from(self.back)), "wire")

    @precondition(lambda self: self.back)
    @rule(data=st.data())
    def a_receipt_is_forged(self, data: st.DataObject) -> None:
        receipt = data.draw(st.sampled_from(self.back))
        forged = BatchReceipt(**{name: getattr(receipt, name) for name in receipt.__struct_fields__} | {"new": receipt.new + 1})
        with pytest.raises(Unfit):
            self.om.exchange.deliver(forged, "wire")

    @rule(algorithm=st.sampled_from(("ed25519", "es256")))
    def a_key_follows(self, algorithm: str) -> None:
        self.keys += 1
        self.om.identity = Identity(OM, f"om-{self.keys}", a_key(algorithm))
        self.jds.knows(self.om)

    @rule(seconds=st.integers(-3000, 3000))
    def a_clock_is_set(self, seconds: int) -> None:
        clock = self.om.node._clock
        assert isinstance(clock, SteppedClock)
        clock.set(self.jds.now + timedelta(seconds=seconds))

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            with self.stack:
                self._drain()
                self._ensure_equal()

    def _drain(self) -> None:
        for source in SOURCES:
            while (batch := self.om.next(source, JDS)) is not None:
                self.om.exchange.deliver(self._arrives(write_batch(batch)), "wire")

    def _ensure_equal(self) -> None:
        for source in SOURCES:
            feed = feed_of(self.om.node.store, source)
            through = 0 if feed is None else feed.through
            lost = self._lost(source)
            sent = {number: digest for number, digest in self.om.digests(source).items() if number <= through}
            assert self.jds.digests(source) == {number: digest for number, digest in sent.items() if number not in lost}
            assert {number for first, last in self._missing(source) for number in range(first, last + 1)} <= lost
            assert self.om.exchange.delivered_through(source, JDS) == through
            statement = state(self.om.node.store, self.om.node.keys, SetHashes(), self.om.identity, source, JDS, self.om.now)
            ensure_stated(statement, self.jds.node.roster().now, OM, JDS, self.om.now)
            assert is_the_same(self.jds.node.store, self.jds.node.keys, statement) == (not lost)
            found = list(differences(self.jds.node.store, self.jds.node.keys, source, through, sent.items()))
            assert [(one.sequence, one.what) for one in found] == [(number, "missing-here") for number in sorted(lost)]
        self._ensure_counted()
        assert self.jds.node.verify().ok

    def _ensure_counted(self) -> None:
        """What is here and what is gone are all there is, and what is gone lies erased at its sender."""
        for feed in self.jds.node.store.feeds():
            gone = never_came(self.jds.node.store, feed.number, self.jds.node.position)
            assert feed.received + len(gone) == len(self.jds.digests(feed.name))
            assert set(gone) <= self._erased(feed.name)[0]

    def _lost(self, source: str) -> set[int]:
        """What never came and stays missing: a part of it was erased and the rest can still be said, or what it amended nobody knows."""
        feed = feed_of(self.jds.node.store, source)
        here = set() if feed is None else set(self.jds.digests(source))
        return self._erased(source)[1] - here

    def _erased(self, source: str) -> tuple[set[int], set[int]]:
        """The numbers of which a message was erased at its sender, so far: those that say nothing more, and those that may."""
        store = self.om.node.store
        feed = feed_of(store, source)
        places = {} if feed is None else store.sequence_run(feed.number, 1, feed.through)
        rows = store.rows_at(places.values())
        erased = {number: rows[at] for number, at in places.items() if rows[at].erased}
        silent = {number for number, row in erased.items() if row.erased >= WHOLE and row.kind not in (None, CORRECTION, RETRACTION)}
        return silent, erased.keys() - silent

    def _missing(self, source: str) -> list[tuple[int, int]]:
        feed = feed_of(self.jds.node.store, source)
        return [] if feed is None else self.jds.node.store.missing(feed.number)


class ExchangedOnServer(Exchanged):
    """The same, received by a server."""

    engine = "postgres"


TestExchanged = Exchanged.TestCase
TestExchangedOnServer = pytest.mark.postgres(ExchangedOnServer.TestCase)
TestExchangedOnServer.settings = settings(FEW, max_examples=2)
