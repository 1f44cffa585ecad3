"""From drafts to messages: each feed gets its sequence, its own declarations, and the bytes that never change again.

- The sequence of a feed follows the world with the cut: a message is numbered when it was made.
- A watermark claims what is so: everything up to its own sequence, complete until the earliest thing that happened and is
  not yet a message. Its hash is SHA-256 over the SHA-256 digests of the RFC 8785 bytes of all messages before it.
- The courts count their stock every Monday: what was decided and is not yet entered, and since when. OM counts its own once, when its link
  is there again: that nothing lies there must be said as well.
- Nearly all messages are written in canonical form, as our texts need no escape and our numbers are whole; some plainly.
"""

import base64
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Final, NamedTuple

import msgspec

from hervat.rehearsal.casefile import DATED_BY_MESSAGE
from hervat.rehearsal.days import CUT, HOUR, RESTART, day_of, iso, legal_day, moment, written, written_locally
from hervat.rehearsal.feeds import FEEDS, GPS, GRIP, TULP, Feed
from hervat.rehearsal.life import Data, Draft, Life, Stage
from hervat.rehearsal.rates import CLOCK_BEHIND, PLAINLY_WRITTEN, PREVIOUS_GIVEN, SALTED

COUNTED: Final = 20 * HOUR
CLAIMED: Final = 21 * HOUR
MORNING: Final = 6 * HOUR
# What the courts decide on paper while the registries' systems are closed; always declared together, the latest count stands.
ON_PAPER: Final = (
    "advice-requested",
    "appeal-lodged",
    "appeal-withdrawn",
    "conditional-sentence-enforced",
    "custody-prolonged",
    "hearing-scheduled",
    "judgment-annulled",
    "judgment-final",
    "judgment-given",
)
# Of OM's decisions none lies on paper: its systems went on behind the closed link.
DECIDED_BY_OM: Final = ("case-dismissed", "case-registered", "penalty-order-issued", "summons-issued")
_CANONICAL: Final = msgspec.json.Encoder(order="sorted")


class Sent(NamedTuple):
    """A message. `event_at`: when it is sent in the world without a cut; `entered_at`: when it was made in the world with
    the cut, which is its `time` (but for a clock that ran behind); `raw`: its bytes, one line of JSON."""

    source: str
    sequence: int
    id: str
    kind: str
    event_at: datetime
    entered_at: datetime
    raw: bytes


def sealed(seed: int, stage: Stage, *, om_counts: bool = True) -> list[Sent]:
    """All messages of a world, in the order in which they are sent where there was no cut."""
    home = Life(seed, "feeds", 0, stage)
    closing = max(moment(stage.until, COUNTED), 60 + max(draft.entered for draft in stage.drafts))
    _declare_stock(home, closing, om_counts)
    by_feed: dict[str, list[Draft]] = {feed.name: [] for feed in FEEDS}
    for draft in stage.drafts:
        by_feed[draft.feed.name].append(draft)
    pairs: list[tuple[int, int, Sent]] = []
    for feed in FEEDS:
        drafts = by_feed[feed.name] + _watermarks(home, feed, by_feed[feed.name], closing + HOUR)
        drafts.sort(key=lambda draft: (draft.entered, draft.id))
        for draft, sent in zip(drafts, _numbered(seed, feed, drafts), strict=True):
            pairs.append((draft.event, len(pairs), sent))
    pairs.sort()
    return [sent for _, _, sent in pairs]


def _at(home: Life, feed: Feed, kind: str, data: Data, at: int) -> Draft:
    draft = Draft(home, feed, kind, data, None, at)
    draft.entered = at
    return draft


def _declare_stock(home: Life, closing: int, om_counts: bool) -> None:
    """The courts declare what lies on paper, every Monday of the cut and at its end; OM, where it counts, when its link is there again."""
    days = range(CUT + 3, day_of(closing) + 1, 7)
    _declare(home, GRIP, ON_PAPER, [*(moment(day, COUNTED) for day in days), closing])
    if om_counts:
        _declare(home, GPS, DECIDED_BY_OM, [moment(RESTART, MORNING)])


def _declare(home: Life, feed: Feed, kinds: tuple[str, ...], moments: list[int]) -> None:
    paper = [draft for draft in home.drafts if draft.feed is feed and draft.kind in kinds and draft.entered > draft.event]
    for at in moments:
        waiting = [draft for draft in paper if draft.event <= at < draft.entered]
        data: Data = {"kinds": list(kinds)}
        data |= {"from": iso(CUT), "until": iso(day_of(at)), "count": len(waiting), "counted_on": iso(day_of(at))}
        if waiting:
            data["oldest_on"] = legal_day(min(draft.event for draft in waiting)).isoformat()
        home.drafts.append(_at(home, feed, "stock-declared", data, at))


def _watermarks(home: Life, feed: Feed, drafts: list[Draft], closing: int) -> list[Draft]:
    """The claims of one feed, where it has something new to claim. Sequence and hash are filled in when it is numbered."""
    entered = sorted((draft.entered, draft.event) for draft in drafts)
    earliest_open = [closing] * (len(entered) + 1)
    for place in range(len(entered) - 1, -1, -1):
        earliest_open[place] = min(earliest_open[place + 1], entered[place][1])
    marks: list[Draft] = []
    claimed = 0
    ends = [moment(day, CLAIMED) for day in range(-1, day_of(closing), feed.watermark_every)]
    for at in (*ends, closing):
        made = bisect_right(entered, (at, closing))
        if made > claimed or at == closing:
            until = min(at, earliest_open[made] - 1)
            marks.append(_at(home, feed, "watermark", {"complete_until": written(until)}, at))
            claimed = made
    return marks


def _numbered(seed: int, feed: Feed, drafts: list[Draft]) -> Iterator[Sent]:
    """The messages of one feed, by sequence."""
    rng = Random(f"{seed}/feed/{feed.name}")
    everything = hashlib.sha256()
    last_about: dict[str, str] = {}
    for sequence, draft in enumerate(drafts, 1):
        if draft.kind == "watermark":
            before = sequence - 1
            draft.data |= {"through_sequence": before, "count": before, "set_hash": everything.copy().hexdigest()}
        envelope = _envelope(draft, sequence, rng)
        if draft.subject is not None:
            if draft.subject in last_about and rng.random() < PREVIOUS_GIVEN.value:
                envelope["previous"] = last_about[draft.subject]
            last_about[draft.subject] = draft.id
        raw = _CANONICAL.encode(envelope)
        everything.update(hashlib.sha256(raw).digest())
        if rng.random() < PLAINLY_WRITTEN.value:
            raw = json.dumps(envelope).encode()
        event, entered = (datetime.fromtimestamp(at, UTC) for at in (draft.event, draft.entered))
        yield Sent(feed.source, sequence, draft.id, draft.kind, event, entered, raw)


def _envelope(draft: Draft, sequence: int, rng: Random) -> Data:
    at = draft.entered
    if draft.kind not in DATED_BY_MESSAGE and rng.random() < CLOCK_BEHIND.value:
        at -= rng.randint(1, 600)
    envelope: Data = {
        "specversion": "1.0",
        "id": draft.id,
        "source": draft.feed.source,
        "type": f"nl.hervat.{draft.kind}.v1",
        "time": written_locally(at) if draft.feed in (GPS, TULP) else written(at),
        "sequence": str(sequence),
        "sequencetype": "Integer",
        "datacontenttype": "application/json",
        "data": draft.data,
    }
    if draft.subject is not None:
        envelope["subject"] = draft.subject
    if draft.kind == "person-registered" and rng.random() < SALTED.value:
        envelope["salt"] = base64.b64encode(rng.randbytes(16)).decode()
    return envelope
