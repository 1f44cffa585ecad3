"""A whole world from a seed: its messages, its truth, and the human thread through it.

- The same seed, scale and days give the same bytes, whatever the network does with them: `network.py` delivers the same
  messages in a world with and without a cut. `time` and `sequence` are those of the world with the cut, in which the
  courts' decisions were entered late; the world without a cut delivers these very bytes, in the order of the events.
- `scale` 1 is national: 200,000 to 250,000 messages with some 50,000 outcomes in 70 days, and what went before them.
  The certificates are told at their full volume (`rates.CERTIFICATES_TOLD`) and sent only in part.
- One life in so many is a hard story, dealt in turn, so that each is in any world of that many lives.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Final

from hervat.errors import Usage
from hervat.rehearsal import corrections, courses, identities, names, rates, reported, thread, trials, unending, workers
from hervat.rehearsal.days import CUT, CUT_ON, SHORTEST, moment
from hervat.rehearsal.elsewhere import asked_for_hearing, asks_for_certificate, known_asks_for_certificate
from hervat.rehearsal.enrolments import is_screened, starts_to_be_screened
from hervat.rehearsal.life import Life, Stage
from hervat.rehearsal.lives import ordinary
from hervat.rehearsal.sealing import Sent, sealed
from hervat.rehearsal.truth import Book

HARD_STORIES: Final = (*identities.STORIES, *corrections.STORIES, *trials.STORIES, *unending.STORIES, *workers.STORIES, *reported.STORIES)
AMENDMENTS: Final = (
    "message-corrected", "message-retracted", "persons-merged", "persons-split", "case-reattributed", "charges-amended",
    "cases-joined",
)  # fmt: skip
OUTCOMES: Final = ("case-dismissed", "penalty-order-issued", "judgment-given")


class World:
    """One world.

    `messages`: every message, in the order in which it is sent where there was no cut.
    `truth`: by prosecution number and charge, what must be shown when everything has arrived; charges of cases that
    are never applied are not in it.
    `never_applied` and `refused`: by source and id, what stays held or is refused, and why; `settled`: what was held until it was asked
    about. `pairs`: every enrolment with every message that changed the documentation of its person; `enrolments` the number of an
    enrolment, by the message that gave it.
    `about`: by source and id of a message that changed a documentation, the case that it speaks of and the charges, none for all.
    `persons`: the number of the person of every SKN that was ever registered; `died`: by SKN, as told.
    `custodies`: who was held in which case, and until when. `courses`: the messages that tell of the course of each case, besides its
    outcome; `apart`: the releases that were not on the day of the last title; both but for `hidden_cases`, which are hidden whole.
    `thread`: the human thread, in order.
    """

    def __init__(
        self,
        seed: int,
        scale: float = 1.0,
        days: int = SHORTEST,
        screened: float = rates.STANDING.value,
        *,
        om_counts: bool = True,
        settles: bool = False,
    ) -> None:
        """`screened`: how many are screened since long of whom the register knows nothing, at national scale. `om_counts`: whether OM
        says among its messages that nothing lies on paper there. `settles`: whether in the week after the last day whoever sent what is
        held by then is asked about it, and takes it back, puts it right or sends what it waits for.

        Raises Usage for fewer than 70 days, a scale that is not above 0, or more than the numbers reach for.
        """
        if days < SHORTEST:
            raise Usage(f"a world of {days} days ends before the links are back; give {SHORTEST} or more.")
        if not 0 < scale <= LARGEST_SCALE:
            raise Usage(f"a world of scale {scale} cannot be made; give a scale above 0 and up to {LARGEST_SCALE}.")
        if not 0 <= screened * scale <= MOST_SCREENED:
            raise Usage(f"a world with {screened * scale:,.0f} people screened cannot be made; the numbers reach for {MOST_SCREENED:,}.")
        self.seed, self.scale, self.days, self.screened, self.settles = seed, scale, days, round(screened * scale), settles
        stage = Stage([], Book(), days - 1, [], settles)
        self.thread = thread.told(Life(seed, thread.KEY, 0, stage))
        self._live(stage)
        self.persons = _persons(stage)
        self.messages: list[Sent] = sealed(seed, stage, om_counts=om_counts)
        self.truth = stage.book.told()
        self.never_applied = stage.book.never_applied
        self.settled = stage.book.settled
        self.refused = stage.book.refused
        self.died = stage.book.died
        self.hidden_cases = stage.book.hidden_cases()
        self.custodies = stage.book.courses.custodies
        self.courses = stage.book.courses.shown(self.hidden_cases)
        self.apart = stage.book.courses.apart(self.hidden_cases)
        self.pairs = stage.book.pairs()
        self.enrolments = stage.book.screening.given()
        self.about = stage.book.screening.about()

    def _live(self, stage: Stage) -> None:
        """Tell all lives: those in the register, and those whom others tell or ask about."""
        size = self.scale * self.days / SHORTEST
        cycle = int(rates.HARD_STORIES_EVERY.value)
        for index in range(max(1, round(rates.LIVES_IN_70_DAYS.value * size))):
            turn = (index + self.seed * 37) % cycle
            story: Callable[[Life], object] = HARD_STORIES[turn] if turn < len(HARD_STORIES) else ordinary
            story(Life(self.seed, str(index), index, stage))
        for index, course in enumerate(stage.courses):
            courses.told(Life(self.seed, f"p{course.case.life.key}.{course.case.which}", index, stage), course)
        for index in range(round(rates.CERTIFICATES_SENT.value * size)):
            asks_for_certificate(Life(self.seed, f"c{index}", index, stage))
        for index in range(round(rates.ENROLMENTS.value * size)):
            starts_to_be_screened(Life(self.seed, f"e{index}", index, stage))
        for index, number in zip(range(self.screened), names.strangers(), strict=False):
            is_screened(Life(self.seed, f"s{index}", index, stage), number)
        numbers = sorted({str(bsn) for sets in stage.book.screening.numbers.values() for bsn in sets.values() if bsn is not None})
        for index, number in enumerate(numbers):
            known_asks_for_certificate(Life(self.seed, f"k{index}", index, stage), number)
        for index, sent in enumerate([one for one in stage.drafts if one.kind == "summons-issued" and one.subject is not None]):
            hearing = (date.fromisoformat(sent.data["hearing_on"]) - CUT_ON).days
            asked_for_hearing(Life(self.seed, f"x{index}", index, stage), str(sent.subject), hearing)
        workers.canary(Life(self.seed, "canary", OF_THE_CANARY, stage))

    def describe(self) -> dict[str, object]:
        """Messages per source and kind, what they come to, and the volumes told beside those sent since the cut."""
        by_source: dict[str, Counter[str]] = {}
        since_cut = Counter[str]()
        begun = moment(CUT)
        for sent in self.messages:
            by_source.setdefault(sent.source, Counter())[sent.kind] += 1
            since_cut[sent.kind] += sent.event_at.timestamp() >= begun
        kinds = sum(by_source.values(), Counter[str]())
        return {
            "seed": self.seed,
            "scale": self.scale,
            "days": self.days,
            "messages": len(self.messages),
            "sources": {source: dict(sorted(counted.items())) for source, counted in sorted(by_source.items())},
            "kinds": dict(sorted(kinds.items())),
            "outcomes": sum(kinds[kind] for kind in OUTCOMES),
            "amendments": sum(kinds[kind] for kind in AMENDMENTS),
            "persons": len(set(self.persons.values())),
            "enrolments": len(set(self.enrolments.values())),
            "screened_nationally": rates.SCREENED._asdict(),
            "charges": len(self.truth),
            "never_applied": len(self.never_applied),
            "settled": len(self.settled),
            "refused": len(self.refused),
            "volumes": [
                {
                    "kind": volume.kind,
                    "told": round(volume.in_70_days * self.scale * self.days / SHORTEST),
                    "sent_since_the_cut": since_cut[volume.kind],
                    "provenance": volume.told.provenance,
                }
                for volume in rates.VOLUMES
            ],
        }


# Beyond the lives of the largest world that anybody makes; its case is of 2001.
OF_THE_CANARY: Final = 2_499_999
MOST_SCREENED: Final = 800_000
LARGEST_SCALE: Final = names.LIVES / rates.LIVES_IN_70_DAYS.value / 10


def _persons(stage: Stage) -> dict[str, str]:
    registered = (draft.data["skn"] for draft in stage.drafts if draft.kind == "person-registered")
    return {skn: stage.book.person(skn) for skn in registered}
