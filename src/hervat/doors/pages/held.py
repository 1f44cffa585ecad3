"""What is held: who must give what, the largest blocks, and the messages themselves.

- Counting reads rows alone and opens no message, so that it stays quick with a hundred thousand of them.
- A message counts once, under one key that it lacks: the message at which its chain breaks off, the ceiling of its source or the
  quarantine it lies in, or the key that would make it worth looking again. Only the largest blocks are named, each by opening one message.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hervat.assemble import Node
from hervat.clock import parse_rfc3339
from hervat.doors.pages.givers import Givers
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short
from hervat.journal.entry import read_meta
from hervat.journal.store import Row
from hervat.register.waiting import Waiting

PAGE = 100
REASONS = ("needs", "gap", "ceiling", "quarantine")
_OWN = ("ceiling", "quarantine")
"""Those that are decided here, for a source."""
_NAMED = 2000
_SHOWN = 20
_AT_ONCE = 2000


@dataclass(slots=True)
class Block:
    """Messages that wait for the same: how many, how many of them were applied before, and the oldest of them."""

    oldest: Row
    count: int = 0
    lost: int = 0
    key: str = ""


@dataclass(slots=True)
class Survey:
    """Everything that is held, counted."""

    count: int = 0
    lost: int = 0
    by_reason: Counter[tuple[str, str]] = field(default_factory=Counter)
    blocks: list[Block] = field(default_factory=list)


def reason_of(row: Row) -> str:
    """The first reason that holds, as `hervat held` says it."""
    if row.admitted_at is None:
        return "quarantine" if row.quarantined else "ceiling"
    return "needs" if row.complete else "gap"


def survey(node: Node) -> Survey:
    """Count everything that is held; the largest blocks come first, with the names of their keys."""
    names = {feed.number: feed.name for feed in node.store.feeds()}
    found, blocks = Survey(), dict[tuple[str, bytes], Block]()
    for row in _rows(node, 0):
        reason, lost = reason_of(row), row.applied_at is not None
        block = blocks.setdefault((reason, _waits_for(reason, row)), Block(row))
        block.count += 1
        block.lost += lost
        found.count += 1
        found.lost += lost
        found.by_reason[reason, names[row.source]] += 1
    found.blocks = _named(node, sorted(blocks.values(), key=_largest))
    return found


def _rows(node: Node, after: int) -> Iterator[Row]:
    while rows := node.store.held(after, _AT_ONCE):
        yield from rows
        after = rows[-1].position


def _waits_for(reason: str, row: Row) -> bytes:
    if reason in _OWN:
        return str(row.source).encode()
    broken_at = (row.blocked_by or row.previous) if reason == "gap" else None
    return broken_at or row.waits_on or row.ident


def _named(node: Node, blocks: list[Block]) -> list[Block]:
    """Name the largest blocks by their oldest message; those that turn out to wait for the same become one."""
    told = Waiting(node.store, node.store, node.keys).tell([block.oldest for block in blocks[:_NAMED]])
    by_key: dict[str, Block] = {}
    for block, one in zip(blocks, told, strict=False):
        block.key = _key(node, block.oldest, keys_of(one))
        known = by_key.setdefault(block.key, block)
        if known is not block:
            known.count += block.count
            known.lost += block.lost
            known.oldest = min(known.oldest, block.oldest, key=lambda row: row.position)
    return [*sorted(by_key.values(), key=_largest), *blocks[_NAMED:]]


def _largest(block: Block) -> tuple[int, int]:
    return -block.count, block.oldest.position


def _key(node: Node, row: Row, needs: list[str]) -> str:
    return next((need for need in needs if node.keys.index_of(need) == row.waits_on), next(iter(needs), ""))


def overview(node: Node, found: Survey, words: Wording) -> dict[str, Any]:
    """The survey as the page shows it: by giver, and the largest blocks."""
    groups: dict[tuple[str, str], list[Block]] = {}
    givers = Givers(node)
    for block in found.blocks:
        sort = block.key.partition(":")[0]
        groups.setdefault((_giver(block.key, words, givers), sort), []).append(block)
    rest = groups.pop(("", ""), [])
    blocks = [block for block in found.blocks if block.key]
    oldest = {id(group): min(block.oldest.position for block in group) for group in groups.values()}
    times = _Times(node, {*oldest.values(), *(block.oldest.position for block in blocks[:_SHOWN])}, words)
    return {
        "count": found.count,
        "lost": found.lost,
        "groups": [
            {"giver": giver, "what": words.term("keys", sort), "keys": len(group)} | _sums(group) | times.of(oldest[id(group)])
            for (giver, sort), group in sorted(groups.items(), key=lambda item: -sum(block.count for block in item[1]))
        ],
        "rest": _sums(rest) | {"keys": len(rest)} if rest else None,
        "blocks": [
            told_key(block.key, words, givers) | _sums([block]) | times.of(block.oldest.position) for block in blocks[:_SHOWN]
        ],
        "all_blocks": len(found.blocks),
    }


def _sums(blocks: list[Block]) -> dict[str, int]:
    return {"count": sum(block.count for block in blocks), "lost": sum(block.lost for block in blocks)}


def told_key(key: str, words: Wording, givers: Givers) -> dict[str, str]:
    """A key in words: what sort of thing, which one, and from whom."""
    sort, _, rest = key.partition(":")
    named = short(rest) if sort in (*_OWN, "message", "merge") else rest
    lift = rest if sort == "ceiling" else ""
    return {"sort": words.term("keys", sort), "name": named, "giver": _giver(key, words, givers), "lift": lift}


def _giver(key: str, words: Wording, givers: Givers) -> str:
    """Who lifts what is waited for; nothing where no key is named."""
    if key.partition(":")[0] in _OWN:
        return words("held.own")
    return givers.of(key) or (words("held.nobody") if key else "")


class _Times:
    """Since when entries lie here, and how long that was at the moment of the last one."""

    def __init__(self, node: Node, positions: set[int], words: Wording) -> None:
        self._words = words
        entries = node.store.entries_at(positions)
        self._since = {position: read_meta(entry).received_at for position, entry in entries.items()}
        self._now = node.store.head().received_at

    def of(self, position: int) -> dict[str, Any]:
        return _aged(position, self._since[position], self._now, self._words)


def _aged(position: int, since: str, now: str, words: Wording) -> dict[str, Any]:
    age = parse_rfc3339(now) - parse_rfc3339(since)
    return {"position": position, "since": since, "age": words.age(age)}


def page_of(node: Node, words: Wording, *, reason: str | None, source: str | None, after: int) -> dict[str, Any]:
    """One page of held messages above a position, of one reason and one source where those are given."""
    names = {feed.number: feed.name for feed in node.store.feeds()}
    rows: list[Row] = []
    for row in _rows(node, after):
        if reason in (None, reason_of(row)) and source in (None, names[row.source]):
            rows.append(row)
        if len(rows) > PAGE:
            break
    now, givers = node.store.head().received_at, Givers(node)
    shown = [
        one
        | {"system": short(one["source"]), "waits": [told_key(key, words, givers) for key in keys_of(one)]}
        | _aged(one["position"], one["since"], now, words)
        for one in Waiting(node.store, node.store, node.keys).tell(rows[:PAGE])
    ]
    return {"shown": shown, "next": rows[PAGE - 1].position if len(rows) > PAGE else None}


def keys_of(told: dict[str, Any]) -> list[str]:
    """What a held message waits for; above a ceiling, or in quarantine, that itself."""
    needs: list[str] = told["needs"]
    return [f"{told['reason']}:{told['source']}"] if told["reason"] in _OWN else needs
