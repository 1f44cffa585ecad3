"""The ledger of the backlog: what the journal tells of stock, of papers and of samples, and what follows for the work."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hervat.consumers.backlog.keyed import Paper, all_keyed, checks, last_sample, papers, reader, sources_of
from hervat.consumers.backlog.sampling import rate_of
from hervat.consumers.backlog.stock import Entered, Line, declarations, lines_of
from hervat.consumers.backlog.working import CERTAINTY, Clock, clock_of, harm_of, rank
from hervat.errors import NotSo
from hervat.intake.preparing import message_key
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Feed, Store
from hervat.law.certificates import is_working_day

_MEASURED = timedelta(days=28)


class Ledger:
    """What is known of the backlog at one node."""

    def __init__(self, store: Store, keys: NodeKeys) -> None:
        self._store = store
        self._keys = keys

    def place(self, source: str, id: str) -> int | None:
        """The position of a message in custody; None where it is not."""
        return self.places(source, [id]).get(id)

    def places(self, source: str, ids: Iterable[str]) -> dict[str, int]:
        """The positions of the messages of a source that are in custody, by id."""
        idents = {self._keys.index_of(message_key(source, id)): id for id in ids}
        return {idents[ident]: row.position for ident, row in self._store.rows_by_ident(idents).items()}

    def known(self, source: str) -> Feed:
        return next((feed for feed in self._store.feeds() if feed.name == source), Feed(0, source))

    def lines(self, feed: Feed) -> list[Line]:
        """The stock of a source, with what was entered of it."""
        return lines_of(self._store, feed, self.entered(feed.name))

    def entered(self, source: str) -> list[Entered]:
        """The papers of a source that became messages, in order of their keying."""
        known = papers(self._store, self._keys, source).values()
        places = self.places(source, [one.id for one in known])
        found = ((places.get(one.id), one.agreed) for one in known)
        return [Entered(place, keyed) for place, keyed in found if place is not None and keyed is not None]

    def waiting(self, source: str) -> list[Paper]:
        """The papers of a source that were keyed and are no message yet."""
        known = papers(self._store, self._keys, source).values()
        places = self.places(source, [one.id for one in known])
        return [one for one in known if one.id not in places]

    def sources(self) -> list[Feed]:
        """The sources of which stock was counted or papers were keyed at this node."""
        return [self.known(name) for name in sources_of(self._store, self._keys)]

    def work(self, on: date) -> list[dict[str, Any]]:
        """What waits on a day, worst first: papers that were keyed and are no message yet, and the stock of which something is left."""
        listed = [one for feed in self.sources() for one in (*self._papers(feed.name), *self._stock(feed))]
        shown = sorted(listed, key=lambda one: rank(one["harm"], one["clock"], one["since"]))
        return [one | {"clock": _clock(one["clock"], on), "weights": CERTAINTY} for one in shown]

    def _papers(self, source: str) -> Iterable[dict[str, Any]]:
        for paper in self.waiting(source):
            at, act = paper.keyings[-1]
            told = {"what": "paper", "source": source, "paper": paper.number, "kinds": [act.kind], "state": paper.state, "position": at}
            told |= {"by": act.by, "grounds": [*paper.grounds], "differs": paper.differs, "since": act.dated or act.on}
            yield told | {"harm": harm_of((act.kind,)), "clock": clock_of((act.kind,), act.dated)}

    def _stock(self, feed: Feed) -> Iterable[dict[str, Any]]:
        for line in self.lines(feed):
            if line.left or line.miscounted:
                stock, kinds = line.stock, line.kinds
                told = {"what": "stock", "source": feed.name, "kinds": [*kinds], "position": line.position, "counted_on": stock.counted_on}
                told |= {"count": stock.count, "entered": line.entered, "left": line.left, "miscounted": line.miscounted}
                told |= {"from": stock.from_, "until": stock.until, "oldest_on": stock.oldest_on, "since": stock.oldest_on or stock.from_}
                yield told | {"harm": harm_of(kinds), "clock": clock_of(kinds, stock.oldest_on)}

    def rate(self, source: str, on: date) -> Fraction:
        """Papers that became messages in a person-day, over the last weeks."""
        first = on - _MEASURED
        keyed = [act for _, act in all_keyed(self._store, self._keys) if act.source == source and first < act.on <= on]
        person_days = {(reader(act.by), act.on) for act in keyed}
        became = {act.paper for act in keyed} & {one.keyed.paper for one in self.entered(source)}
        if not became:
            raise NotSo(f"nothing of {source} was entered since {first}; give --rate, how many papers somebody enters in a day")
        return Fraction(len(became), len(person_days))

    def arriving(self, feed: Feed) -> Fraction:
        """Papers that came on a working day between the last two counts of the same kinds; 0 where there are no two."""
        counted = declarations(self._store, feed)
        for (later, new), (earlier, old) in pairwise(counted):
            days = working_days_between(old.counted_on, new.counted_on)
            if set(new.kinds) == set(old.kinds) and days:
                gone = sum(earlier < one.position < later and one.keyed.kind in new.kinds for one in self.entered(feed.name))
                return Fraction(max(0, new.count - old.count + gone), days)
        return Fraction(0)

    def shown_sample(self, source: str) -> dict[str, Any]:
        """The last sample of a source with what its checks found, and the error rate that follows. Raises NotSo where none was drawn."""
        last = last_sample(self._store, self._keys, source)
        if last is None:
            raise NotSo(f"no sample of {source} was drawn; hervat backlog sample --size N --by NAME draws one")
        act, known = last[1], checks(self._store, self._keys, source)
        found = {number: known[number][1] for number in act.papers if number in known}
        told = [{"paper": one, "checked": one in found, "differs": [*found[one].differs] if one in found else []} for one in act.papers]
        rate = rate_of(len(found), sum(bool(one.differs) for one in found.values()))
        return {"source": source, "seed": act.seed, "on": act.on, "papers": told, "rate": rate._asdict()}


def _clock(clock: Clock | None, on: date) -> dict[str, Any] | None:
    """The clock of the law as it stands on a day."""
    return None if clock is None else clock._asdict() | {"over": (on - clock.last_day).days}


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after the first day, up to the last."""
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(is_working_day(day, on=last) for day in days)
