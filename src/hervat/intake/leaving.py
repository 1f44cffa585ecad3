"""Numbers that their sender signed as erased before it handed them over, as they come to count (`journal/gone.py`).

- What comes while the source is in quarantine waits there, as messages do, and counts from the act on that lets it through.
- What counts is missing no more, stands for itself in the hash over the feed, and ends the chains of `previous` that lead to it.
- Nothing of a message is known by it: no key is given, and whoever needs one waits on.
"""

from collections.abc import Callable, Iterable

from hervat.batch import Manifest
from hervat.intake.claims import Claims
from hervat.intake.holding import Holding
from hervat.intake.missing import Missing
from hervat.intake.preparing import message_key
from hervat.journal.gone import NumbersGone
from hervat.journal.keys import IndexKey
from hervat.journal.store import Feed, GoneNumber, Store

ReadGone = Callable[[int], NumbersGone]


class Leaving:
    """Keeps which numbers are gone, and lets the rest of the folding know."""

    def __init__(self, store: Store, feeds: Iterable[Feed], index: IndexKey, missing: Missing, claims: Claims, holding: Holding) -> None:
        known = [one for feed in feeds for one in store.gone(feed.number)]
        self._index, self._missing, self._claims, self._holding = index, missing, claims, holding
        self._inside = [one for one in known if one.since is None]
        self._fresh: dict[tuple[int, int, int], GoneNumber] = {}
        holding.gone_before((one.ident, one.since) for one in known if one.since is not None and one.ident is not None)

    def tells_news(self, feed: Feed | None, manifest: Manifest) -> bool:
        """Whether a manifest signs a number as gone that is neither here nor known to be so; `feed` is None for one never seen."""
        whole = [one.sequence for one in NumbersGone(manifest=manifest).whole]
        if feed is None or not whole:
            return bool(whole)
        inside = {one.sequence for one in self._inside if one.source == feed.number}
        return any(number not in inside and not self._missing.has_come(feed, number) for number in whole)

    def signed(self, feed: Feed, act: NumbersGone, position: int) -> None:
        """What an act at a position says of a source."""
        since = None if feed.lane else position
        told = [GoneNumber(feed.number, one.sequence, position, self._ident(feed.name, one.id), since) for one in act.whole]
        if since is None:
            self._inside += told
            self._put(told)
        else:
            self._count(feed, told, act, position)

    def released(self, feeds: Iterable[Feed], let: Callable[[int], bool], read: ReadGone, position: int) -> None:
        """What of some sources lies in quarantine and is let through, by the position of its act, counts from a position on."""
        by_number = {feed.number: feed for feed in feeds}
        leaving, staying = list[GoneNumber](), list[GoneNumber]()
        for one in self._inside:
            (leaving if one.source in by_number and let(one.at) else staying).append(one)
        self._inside = staying
        for at in sorted({one.at for one in leaving}):
            told = [one for one in leaving if one.at == at]
            for one in told:
                one.since = position
            self._count(by_number[told[0].source], told, read(at), position)

    def drain(self) -> list[GoneNumber]:
        """Those that are new or count since the last call."""
        fresh, self._fresh = list(self._fresh.values()), {}
        return fresh

    def _count(self, feed: Feed, told: list[GoneNumber], act: NumbersGone, position: int) -> None:
        digests = {one.sequence: bytes.fromhex(one.digest) for one in act.manifest.gone}
        for one in told:
            if self._missing.arrived(feed, one.sequence):
                self._claims.gone(feed.number, one.sequence, digests[one.sequence])
        self._put(told)
        self._holding.gone((one.ident for one in told if one.ident is not None), position)

    def _put(self, told: Iterable[GoneNumber]) -> None:
        self._fresh |= {(one.source, one.sequence, one.at): one for one in told}

    def _ident(self, source: str, id: str | None) -> bytes | None:
        return None if id is None else self._index.of(message_key(source, id))
