"""The course of ordinary cases: custody, hearings, files, advice, supervision and victims, told beside the lives whose cases they are.

- Told when all lives are, each case by a stream of chance of its own: the outcomes of the world do not hang on it.
- The prison knows what it is told. A prolongation that a court decided on paper while the links were cut is not known there: some are
  released on the day of the old title, and most are not, for somebody calls. Where there is none, some are kept to be sure.
- The files of OM are released on paper first: digitally nothing passes before 9 September.
- A title runs as many days as is drawn; that is no term of the law.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

from hervat.rehearsal.days import CUT, FILES, LAST, RESTART, day_of, iso, moment, on, workday, workday_before
from hervat.rehearsal.feeds import GPS, GRIP, IRIS, SLACH, TULP, Feed
from hervat.rehearsal.held import Custody
from hervat.rehearsal.life import Data, Draft, Life
from hervat.rehearsal.rates import (
    ADVICE_ASKED,
    ADVICE_DELIVERED,
    FILE_RELEASED,
    HEARING_SCHEDULED,
    IN_CUSTODY,
    KEPT_BLIND,
    NO_TITLE_TOLD,
    PROLONGED,
    RELEASED_BLIND,
    SUPERVISED,
    VICTIM_INFORMED,
)

if TYPE_CHECKING:
    from hervat.rehearsal.casefile import CaseFile, Judgment

TO_THE_BAR: Final = "advocatuur"
TO_THE_COURT: Final = "rechtbank"
_SHORTEST, _LONGEST = 10, 45


class Course(NamedTuple):
    """An ordinary case: its file, the days on which it began and was decided, its judgment, and the message that made that final."""

    case: "CaseFile"
    begun: int
    decided: int
    judgment: "Judgment | None" = None
    final: Draft | None = None


def told(life: Life, course: Course) -> None:
    """Tell the course of a case."""
    _Telling(life, course).all()


class _Telling:
    def __init__(self, life: Life, course: Course) -> None:
        self.life, self.course = life, course
        self.case, self.begun, self.decided = course.case, course.begun, course.decided
        self.pn, self.skn = course.case.pn, course.case.skn

    def all(self) -> None:
        life = self.life
        if life.chance(IN_CUSTODY.value):
            self._custody()
        if life.chance(FILE_RELEASED.value):
            self._file()
        if self.course.judgment is not None:
            self._to_court()

    def _to_court(self) -> None:
        life = self.life
        if life.chance(HEARING_SCHEDULED.value):
            data = {"court": self._court(), "on": iso(workday(self.decided))}
            self._tell(GRIP, "hearing-scheduled", data, self._between(self.begun + 1, self.decided))
        if life.chance(ADVICE_ASKED.value):
            self._advice()
        if life.chance(VICTIM_INFORMED.value):
            day = workday(self.decided + life.within(1, 7))
            self._tell(SLACH, "victim-informed", {"about": "the judgment", "informed_on": iso(day)}, day)
        final = self.course.final
        if final is not None and self._judgment().to_serve is not None and life.chance(SUPERVISED.value):
            self._supervision(final)

    def _judgment(self) -> "Judgment":
        if self.course.judgment is None:
            raise LookupError(f"case {self.pn} was not judged")
        return self.course.judgment

    def _court(self) -> str:
        return str(self._judgment().sent.data["court"])

    def _between(self, first: int, last: int) -> int:
        return workday_before(max(self.begun, self.life.within(first, max(first, last))))

    def _tell(self, feed: Feed, kind: str, data: Data, day: int, after: int = 0, *, names: bool = True) -> Draft | None:
        """Send a message of this case, unless the world has ended by then."""
        if day > self.life.until:
            return None
        named = {"pn": self.pn} | data if names else data
        draft = self.life.post(feed, kind, named, day, subject=self.skn, after=max(after, self.case.registered.event))
        self.life.book.courses.told.setdefault(self.pn, set()).add(draft.name)
        return draft

    # Files, advice, supervision.

    def _file(self) -> None:
        to = TO_THE_BAR if self.life.chance(0.5) else TO_THE_COURT
        day = self._between(self.begun + 1, self.decided)
        sent = self._tell(GPS, "file-released", {"to": to, "released_on": iso(day)}, day)
        if sent is not None and CUT <= day_of(sent.event) < FILES:
            sent.entered = moment(FILES, 0) + self.life.within(0, (LAST - FILES) * 86_400)

    def _advice(self) -> None:
        life, number = self.life, f"adv-{self.life.key}"
        day = self._between(self.begun + 1, self.begun + 10)
        asked = {"advice": number, "about": "risk and sentence", "due_on": iso(workday(day + 28))}
        sent = self._tell(GRIP if life.chance(0.4) else GPS, "advice-requested", asked, day)
        if sent is not None and life.chance(ADVICE_DELIVERED.value):
            delivered = workday(day + life.within(7, 28))
            self._tell(IRIS, "advice-delivered", {"advice": number, "delivered_on": iso(delivered)}, delivered, sent.event, names=False)

    def _supervision(self, final: Draft) -> None:
        day = workday(day_of(final.event) + self.life.within(1, 10))
        data = {"judgment": self._judgment().number, "sentence": "1", "from": iso(day), "until": iso(day + 730)}
        self._tell(IRIS, "supervision-started", data, day, final.event, names=False)

    # Custody.

    def _custody(self) -> None:
        life, began = self.life, self.begun
        until = began + life.within(_SHORTEST, _LONGEST)
        custody = Custody(self.skn, on(began))
        data: Data = {"skn": self.skn, "from": iso(began)}
        if not life.chance(NO_TITLE_TOLD.value):
            custody.titles[on(began)] = on(until)
            data["release_due"] = iso(until)
        sent = self._tell(TULP, "custody-started", data, began)
        if sent is None:
            return
        life.book.courses.custodies[self.pn] = custody
        self._released(custody, *self._prolonged(custody, began, until), sent.event)

    def _prolonged(self, custody: Custody, began: int, until: int) -> tuple[int, int]:
        """The day that the last title gives, and the day that the prison knows of."""
        life, known = self.life, until
        while life.chance(PROLONGED.value):
            decided = workday_before(until - life.within(1, 4))
            if not began < decided <= life.until or on(decided) in custody.titles:
                break
            longer = until + life.within(_SHORTEST, _LONGEST)
            sent = self._tell(GRIP, "custody-prolonged", {"decided_on": iso(decided), "release_due": iso(longer)}, decided)
            if sent is None:
                break
            custody.titles[on(decided)] = on(longer)
            is_blind = CUT <= decided < RESTART and life.chance(RELEASED_BLIND.value)
            until = longer
            if is_blind:
                break
            known = longer
        return until, known

    def _released(self, custody: Custody, until: int, known: int, after: int) -> None:
        """The release: on the day that the prison knows of; where that is the last title, and the links are cut, some are kept."""
        day = known
        if known == until and CUT <= until < RESTART and self.life.chance(KEPT_BLIND.value):
            day += self.life.within(1, 6)
        if self._tell(TULP, "custody-ended", {"released_on": iso(day)}, day, after) is not None:
            custody.released = on(day)
