"""The one writer of a node that serves: a thread that takes what waits, many requests together, and settles them in one commit.

- A helper process prepares what is next while the thread folds what is ready; another signs the receipts of what is on disk.
- Nobody is answered 202 before `settle` came back. Where a step fails, all that was in it is answered 503 and nothing of it was taken.
- A request is taken whole or not at all: one message of another organisation, or of nobody, and none of it is.
- Acts that are handed over are done between two groups. After a change of partners whatever was prepared is prepared anew, and what was
  signed with a key that is revoked by now is not taken, however long it has been waiting. After a rotation the new key signs what is taken
  from then on.
"""

import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec

from hervat.assemble import Node, keys_path
from hervat.clock import Clock
from hervat.dispatch.ways import Ways
from hervat.doors.acts.asked import ActRequest, Asked, answer_to
from hervat.doors.acts.line import ActAnswer, NotDone
from hervat.doors.http.batches import SignedBatch
from hervat.doors.http.problems import Declined, Fault
from hervat.doors.http.queue import Parcel, Queue, stopping
from hervat.doors.http.signers import cut_off, taken_back
from hervat.doors.http.signing import Signatory
from hervat.doors.http.wire import Answer, Kept, RefusalTold
from hervat.errors import TechnicalFault
from hervat.exchanging import Entered, entered_of
from hervat.intake.conveyor import Coming, Helper, HelperEnded, Preparing
from hervat.intake.inbox import Coming as Came
from hervat.intake.inbox import Taken
from hervat.intake.preparing import Prepared, read_refusal
from hervat.intake.quarantine import Lanes, lanes_of
from hervat.journal.entry import Entry
from hervat.journal.store import REFUSED, STATES, Row
from hervat.message import SOURCE, UNKNOWN
from hervat.partner import Partners
from hervat.stores.opening import place_of

GROUP = 2000
"""Messages that are settled together at most, unless a single request has more."""
_AHEAD = 2 * GROUP
IDLE = 60.0
"""Seconds after which a writer that has nothing to do sees whether something is left to do."""
_Prepared = tuple[Parcel, list[Prepared]]


class _Named(msgspec.Struct):
    source: Any = None


class Writer:
    """Holds the writer's place from `opened` until `stop`; made before there are requests, so that what is wrong is told at once."""

    def __init__(self, url: str, keys: Path | None, clock: Clock, largest_queue: int) -> None:
        """Raises StoreBusy where another process writes to the store, and whatever opening it raises."""
        with ExitStack() as undo:
            self._node = undo.enter_context(Node.opened(url, writer=True, helped=True, clock=clock, keys=keys))
            self.partners: Partners = self._node.inbox().partners
            self.ways, self.lanes = self._links()
            self.place = self._node.store.writers_place
            # What the door keeps of its own lies beside the store, or where that is on a server, beside the keys.
            self.path: Path = self._node.store.keys_beside if place_of(url).file else keys_path(self._node.store, keys)
            self._preparer = self._node.inbox().preparer
            self._helper = Helper(Preparing(self._preparer))
            undo.callback(lambda: self._helper.close())
            self._signatory = Signatory(self._node.keys.signing)
            undo.callback(lambda: self._signatory.close())
            self._undo = undo.pop_all()
        self.queue = Queue(largest_queue)
        self._ahead: deque[tuple[Parcel, Coming[list[Prepared]]]] = deque()
        self._signing = _signing()
        self._acting = ThreadPoolExecutor(1, thread_name_prefix="acts")
        self._thread = Thread(target=self._run, name="writer")
        self.failing = False

    def start(self) -> None:
        """Begin to take."""
        self._thread.start()

    def ask(self, request: ActRequest) -> "Future[ActAnswer]":
        """Have an act done; the answer comes when it is, or cannot be."""
        asked = Asked(request)
        try:
            self.queue.ask(asked)
        except Declined:
            asked.coming.set_result(_stopped())
        return asked.coming

    def stop(self) -> None:
        """Take and settle what waits, answer it, and let go of the store."""
        self.queue.close()
        if self._thread.ident is not None:
            self._thread.join()
        self._signing.shutdown()
        self._acting.shutdown()
        self._undo.close()

    def _run(self) -> None:
        try:
            while self._ahead or not self.queue.is_over:
                self._send_ahead()
                for asked in self.queue.acts():
                    self._do(asked)
                self._take(self._ready())
                self._look_again()
        finally:
            # Also where something broke that should not: nobody is left waiting, and nothing more is let in.
            self.failing = bool(self._ahead) or self.failing
            self.queue.close()
            for parcel in [*(parcel for parcel, _ in self._ahead), *self.queue.take(sys.maxsize)]:
                parcel.answer(stopping())
            for asked in self.queue.acts():
                if asked.coming.set_running_or_notify_cancel():
                    asked.coming.set_result(_stopped())

    def _send_ahead(self) -> None:
        """Give the helper enough to do; waits for a while where there is nothing at all."""
        under_way = sum(len(parcel.messages) for parcel, _ in self._ahead)
        if under_way < _AHEAD:
            for parcel in self.queue.take(_AHEAD - under_way, wait=0 if self._ahead else IDLE):
                self._prepare(parcel)

    def _prepare(self, parcel: Parcel) -> None:
        """Have a parcel prepared, by another helper where the first has ended; where none can begin, it is answered so."""
        try:
            self._ahead.append((parcel, self._helper.send(parcel.messages)))
        except HelperEnded:
            self._begin_helper()
            try:
                self._ahead.append((parcel, self._helper.send(parcel.messages)))
            except HelperEnded as fault:
                self._fail([parcel], fault)

    def _look_again(self) -> None:
        """See now and then whether what hindered erasing is over, also while no messages come."""
        try:
            self._node.look_again()
        except TechnicalFault as fault:
            print(f"hervat: {fault}", file=sys.stderr, flush=True)

    def _begin_helper(self) -> None:
        self._helper.close()
        self._helper = Helper(Preparing(self._preparer))

    def _do(self, asked: Asked) -> None:
        """Do an act, and go by what it changed before anybody is told of it; one whose asker is gone is not done."""
        if not asked.coming.set_running_or_notify_cancel():
            return
        acting = self._acting.submit(answer_to, asked.request, self._node)
        fault = acting.exception()
        answer = acting.result() if fault is None else _ours(fault)
        try:
            self.ways, self.lanes = self._links()
            self._follow()
        except TechnicalFault as later:
            # What comes next is not taken before the store can be read again.
            print(f"hervat: {later}", file=sys.stderr, flush=True)
        asked.coming.set_result(answer)

    def _links(self) -> tuple[Ways, Lanes]:
        """What goes where, and who is in quarantine, as the journal has them."""
        store, keys, position = self._node.store, self._node.keys, self._node.position
        return Ways.of(store, keys, position), lanes_of(store, keys, position)

    def _follow(self) -> None:
        """Go by the terms in force and the keys that sign, as the journal has them; raises TechnicalFault where it cannot be read."""
        inbox = self._node.inbox()
        if self._signatory.keys is not self._node.keys.signing:
            # What is on its way was taken before: the keys of then sign it.
            self._signing.shutdown()
            self._signatory.close()
            self._signing, self._signatory = _signing(), Signatory(self._node.keys.signing)
        if inbox.preparer is self._preparer:
            return
        before, self.partners, self._preparer = self._preparer, inbox.partners, inbox.preparer
        if not self._preparer.judges_as(before):
            self._begin_helper()
            for _ in range(len(self._ahead)):
                self._prepare(self._ahead[0][0])
                self._ahead.popleft()

    def _ready(self) -> list[_Prepared]:
        """What is prepared, up to a group; waits for the first of it. What may not be taken is answered here."""
        ready: list[_Prepared] = []
        count = 0
        try:
            self._follow()
        except TechnicalFault as fault:
            self._fail([parcel for parcel, _ in self._ahead], fault)
            self._ahead.clear()
        while self._ahead and (not count or (count < GROUP and self._ahead[0][1].is_there)):
            parcel, coming = self._ahead.popleft()
            try:
                prepared = coming.done()
            except HelperEnded as fault:
                self._fail([parcel], fault)
                continue
            declined = taken_back(self.partners, parcel.signer) or cut_off(self.ways, parcel.signer) or self._unfit(parcel, prepared)
            if declined is not None:
                parcel.answer(declined)
                continue
            ready.append((parcel, prepared))
            count += len(prepared)
        return ready

    def _unfit(self, parcel: Parcel, prepared: Sequence[Prepared]) -> Declined | None:
        """Why nothing of a parcel may be taken; None where it may."""
        if parcel.signed is not None:
            return parcel.signed.unfit(self.partners, self.lanes, prepared)
        return _not_theirs(list(_faults(parcel, prepared)))

    def _take(self, ready: list[_Prepared]) -> None:
        if not ready:
            return
        parcels = [parcel for parcel, _ in ready]
        try:
            taken, refused = self._node.take((parcel.messages, prepared, _coming(parcel)) for parcel, prepared in ready)
            # Of a signed batch hardly anything is told of each message, so hardly anything is asked.
            told = [one for parcel, each in zip(parcels, taken, strict=True) if parcel.signed is None for one in each]
            store, signed = self._node.store, [each if parcel.signed else [] for parcel, each in zip(parcels, taken, strict=True)]
            entered = [entered_of(store, each, refused) for each in signed]
            entries = store.entries_at({one.position for one in told})
            rows = store.rows_at({one.position for one in told if one.sort != "conflict"})
            position = self._node.position
        except TechnicalFault as fault:
            self._fail(parcels, fault)
            return
        self.failing = False
        for (parcel, prepared), each, stands in zip(ready, taken, entered, strict=True):
            if parcel.signed is None:
                answering = self._signing.submit(_answer, parcel, prepared, each, self._signatory, entries, rows)
            else:
                answering = self._signing.submit(_answer_batch, parcel.answer, parcel.signed, each, stands, position)
            answering.add_done_callback(partial(_ensure_answered, parcel))

    def _fail(self, parcels: Iterable[Parcel], fault: TechnicalFault) -> None:
        """Nothing of these was taken; who runs the node is told why."""
        print(f"hervat: {fault}", file=sys.stderr, flush=True)
        self.failing = True
        for parcel in parcels:
            words = "The register cannot take messages at the moment; nothing of this was taken, send it again later."
            parcel.answer(Declined(503, "unavailable", words, headers={"Retry-After": "10"}))


def _signing() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, thread_name_prefix="receipts")


def _faults(parcel: Parcel, prepared: Sequence[Prepared]) -> Iterable[Fault]:
    """What of a parcel is not its sender's to send, by its place."""
    for index, (raw, one) in enumerate(zip(parcel.messages, prepared, strict=True)):
        found = SOURCE.fullmatch(one.source if one.source != UNKNOWN else _source_in(raw))
        place = f"/{index}/source" if parcel.batch else "/source"
        if found is None or (found["oin"] == parcel.oin and one.source == UNKNOWN):
            words = "This cannot be attributed: a source is urn:nld:oin:<your OIN>:systeem:<name>, in a message that is one JSON object."
            yield Fault(in_="body", location=place, code="source-unknown", detail=words)
        elif found["oin"] != parcel.oin:
            words = "The source is of another organisation than the one that signed; each sends for itself."
            yield Fault(in_="body", location=place, code="source-not-yours", detail=words)


def _source_in(raw: bytes) -> str:
    """The source that a message names which could not be attributed; nothing where it names none."""
    try:
        named = msgspec.json.decode(raw, type=_Named).source
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return named if isinstance(named, str) else ""


def _ours(fault: BaseException) -> NotDone:
    """The answer to an act in which something broke that should not."""
    traceback.print_exception(fault, file=sys.stderr)
    words = "this is a fault of ours; what it was stands where the node writes its errors, and the journal tells whether it was done"
    return NotDone(status=TechnicalFault.exit_status, message=words)


def _stopped() -> NotDone:
    """The answer to an act where nothing more is taken."""
    words = "the node that serves is stopping and did not do this; run the command again when it has ended"
    return NotDone(status=TechnicalFault.exit_status, message=words)


def _not_theirs(faults: Sequence[Fault]) -> Declined | None:
    if not faults:
        return None
    foreign = all(fault.code == "source-not-yours" for fault in faults)
    words = "Nothing of this request was taken: each message stands under a source of the organisation that signed the request."
    return Declined(403 if foreign else 400, "source-not-yours" if foreign else "not-attributable", words, errors=faults[:1000])


def _answer(
    parcel: Parcel, prepared: list[Prepared], taken: list[Taken], signatory: Signatory, entries: dict[int, Entry], rows: dict[int, Row]
) -> None:
    """Have the receipts signed of what is on disk, and answer."""
    receipts = signatory.receipts([entries[told.position] for told in taken])
    kept = [
        _kept(one, told, receipt, rows.get(told.position)) for one, told, receipt in zip(prepared, taken, receipts, strict=True)
    ]
    parcel.answer(msgspec.json.encode(Answer(receipts=kept)))


def _coming(parcel: Parcel) -> Came | None:
    return None if parcel.signed is None else parcel.signed.coming


def _answer_batch(
    answer: Callable[[bytes | Declined], None],
    signed: SignedBatch,
    taken: list[Taken],
    entered: Entered,
    position: int,
) -> None:
    """Sign the one receipt of a batch that is on disk, and answer."""
    answer(msgspec.json.encode(signed.receipt(taken, entered, position)))


def _ensure_answered(parcel: Parcel, answering: "Future[None]") -> None:
    """Whatever breaks in answering is a fault of ours, and nobody waits for ever."""
    fault = answering.exception()
    if fault is not None:
        traceback.print_exception(fault, file=sys.stderr)
        words = "This is a fault of ours: the messages are in custody and the answer could not be made; send them again for their receipts."
        parcel.answer(Declined(500, "internal", words))


def _kept(prepared: Prepared, taken: Taken, receipt: bytes, row: Row | None) -> Kept:
    refusal = None
    if row is not None and row.state == REFUSED and row.refusal is not None:
        found = read_refusal(row.refusal)
        refusal = RefusalTold(code=found.code, path=found.path, reason=found.reason)
    return Kept(
        source=prepared.source,
        id=prepared.id,
        outcome=taken.sort,
        state=None if row is None else STATES[row.state],  # type: ignore[arg-type]
        first=taken.first,
        refusal=refusal,
        receipt=msgspec.Raw(receipt),
    )

