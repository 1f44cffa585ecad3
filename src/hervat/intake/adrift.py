"""Held messages that are about nobody, counted as they come and go (the contract, section 3, 14): they may concern anyone.

- A held message is *adrift* where it names no person and no case, judgment, order or advice of it is known to be anybody's.
- A case is somebody's while a message in custody that is not refused or retracted registers or re-attributes it; a judgment, order
  or advice is while one that gives it names such a case. The version that counts speaks.
- A message that is adrift stands under every key whose naming would end that, so what comes into custody costs one look each.
- Who *speaks for* a key, registering the case or giving the judgment, is kept apart from the many who only name it: a case that nobody
  registered may have thousands of messages about it, and each of them is looked at once.
"""

from collections.abc import Iterable

from hervat.intake.working import WorkingSet
from hervat.journal.store import HELD, REFUSED, SOMEBODY, Feed, Row, about_of, keys_of

HOLDING = frozenset(("case-registered", "case-reattributed"))
GIVING = frozenset(("judgment-given", "penalty-order-issued", "advice-requested"))
_NAMING = HOLDING | GIVING
_LIMIT = 60_000
_Said = tuple[int, int | None, int, bytes, bytes]


class Adrift:
    """Keeps `row.adrift` and `feed.adrift` true for what a batch touched."""

    def __init__(self, working: WorkingSet, feeds: dict[int, Feed], rows: Iterable[Row]) -> None:
        """`rows` are those that are adrift already."""
        self._working = working
        self._feeds = feeds
        self._under: dict[bytes, set[int]] = {}
        self._keys_of: dict[int, set[bytes]] = {}
        # By key those that may speak for it, in one version or another, as far as that was asked; of what was amended what it said last.
        self._speakers: dict[bytes, set[int]] = {}
        self._said: dict[int, _Said] = {}
        for row in working.adopt(rows):
            self._put_under(row, self._ending(row))

    def settle(self, touched: Iterable[Row]) -> None:
        """Decide anew for what is new or changed, and for what hangs on it."""
        listed = list(touched)
        self._learn(listed)
        asked = {row.position for row in listed if row.adrift or (row.state == HELD and row.subject is None)}
        for row in listed:
            # Of one that was refused nothing is known by itself; the version that counts for it may say whose a case is.
            if row.kind in _NAMING:
                asked.update(self._hanging_on(row))
        rows = self._working.rows(sorted(asked))
        self._ask({key for row in rows for key in about_of(self._version(row).about)})
        self._ask({key for row in rows for key in self._keys_beside(row)})
        for row in rows:
            self._decide(row)
        if len(self._speakers) > _LIMIT:
            self._speakers.clear()

    def _learn(self, touched: Iterable[Row]) -> None:
        """Keep who may speak for a key that was asked about."""
        for row in touched if self._speakers else ():
            if row.kind in _NAMING:
                for key in self._spoken_for(row):
                    if key in self._speakers:
                        self._speakers[key].add(row.position)

    def _ask(self, keys: set[bytes]) -> None:
        """Read in two questions who may speak for keys."""
        unknown = keys - self._speakers.keys()
        if unknown:
            near = self._working.preload_links(unknown)
            self._speakers |= {key: set() for key in unknown}
            self._learn(near)

    def _spoken_for(self, row: Row) -> set[bytes]:
        """The keys that a message registers or gives, in any version of it."""
        if not self._working.amendments(row.ident):
            return _spoken(row, row)
        return {key for version in self._versions(row) for key in _spoken(row, version)}

    def _versions(self, row: Row) -> list[Row]:
        """The message and all that amend it, or an amendment of it: a correction may name one before it."""
        found, stack = {row.position: row}, [row]
        while stack:
            for other in self._working.rows(self._working.amendments(stack.pop().ident)):
                if other.position not in found:
                    found[other.position] = other
                    stack.append(other)
        return list(found.values())

    def _decide(self, row: Row) -> None:
        ending = self._ending(row) if row.state == HELD and self._names_nobody(row) else None
        adrift = int(ending is not None)
        if row.adrift != adrift:
            row.adrift = adrift
            self._feeds[row.source].adrift += 1 if adrift else -1
            self._working.changed(row)
        self._put_under(row, ending or set())

    def _put_under(self, row: Row, keys: set[bytes] | None) -> None:
        for key in self._keys_of.pop(row.position, ()):
            self._under[key].discard(row.position)
            if not self._under[key]:
                del self._under[key]
        if keys:
            self._keys_of[row.position] = keys
            for key in keys:
                self._under.setdefault(key, set()).add(row.position)

    def _hanging_on(self, row: Row) -> set[int]:
        """Whose being adrift may change with what a message says of a case, judgment, order or advice."""
        if not self._working.amendments(row.ident):
            spoken = set[bytes]() if row.state == REFUSED or not self._under else self._spoken_for(row)
            return {position for key in spoken for position in self._under.get(key, ())}
        version = self._version(row)
        said = (row.state, row.version, row.retracted, version.about, version.gives)
        if self._said.get(row.position) == said:
            return set()
        self._said[row.position] = said
        # What was amended may speak for other keys than before, or no longer: everything that is linked to any of them is asked.
        keys = self._spoken_for(row)
        near = [other for key in keys for other in self._linked(key)]
        further = {key for other in near if other.kind in GIVING for key in self._spoken_for(other)} - keys
        near += [other for key in further for other in self._linked(key)]
        below = {position for key in keys | further for position in self._under.get(key, ())}
        return below | {other.position for other in near if other.state == HELD and other.subject is None}

    def _names_nobody(self, row: Row) -> bool:
        # Of a correction the data speaks: its own subject is that of the message it names.
        return row.subject is None and SOMEBODY not in about_of(self._version(row).about)

    def _ending(self, row: Row) -> set[bytes] | None:
        """The keys whose naming would tell whom a message is about; None where that is known."""
        keys = {*about_of(self._version(row).about), *self._keys_beside(row)}
        return None if any(self._naming(key, HOLDING) for key in keys) else keys

    def _keys_beside(self, row: Row) -> set[bytes]:
        """The keys of the cases in which the judgments, orders and advice of a message were given."""
        about = about_of(self._version(row).about)
        return {beside for key in about for giver in self._naming(key, GIVING) for beside in about_of(self._version(giver).about)}

    def _naming(self, key: bytes, kinds: frozenset[str]) -> list[Row]:
        """The messages of some kinds that speak for a key, in the version that counts."""
        self._ask({key})
        speaking = self._working.rows(sorted(self._speakers[key]))
        return [
            row
            for row in speaking
            if row.kind in kinds and row.state != REFUSED and not row.retracted and key in _spoken(row, self._version(row))
        ]

    def _linked(self, key: bytes) -> list[Row]:
        return self._working.rows(self._working.links(key))

    def _version(self, row: Row) -> Row:
        return row if row.version is None else self._working.row(row.version)


def _spoken(row: Row, version: Row) -> set[bytes]:
    """The keys that a message registers or gives in a version of it."""
    about = set(about_of(version.about))
    return about if row.kind in HOLDING else about & set(keys_of(version.gives))
