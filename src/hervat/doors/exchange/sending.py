"""Sending and fetching: for each partner a thread that takes its ways in turn, so that a partner who is slow or gone hinders nobody else.

- A step of a way is one batch: read from the journal, handed over, and what the partner signs kept as an act, by whoever has the writer's
  place. Killed between the two, the same batch goes again and comes back as duplicates.
- What a partner does not take stays where it is and is tried again; what it says is told. Nothing ends by age or by attempts, nor by a
  store that cannot be read for a while, nor by a fault of ours.
- A pace that a partner named in its last receipt is kept.
"""

import random
import sys
import traceback
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.client import NOT_FOUND
from threading import Event, Lock, Thread
from typing import Any, NamedTuple

import msgspec

from hervat.assemble import Node
from hervat.batch import BatchReceipt
from hervat.clock import Clock, rfc3339
from hervat.dispatch.batches import Batch
from hervat.dispatch.deliveries import Deliveries
from hervat.dispatch.feeds import feed_of, standing
from hervat.dispatch.identity import Identity
from hervat.dispatch.patience import Patience
from hervat.dispatch.signed import Unfit
from hervat.dispatch.ways import Way
from hervat.doors.acts.exchanging import BatchHandover, ReceiptKeeping
from hervat.doors.acts.handing import decide
from hervat.doors.acts.line import Act
from hervat.doors.exchange.client import Later, PartnerDoor, Refused, Unreachable
from hervat.doors.exchange.ourselves import Ourselves
from hervat.errors import HervatError, TechnicalFault, Usage
from hervat.exchanging import Exchange, TakenBatch, receipt_of

IDLE = 1.0
"""Seconds after which a way on which nothing was to go is looked at again."""
UNFIT = 900.0
"""Seconds after which what a partner refused as it is, which people must see to, is tried again."""
LOOK, LOOK_SOON = 900.0, 60.0
"""Seconds after which a partner is asked again how far it is; and after which one that could not say."""
LONGEST_LATER = 3600.0
"""Seconds after which a partner is asked again, whatever it says: there is no last attempt."""

UNDER_WAY = 3
"""Batches of a way that are sent before the first of them is answered: so that a partner prepares one while it writes another."""
_ONE_WRITER = Lock()
_NO_ADDRESS = "no address is known; hervat partner set OIN --address says where the partner's door is"


@dataclass(slots=True)
class Progress:
    """What became of a way while it was looked at; the words of the last that failed."""

    sent: int = 0
    received: int = 0
    batches: int = 0
    failures: int = 0
    left: int = 0
    last: str | None = None


class UnderWay(NamedTuple):
    """A batch that was sent and not answered: since when, and what the partner signs of it."""

    batch: Batch
    began: float
    coming: "Future[BatchReceipt]"


@dataclass(slots=True)
class Journey:
    """One way, what it has met, and at which moment of the clock's `monotonic` it is worth looking at again; what is made ready for it, and
    what of it is being kept. `highest` is that of the partner where it lost some, of which it is asked again from `look` on.
    """

    way: Way
    patience: Patience = field(default_factory=Patience)
    progress: Progress = field(default_factory=Progress)
    again: float = 0.0
    look: float = 0.0
    highest: int | None = None
    under_way: deque[UnderWay] = field(default_factory=deque)
    ahead: "Future[Batch | None] | None" = None
    keeping: "Future[dict[str, Any]] | None" = None


class Sending:
    """The sending of a node to one partner."""

    def __init__(self, us: Ourselves, identity: Identity, partner: str, clock: Clock, chance: random.Random, stop: Event) -> None:
        """`stop` ends every waiting; `chance` draws how long is waited after a failure."""
        self._us, self._identity, self._partner, self._clock, self._chance, self._stop = us, identity, partner, clock, chance, stop
        self._deliveries = Deliveries()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._going = ThreadPoolExecutor(1, thread_name_prefix="going")
        self._door: tuple[str, PartnerDoor] | None = None
        self._journeys: dict[str, Journey] = {}
        self._wire = ThreadPoolExecutor(UNDER_WAY, thread_name_prefix="wire")
        self._spare: list[PartnerDoor] = []
        self._patience = Patience()
        self.hindered: str | None = None

    def journeys(self) -> list[Journey]:
        """The ways of this partner that this side drives, as the journal has them now; none where the link is cut."""
        with self._node() as node:
            exchange = Exchange(node, self._us.oin, self._deliveries)
            partner, ways = node.roster().now.get(self._partner), exchange.ways
            cut = ways.cut_since(self._partner)
            driven = [way for way in ways if way.partner == self._partner and way.how != "fetched"]
            self._journeys = {way.source: self._journeys.get(way.source) or Journey(way) for way in driven}
            if cut is None and partner is not None and partner.address is not None:
                self._go_to(partner.address)
                return self.known()
            for journey in self.known():
                # What is not tried has not failed; and what was made ready may be erased by the time at which it may go.
                journey.patience.succeeded()
                self._let_land(journey)
                journey.again = 0.0
                journey.progress.left = exchange.left(journey.way)
                journey.progress.last = _NO_ADDRESS if cut is None else f"the link is cut, since position {cut}"
        return []

    def known(self) -> list[Journey]:
        """The ways that were driven."""
        return list(self._journeys.values())

    def _node(self) -> AbstractContextManager[Node]:
        return Node.opened(self._us.store, keys=self._us.keys, clock=self._clock)

    def _go_to(self, address: str) -> None:
        if self._door is None or self._door[0] != address:
            self.close()
            self._door = address, PartnerDoor(address, self._identity, self._clock, self._us.table.request_seconds)

    def close(self) -> None:
        """Let go of the connection."""
        while self._spare:
            self._spare.pop().close()
        if self._door is not None:
            self._door[1].close()
            self._door = None

    def end(self) -> None:
        """See that everything that was signed for is kept, and let go."""
        for journey in self._journeys.values():
            keeping, journey.keeping = journey.keeping, None
            fault = None if keeping is None else keeping.exception()
            if fault is not None:
                journey.progress.last = _words(fault)
        for executor in (self._wire, self._beside, self._going):
            executor.shutdown()
        self.close()

    def step(self, journey: Journey) -> bool:
        """One batch of a way, where one is to go: whether one went. What hinders it is told in its progress and is no error."""
        progress = journey.progress
        going = self._going.submit(self._fetch if journey.way.how == "fetch" else self._push, journey)
        # Whatever it is, the way is tried again.
        fault = going.exception()
        if fault is not None:
            self._let_land(journey)
            journey.look = 0.0
            progress.failures += 1
            progress.last = _words(fault)
            journey.again = self._clock.monotonic() + self._wait_after(fault, journey.patience)
            return False
        count = going.result()
        journey.patience.succeeded()
        progress.last = None
        progress.batches += bool(count)
        journey.again = 0.0 if count else self._clock.monotonic() + IDLE
        return bool(count)

    def _wait_after(self, fault: BaseException, patience: Patience) -> float:
        wait = patience.failed(self._chance.random())
        if isinstance(fault, Later):
            return max(wait, min(fault.seconds, LONGEST_LATER))
        return UNFIT if isinstance(fault, Refused | Unfit) else wait

    def _push(self, journey: Journey) -> int:
        if not journey.under_way:
            self._look(journey)
        while len(journey.under_way) < UNDER_WAY and (batch := self._next(journey)) is not None:
            # While these are on their way the next is made ready.
            journey.ahead = self._beside.submit(self._made, journey.way, batch.manifest.last)
            journey.under_way.append(UnderWay(batch, self._clock.monotonic(), self._wire.submit(self._sent, batch)))
        if not journey.under_way:
            return 0
        first = journey.under_way.popleft()
        receipt = first.coming.result()
        self._ensure_for(receipt, first.batch)
        self._kept(journey)
        journey.keeping = self._beside.submit(self._decide, ReceiptKeeping(own=self._us.oin, receipt=receipt, carried="wire"))
        count = receipt.last - receipt.first + 1
        journey.progress.sent += count
        self._keep_pace(receipt, count, first.began)
        return count

    def _sent(self, batch: Batch) -> BatchReceipt:
        """What the partner signs of a batch; each that is under way has a connection of its own."""
        door = self._spare.pop() if self._spare else self._there.another()
        try:
            return door.send(batch)
        finally:
            self._spare.append(door)

    def _let_land(self, journey: Journey) -> None:
        """Wait for what is under way, which is sent again where nobody knows what became of it; forget what was made ready."""
        for one in journey.under_way:
            one.coming.exception()
        journey.under_way.clear()
        journey.ahead = None

    def _look(self, journey: Journey) -> None:
        """Ask now and then how far the partner is: one that was restored from a backup has less than it signed for, and is sent it again.
        Where it does not say, what it signed is all there is to go by.
        """
        now = self._clock.monotonic()
        if journey.ahead is not None or now < journey.look:
            return
        with self._node() as node:
            through = Exchange(node, self._us.oin, self._deliveries).delivered_through(journey.way.source, self._partner)
        try:
            journey.highest, journey.look = self._highest_there(journey.way.source, through), now + LOOK
        except (Refused, Unreachable, Later) as fault:
            journey.highest, journey.look = None, now + (LOOK if isinstance(fault, Refused) else LOOK_SOON)

    def _highest_there(self, source: str, through: int) -> int | None:
        """The highest number that the partner has of a feed, where it has not the last that it signed for; None where it has."""
        if not through:
            return None
        try:
            last = self._there.messages(source.rpartition(":")[2], through - 1, 1).messages
        except Refused as fault:
            if fault.status != NOT_FOUND:
                raise
            last = []
        if last and last[0].sequence == through and not (last[0].gone and self._stands(source, [(through, through)])):
            return None
        # Asked only then: there the hash over the whole feed is told as well. Signed or not, it is gone by: it says only from where to send
        # again, and of a lie there come duplicates and nothing else.
        there = next((one for one in self._there.watermarks().watermarks if one.source == source), None)
        if there is None:
            return 0
        wrongly = self._stands(source, [(gap.first, gap.last) for gap in there.gone])
        return min(there.highest, through - 1, *(number - 1 for number in wrongly))

    def _stands(self, source: str, gone: list[tuple[int, int]]) -> list[int]:
        """Those of what a partner holds to be gone that lie here: it has them not, whoever told it so, and takes them when they come."""
        with self._node() as node:
            feed = feed_of(node.store, source)
            return [] if feed is None else list(standing(node.store, feed, gone))

    def _next(self, journey: Journey) -> Batch | None:
        """The batch that is to go: the one that was made ready, or what follows what was signed for, by the journal."""
        ahead, journey.ahead = journey.ahead, None
        batch = None if ahead is None else ahead.result()
        if batch is not None or journey.under_way:
            return batch
        self._kept(journey)
        with self._node() as node:
            exchange = Exchange(node, self._us.oin, self._deliveries)
            journey.progress.left = exchange.left(journey.way)
            after = exchange.delivered_through(journey.way.source, journey.way.partner)
            highest, journey.highest = journey.highest, None
            after = after if highest is None else min(after, highest)
            return exchange.next(self._identity, journey.way, self._clock.now(), after=after)

    def _made(self, way: Way, after: int) -> Batch | None:
        with self._node() as node:
            return Exchange(node, self._us.oin).next(self._identity, way, self._clock.now(), after=after)

    def _kept(self, journey: Journey) -> None:
        """See that what was signed for is in the journal; raises what kept it from that."""
        keeping, journey.keeping = journey.keeping, None
        if keeping is not None:
            keeping.result()

    def _fetch(self, journey: Journey) -> int:
        batch = self._there.fetch(journey.way.source.rpartition(":")[2])
        if batch is None:
            return 0
        manifest = batch.manifest
        if (manifest.from_, manifest.source) != (self._partner, journey.way.source):
            words = f"{self._partner} gave a batch of {manifest.source} where {journey.way.source} was asked for; it was not taken"
            raise Unfit(words, "sender")
        at = self._clock.now()
        handover = BatchHandover(own=self._us.oin, manifest=batch.manifest, messages=batch.messages, carried="wire", at=rfc3339(at))
        became = msgspec.convert(self._decide(handover), TakenBatch)
        self._there.deliver(receipt_of(self._identity, batch.manifest, became, at, self._us.table.pace))
        count = batch.manifest.last - batch.manifest.first + 1
        journey.progress.received += count
        return count

    @property
    def _there(self) -> PartnerDoor:
        if self._door is None:
            raise Usage(f"no address of {self._partner} is known; hervat partner set --address says it")
        return self._door[1]

    def _decide(self, act: Act) -> dict[str, Any]:
        # Two threads of one process are two writers to a store.
        with _ONE_WRITER:
            return decide(self._us.store, act, keys=self._us.keys, given=self._us.socket)

    def _ensure_for(self, receipt: BatchReceipt, batch: Batch) -> None:
        manifest = batch.manifest
        told = (receipt.from_, receipt.source, receipt.first, receipt.last, receipt.root)
        if told != (self._partner, manifest.source, manifest.first, manifest.last, manifest.root):
            raise Unfit(f"{self._partner} answered with the receipt of another batch; it was not kept", "form")

    def _keep_pace(self, receipt: BatchReceipt, count: int, began: float) -> None:
        """Wait as long as the other side likes for so many messages."""
        if receipt.pace is not None:
            self._stop.wait(max(0.0, count / receipt.pace - (self._clock.monotonic() - began)))

    def run(self, *, once: bool) -> None:
        """Go on until stopped; `once`: until nothing is to go any more, or every way that has something was hindered."""
        try:
            self._run(once)
        finally:
            self.end()

    def _run(self, once: bool) -> None:
        while not self._stop.is_set():
            wait = self._round()
            if wait is not None:
                if once:
                    return
                self._stop.wait(wait)

    def _round(self) -> float | None:
        """A step of every way that is worth looking at; after how many seconds to look again, None where something went."""
        now = self._clock.monotonic()
        looking = self._going.submit(self.journeys)
        # Whatever it is, this partner is looked at again.
        fault = looking.exception()
        if fault is not None:
            self.hindered = _words(fault)
            return self._patience.failed(self._chance.random())
        self.hindered, journeys = None, looking.result()
        self._patience.succeeded()
        went = [self.step(journey) for journey in journeys if journey.again <= now]
        if any(went):
            return None
        waits = [journey.again - self._clock.monotonic() for journey in journeys]
        return max(0.0, min([IDLE, *waits]))


def _words(fault: BaseException) -> str:
    """What is told of a fault; one that should not be is written where the node writes its errors."""
    if isinstance(fault, Later):
        return fault.words
    if not isinstance(fault, HervatError):
        traceback.print_exception(fault, file=sys.stderr)
        return f"a fault of ours, and this is tried again: {type(fault).__name__}: {fault}"
    return str(fault)


class Dispatch:
    """The sending of a node to all its partners, a thread for each."""

    def __init__(self, us: Ourselves, clock: Clock, seed: int) -> None:
        """Raises KeysFault where the key of this organisation cannot be read."""
        self._us, self._clock, self._seed = us, clock, seed
        self._identity = us.identity
        self._stop = Event()
        self._sendings: dict[str, Sending] = {}
        self._threads: list[Thread] = []

    def partners(self) -> list[str]:
        """Those with whom there are ways that this side drives."""
        with Node.opened(self._us.store, keys=self._us.keys, clock=self._clock) as node:
            return sorted({way.partner for way in Exchange(node, self._us.oin).ways if way.how != "fetched"})

    def run(self, *, once: bool) -> None:
        """Send and fetch; without `once` until `stop`, and partners that come later are taken up as well. Raises TechnicalFault where the
        store cannot be read when it begins; later that is told, and it goes on.
        """
        self._take_up(once=once)
        while not once and not self._stop.wait(IDLE):
            try:
                self._take_up(once=once)
            except TechnicalFault as fault:
                print(f"hervat: {fault}", file=sys.stderr, flush=True)
        for thread in self._threads:
            thread.join()

    def _take_up(self, *, once: bool) -> None:
        for partner in [] if self._stop.is_set() else self.partners():
            if partner not in self._sendings:
                self._begin(partner, once=once)

    def _begin(self, partner: str, *, once: bool) -> None:
        chance = random.Random(f"{self._seed}/{partner}")
        sending = self._sendings[partner] = Sending(self._us, self._identity, partner, self._clock, chance, self._stop)
        thread = Thread(target=sending.run, kwargs={"once": once}, name=f"to {partner}")
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """End it after the batch that is under way."""
        self._stop.set()

    @property
    def hindered(self) -> dict[str, str]:
        """By partner what kept its ways from being looked at at all."""
        return {partner: sending.hindered for partner, sending in self._sendings.items() if sending.hindered is not None}

    def told(self) -> list[dict[str, Any]]:
        """What became of each way."""
        return [
            {"partner": partner, "source": journey.way.source, "how": journey.way.how}
            | {name: getattr(journey.progress, name) for name in ("sent", "received", "batches", "failures", "left", "last")}
            for partner, sending in sorted(self._sendings.items())
            for journey in sending.known()
        ]
