"""A life and the messages it causes, before they have a sequence and are written.

- Everything a life does goes through `Life.post`, in the order of cause and effect.
- A message has two moments. `event`: when it would be sent in a world without a cut. `entered`: when it was made in the
  world with the cut. They differ only for the courts: a decision of the blind window lay on paper until the registries'
  systems were back, and was entered day by day in no order; what could not wait went through the courts' own desk.
- An amendment is made after the message that it names, in both worlds.
- OM's own systems worked inside its walls: its messages were made in time and waited for the link.
"""

from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from hervat.rehearsal import names
from hervat.rehearsal.days import CUT, DAY, HOUR, LAST, RESTART, URGENT_FROM, day_of, iso, moment, workday
from hervat.rehearsal.feeds import GRIP, SKDB, Feed
from hervat.rehearsal.rates import SUBJECT_GIVEN, URGENT_DESK
from hervat.rehearsal.truth import Book

if TYPE_CHECKING:
    from hervat.rehearsal.courses import Course

Data = dict[str, Any]
OPENING = 6 * HOUR
CLOSING = 15 * HOUR
LAST_ENTRY = 19 * HOUR


class Stage(NamedTuple):
    """What all lives of a world share: the pile of drafts, the book of truth, the number of the last day, the ordinary cases of which the
    course is to be told, and whether whoever sent what is held is asked about it when the links are back.
    """

    drafts: "list[Draft]"
    book: Book
    until: int
    courses: "list[Course]"
    settles: bool = False


class Draft:
    """A message that has no sequence yet. `life` and `number` keep the order of cause and effect."""

    __slots__ = ("data", "entered", "event", "feed", "id", "kind", "life", "number", "subject")

    def __init__(self, life: "Life", feed: Feed, kind: str, data: Data, subject: str | None, event: int) -> None:
        self.life, self.feed, self.kind, self.data, self.subject = life, feed, kind, data, subject
        self.event = self.entered = event
        life.posted += 1
        self.number = life.posted
        self.id = f"{feed.name}-{life.key}-{life.posted}"

    @property
    def name(self) -> tuple[str, str]:
        """What others name it by."""
        return self.feed.source, self.id


class Life:
    """One life: its own stream of chance, the shared pile of drafts, the shared book of truth.

    `key` names it in ids; `index` numbers its people and cases; after the day `until` nothing is told any more;
    `known` is the moment at which the last of its people was registered.
    """

    def __init__(self, seed: int, key: str, index: int, stage: "Stage") -> None:
        self.key, self.index = key, index
        self.drafts, self.book, self.until, self.courses, self.settles = stage
        self.rng = Random(f"{seed}/{key}")
        self.posted = self.cases = self.known = 0

    def post(
        self,
        feed: Feed,
        kind: str,
        data: Data,
        day: int,
        *,
        subject: str | None = None,
        after: int = 0,
        upon: Draft | None = None,
    ) -> Draft:
        """Send a message on `day`: later than the moment `after`, and than the draft `upon` in both worlds."""
        random = self.rng.random
        event = moment(day, OPENING + int(random() * (CLOSING - OPENING)))
        if upon is not None:
            after = max(after, upon.event)
        if event <= after:
            event = after + 60
        if subject is not None and random() >= SUBJECT_GIVEN.value:
            subject = None
        draft = Draft(self, feed, kind, data, subject, event)
        if feed is GRIP and event >= moment(CUT):
            draft.entered = entered_by_court(event, self.until, self.rng)
        if upon is not None and draft.entered <= upon.entered:
            draft.entered = upon.entered + 60
        self.drafts.append(draft)
        return draft

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.rng.random() < probability

    def within(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return low + int(self.rng.random() * (high - low + 1))

    def person(self, which: int, day: int, service_number: str | None = None) -> str:
        """Register the `which`-th number of this life on `day`; answers it."""
        skn = names.skn_of(self.index, which)
        known = names.identity(self.rng, "1", service_number)
        self.book.screening.identified(skn, "1", service_number)
        self.known = self.post(SKDB, "person-registered", {"skn": skn, "identity": known}, day, subject=skn).event
        return skn

    def correct(self, wrong: Draft, data: Data, day: int) -> Draft:
        """Correct a message: `data` is the whole new data."""
        told = {"corrects": {"source": wrong.feed.source, "id": wrong.id}, "data": data}
        return self._amend("message-corrected", told, wrong, day)

    def retract(self, wrong: Draft, ground: str, day: int) -> Draft:
        """Take a message back."""
        told = {"retracts": {"source": wrong.feed.source, "id": wrong.id}, "ground": ground}
        amendment = self._amend("message-retracted", told, wrong, day)
        self.book.screening.taken_back(wrong.name, amendment.name)
        return amendment

    def _amend(self, kind: str, told: Data, wrong: Draft, day: int) -> Draft:
        amendment = self.post(wrong.feed, kind, told, workday(day), upon=wrong)
        amendment.subject = wrong.subject
        return amendment

    def merge(self, kept: str, merged: str, day: int, *, after: int = 0) -> Draft:
        """The matching authority takes two numbers for one person."""
        told = {"kept": kept, "merged": merged, "decided_on": iso(day), "ground": "same fingerprints reported"}
        self.book.merged(kept, merged)
        return self.post(SKDB, "persons-merged", told, day, subject=kept, after=after)

    def split(self, merge: Draft, day: int) -> Draft:
        """The matching authority undoes a merge."""
        named = {"source": merge.feed.source, "id": merge.id}
        told = {"undoes": named, "decided_on": iso(day), "ground": "fingerprint report withdrawn"}
        self.book.parted(merge.data["kept"], merge.data["merged"])
        return self.post(SKDB, "persons-split", told, day, subject=merge.data["kept"], upon=merge)


def entered_by_court(event: int, until: int, rng: Random) -> int:
    """When a registry entered what the court did at `event`, after the cut."""
    day = day_of(event)
    if day < RESTART:
        if day >= URGENT_FROM and rng.random() < URGENT_DESK.value:
            return moment(day + 1, 6 * HOUR + int(rng.random() * HOUR))
        return moment(RESTART + int(rng.random() * (LAST + 1 - RESTART)), int((7 + rng.random() * 11) * HOUR))
    return event + int(rng.random() * max(0, min(moment(until, LAST_ENTRY) - event, 10 * DAY)))
