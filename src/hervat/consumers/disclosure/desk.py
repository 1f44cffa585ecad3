"""The desk of disclosure: what was handed out and reads differently now, found from what changed, told once, closed by a person.

- A step takes everything that changed since the step before and looks again at the answers that it may concern: each is worked out as of
  the day on which it was handed out, with all that is known now, and laid beside what its receiver holds. Only what differs is told.
- An answer that was written down on a later day than its own rests on what was known by the end of its own. It is compared as of both:
  what it could not say is found, and so is what was dated between them.
- Both versions are read as they may be read now. So what was erased since is no difference: its receiver was told what was true.
- A difference is told to the court and the prosecution for an extract, else to whoever the ground of the request still allows it (telling
  without one is itself unlawful); the nearest hearing comes first, and then whoever is in custody.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date
from itertools import islice
from typing import Any

import msgspec

from hervat.consumers.disclosure.answer import Answer, differing, hashed
from hervat.consumers.disclosure.comparing import CLOSED, COMPARED, ClosedAct, ComparedAct, Difference, Holding
from hervat.consumers.disclosure.given import DisclosedAct
from hervat.consumers.disclosure.requested import Supplied
from hervat.consumers.touched import changed, touched, versions
from hervat.errors import NotSo
from hervat.journal.acts import recorded_on
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store, pairs_of
from hervat.law import disclosure as law
from hervat.law.value import Outcome
from hervat.register.reading import Reading

FOR_PROCEEDINGS = "Wjsg 8"
_OF_PROCEEDINGS = ("court", "OM")
_IN_ONE = 1000
_AT_ONCE = 2000
Answering = Callable[[int, Supplied, date, int | None, int, int | None], Answer]
Decide = Callable[[str, msgspec.Struct], int]


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A difference that waits for somebody: the answer it is about, both versions, and how urgent it is."""

    told_at: int
    difference: Difference
    given: DisclosedAct
    before: Answer
    now: Answer
    hearing_on: date | None
    custody: bool

    @property
    def rank(self) -> tuple[date, bool, int]:
        """The nearest hearing first, and then whoever is in custody."""
        return self.hearing_on or date.max, not self.custody, self.difference.request

    def differs(self) -> dict[str, Any]:
        """What differs between both versions."""
        return differing(self.before.lines(), self.now.lines())


class Desk:
    """Compares at one node. What receivers hold is remembered between steps, and read from the journal at the first."""

    def __init__(self, store: Store, keys: NodeKeys, decide: Decide, answering: Answering) -> None:
        """`decide` puts an act in the journal and gives its position; `answering` works out the answer to a request, as
        `Disclosing.answer` does.
        """
        self._store = store
        self._keys = keys
        self._decide = decide
        self._answering = answering
        self._reading = Reading(store, store, keys)
        self._holding = Holding()
        self._asked: dict[int, set[bytes]] = {}

    def holding(self) -> Holding:
        """What the receivers hold now."""
        self._holding.follow(self._store, self._keys, self._store.head().size)
        return self._holding

    def step(self, today: date) -> dict[str, Any]:
        """Tell what differs since the last step; returns how many differences, and the position of the act. Where nothing changed there is
        no act. A step that is broken off goes on where the last whole one ended; what it told is not told again.
        """
        holding, head = self.holding(), self._store.head().size
        fresh, behind = changed(self._store, self._keys, holding.through), holding.behind()
        if not fresh and not behind:
            return {"position": None, "through": holding.through, "differences": 0}
        looked = [self._looked_at(request, holding, today) for request in sorted(self._concerned(fresh, holding.given) | behind)]
        found = sorted((one for one in looked if one is not None), key=lambda one: one.rank)
        position = None
        for start in range(0, max(len(found), 1), _IN_ONE):
            through = head if start + _IN_ONE >= len(found) else holding.through
            some = tuple(one.difference for one in found[start : start + _IN_ONE])
            position = self._decide(COMPARED, ComparedAct(on=today, through=through, differences=some))
        return {"position": position, "through": head, "differences": len(found)}

    def work(self, today: date) -> list[Work]:
        """The differences that nobody has closed, the most urgent first."""
        holding = self.holding()
        listed = [self._work(at, one, holding.given[one.request][1], today) for at, one in holding.open().values()]
        return sorted(listed, key=lambda one: one.rank)

    def close(self, request: int, *, by: str, ground: str, told_at: int | None = None) -> dict[str, Any]:
        """Close the difference in a request, as it was told last, as an act. Raises NotSo where none is open, or where it was told anew
        since the act at `told_at`, where that is said.
        """
        told = self.holding().open().get(request)
        if told is None:
            raise NotSo(f"no difference in the request at position {request} is open; hervat disclosure work lists those that are")
        if told_at not in (None, told[0]):
            raise NotSo(f"the difference in the request at position {request} was told anew, at position {told[0]}; look at that first")
        position = self._decide(CLOSED, ClosedAct(request=request, at=told[1].at, by=by, ground=ground))
        return {"position": position, "request": request, "told_at": told[0]}

    def _looked_at(self, request: int, holding: Holding, today: date) -> Work | None:
        """What there is to tell of the answer to a request."""
        place, act = holding.given[request]
        before, known = holding.held(request)
        head = self._store.head().size
        written = recorded_on(self._store, [place])[place]
        for day in (written, act.on) if written > act.on else (act.on,):
            # What acts of retention hid after it was handed out was known when it was, and is no difference.
            now = self._answering(request, act.supplied, day, None, act.at, None)
            hash = self._keys.index_of(hashed(now.lines())).hex()
            # What was erased, or a law that was put right, is in the hash and is no difference: both versions are read as they may be now.
            if hash == known or self._answering(request, act.supplied, day, before, act.at, max(before, place)).lines() == now.lines():
                continue
            told = Difference(
                request=request,
                disclosed=place,
                before=before,
                at=head,
                hash=hash,
                to=self._receivers(act, now, today),
                as_of=None if day == act.on else day,
            )
            return self._work(head, told, act, today)
        return None

    def _work(self, told_at: int, told: Difference, act: DisclosedAct, today: date) -> Work:
        head, day, asked = self._store.head().size, told.as_of or act.on, max(told.before, told.disclosed)
        before = self._answering(told.request, act.supplied, day, told.before, head, asked)
        now = self._answering(told.request, act.supplied, day, told.at, head, None)
        days = [one.hearing_on for version in (before, now) for one in version.hearings if one.hearing_on >= today]
        return Work(
            told_at=told_at,
            difference=told,
            given=act,
            before=before,
            now=now,
            hearing_on=min(days, default=None),
            custody=before.custody or now.custody,
        )

    def _receivers(self, act: DisclosedAct, now: Answer, today: date) -> tuple[str, ...]:
        """To whom it may be told: by role, and for whom that acts."""
        receiver = None if now.permission is None else now.permission.receiver
        if act.article == FOR_PROCEEDINGS:
            return _OF_PROCEEDINGS if receiver in (None, *_OF_PROCEEDINGS) else (*_OF_PROCEEDINGS, str(receiver))
        if now.asked is None or receiver is None or law.grounds(now.asked.request, on=today).outcome is not Outcome.YES:
            return ()
        return (receiver,)

    def _concerned(self, positions: list[int], requests: Collection[int]) -> set[int]:
        """The requests whose answer may have changed by what changed at these positions."""
        found, asked = set[int](), self._asked_for(requests)
        stream = iter(positions)
        while some := list(islice(stream, _AT_ONCE)):
            rows = versions(self._store, touched(self._store, some))
            around = self._reading.around({topic for row in rows for _, topic in pairs_of(row.needs + row.gives)})
            here = {row.position for row in rows} | around.rows.keys()
            keys = {key for request in requests for key in asked[request]}
            links = self._store.links(keys)
            near = {key for key in keys if key in around.topics or not here.isdisjoint(links.get(key, ()))}
            found |= {request for request in requests if request in here or not near.isdisjoint(asked[request])}
        return found

    def _asked_for(self, requests: Collection[int]) -> dict[int, set[bytes]]:
        """The keys of the persons and the numbers that requests name, in every version: a version never changes."""
        rows = self._store.rows_at(requests)
        of = {position: _family(self._store, row) for position, row in rows.items()}
        fresh = {one for positions in of.values() for one in positions} - self._asked.keys()
        for position, document in self._reading.documents(fresh).items():
            self._asked[position] = {self._keys.index_of(name) for name in _named(document["data"])}
        return {request: {key for one in of.get(request, ()) for key in self._asked.get(one, ())} for request in requests}


def _family(store: Store, row: Row) -> set[int]:
    """The positions of a message and of every amendment of it, and of those."""
    found, rows = {row.position}, [row]
    while rows := [one for one in versions(store, rows) if one.position not in found]:
        found |= {one.position for one in rows}
    return found


def _named(data: Any) -> Iterator[str]:
    """The person or the number that a request names, or that a correction of one brings."""
    for place in (data, data.get("data") if isinstance(data, dict) else None):
        if isinstance(place, dict):
            named = ((sort, place.get(field)) for sort, field in (("person", "skn"), ("bsn", "bsn")))
            yield from (f"{sort}:{number}" for sort, number in named if isinstance(number, str))
