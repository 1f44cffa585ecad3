"""The numbers of a source that are missing, kept as ranges while messages come: how far a source is whole is then known at once."""

from bisect import bisect_right, insort

from hervat.journal.store import Feed, Store


class Missing:
    """Keeps `feed.highest`, `feed.through` and the ranges below."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # By source: where each range begins, in order; and where it ends.
        self._firsts: dict[int, list[int]] = {}
        self._lasts: dict[int, dict[int, int]] = {}
        self._changes: dict[tuple[int, int], int | None] = {}

    def arrived(self, feed: Feed, sequence: int) -> bool:
        """A number has come; False where it had before, or counts as gone."""
        firsts, lasts = self._ranges(feed.number)
        if sequence > feed.highest:
            self._put(feed.number, feed.highest + 1, sequence - 1)
            feed.highest = sequence
        else:
            first = self._around(feed.number, sequence)
            if first is None:
                return False
            last = lasts[first]
            self._drop(feed.number, first)
            self._put(feed.number, first, sequence - 1)
            self._put(feed.number, sequence + 1, last)
        feed.through = firsts[0] - 1 if firsts else feed.highest
        return True

    def has_come(self, feed: Feed, sequence: int) -> bool:
        """Whether a number is in custody, in what was written or since."""
        return sequence <= feed.highest and self._around(feed.number, sequence) is None

    def _around(self, source: int, sequence: int) -> int | None:
        """Where the range begins in which a number is missing; None where it is not."""
        firsts, lasts = self._ranges(source)
        at = bisect_right(firsts, sequence) - 1
        return None if at < 0 or sequence > lasts[firsts[at]] else firsts[at]

    def drain(self) -> dict[tuple[int, int], int | None]:
        """The ranges that changed since the last call, by source and first number: their last number, None where there is none now."""
        changes, self._changes = self._changes, {}
        return changes

    def _ranges(self, source: int) -> tuple[list[int], dict[int, int]]:
        if source not in self._firsts:
            found = self._store.missing(source)
            self._firsts[source], self._lasts[source] = [first for first, _ in found], dict(found)
        return self._firsts[source], self._lasts[source]

    def _put(self, source: int, first: int, last: int) -> None:
        if first <= last:
            insort(self._firsts[source], first)
            self._lasts[source][first] = self._changes[source, first] = last

    def _drop(self, source: int, first: int) -> None:
        firsts = self._firsts[source]
        del firsts[bisect_right(firsts, first) - 1], self._lasts[source][first]
        self._changes[source, first] = None
