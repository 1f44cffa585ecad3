"""What was erased by its sender before it was handed over: the act that keeps what the sender signed of it, and the digests in it.

- The owner of a source signs in a manifest which numbers are gone. The act keeps that manifest whole: anybody sees later who said so.
- Such a number is missing no more, and its digest stands for it in the hash over a feed. What comes under it all the same is taken, and
  then that is what is here.
- Only what is signed as `whole` counts: nothing is left of it, and it amended nothing. What was erased in part says something still; an
  erased retraction or correction goes on taking away what others may have in full: such a number stays missing, and so does one of which
  that is not said.
"""

from collections.abc import Callable, Iterable

import msgspec
from msgspec import Struct

from hervat.batch import Gone, Manifest
from hervat.journal.acts import acts_at
from hervat.journal.keys import NodeKeys
from hervat.journal.store import GoneNumber, Store

NUMBERS_GONE = "numbers-gone"


class NumbersGone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=NUMBERS_GONE):
    """That the owner of a source signed some of its numbers as erased before they were handed over."""

    manifest: Manifest

    @property
    def whole(self) -> tuple[Gone, ...]:
        """Those of which nothing is left and which amended nothing."""
        return tuple(one for one in self.manifest.gone if one.whole)


read_gone: Callable[[bytes], NumbersGone] = msgspec.json.Decoder(NumbersGone).decode


def counting(gone: Iterable[GoneNumber], last: int) -> dict[int, GoneNumber]:
    """By number those that count at a position: of several for one number the first that did."""
    found: dict[int, GoneNumber] = {}
    for one in gone:
        known = found.get(one.sequence)
        if one.since is not None and one.since <= last and (known is None or (one.since, one.at) < (known.since or 0, known.at)):
            found[one.sequence] = one
    return found


def digests_gone(
    store: Store, journal: Store, keys: NodeKeys, source: int, numbers: Iterable[int], last: int | None = None
) -> dict[int, bytes]:
    """The digests of those of some numbers of a source that count as gone, now or at a position, as they were signed."""
    wanted, at = set(numbers), journal.head().size if last is None else last
    found = {number: one for number, one in counting(store.gone(source), at).items() if number in wanted}
    acts = dict(acts_at(journal, keys, sorted({one.at for one in found.values()}), read_gone, "act about numbers that are gone"))
    signed = {at: {one.sequence: one.digest for one in act.manifest.gone} for at, act in acts.items()}
    return {number: bytes.fromhex(signed[one.at][number]) for number, one in found.items()}


def never_came(store: Store, source: int, last: int) -> list[int]:
    """The numbers of a source that count as gone at a position and that have not come by then, in order."""
    gone = counting(store.gone(source), last)
    came = store.rows_by_sequence((source, number) for number in gone) if gone else {}
    return sorted(number for number in gone if came.get((source, number), last + 1) > last)


def came_later(store: Store, source: int, last: int) -> list[int]:
    """Those of them that came since."""
    numbers = never_came(store, source, last)
    return sorted(number for _, number in store.rows_by_sequence((source, number) for number in numbers)) if numbers else []


def in_ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers in order as ranges, both ends included."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
