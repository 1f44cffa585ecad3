"""Ordinary lives: a person, one to three cases, each ending in the way most cases do.

- A life is planned backwards from the day of its outcome, so that the outcomes of the window come out at the volumes
  told, and its beginnings fall before the cut as often as they must.
- The mix of outcomes follows from the yearly volumes in `rates.py`.
- Nothing is told after the last day: what would come later has not happened yet.
"""

from collections.abc import Callable
from itertools import accumulate
from typing import Final

from hervat.rehearsal import names
from hervat.rehearsal.casefile import CaseFile, Judgment
from hervat.rehearsal.courses import Course
from hervat.rehearsal.days import iso, on, workday, workday_before
from hervat.rehearsal.elsewhere import elsewhere
from hervat.rehearsal.enrolments import works
from hervat.rehearsal.feeds import EXECUTE, GPS, SKDB
from hervat.rehearsal.life import Draft, Life
from hervat.rehearsal.rates import (
    ACQUITTED,
    APPEALED,
    COURT_DECISIONS,
    DIED,
    DISMISSALS,
    DISMISSED_AFTER_SUMMONS,
    DISMISSED_CONDITIONALLY,
    DISMISSED_ORDINARILY,
    DISMISSED_WRONGLY_SUSPECTED,
    FIRST_SEEN_LATE,
    IDENTITY_ADDED,
    JUDGMENT_FINAL,
    ORDER_EXECUTED,
    ORDER_FINAL,
    ORDER_OPPOSED,
    PENALTY_ORDERS,
    SCREENED_LIFE_EVERY,
    SENTENCE_ENDED,
    SENTENCE_STARTED,
    STILL_OPEN,
)

CODES: Final = ("02", "05", "20", "40", "41", "42", "43", "50", "70")
RARE_VERDICTS: Final = ("discharged", "guilty-without-penalty", "inadmissible", "summons-void", "not-competent")
RARE: Final = 0.02
OLD_JUDGMENT: Final = 0.06
APPEAL_TERM: Final = 14


def ordered(life: Life, skn: str, begun: int, decided: int) -> None:
    """A penalty order: final and carried out, or opposed, or still running."""
    case = CaseFile(life, skn, begun, 1 + life.chance(0.08))
    order = case.order(decided)
    if life.chance(ORDER_OPPOSED.value):
        _opposed(case, order, decided + life.within(3, APPEAL_TERM))
        return
    final = decided + APPEAL_TERM
    told = workday(final + life.within(1, 4))
    if told > life.until or not life.chance(ORDER_FINAL.value):
        return
    case.order_final(order, final, told, EXECUTE if life.chance(0.85) else GPS)
    executed = workday(told + life.within(0, 20))
    if executed <= life.until and life.chance(ORDER_EXECUTED.value):
        case.execute(order, executed)


def _opposed(case: CaseFile, order: Draft, day: int) -> None:
    life, opposed = case.life, workday(day)
    if opposed > life.until:
        return
    case.oppose(order, opposed)
    withdrawn = workday(opposed + life.within(5, 20))
    if withdrawn < life.until and life.chance(0.6):
        case.withdraw(order, withdrawn, "summoned instead")
        case.summon(workday(withdrawn + 1) if workday(withdrawn + 1) <= life.until else withdrawn)


def dismissed(life: Life, skn: str, begun: int, decided: int) -> None:
    """A dismissal, now and then after a summons."""
    case = CaseFile(life, skn, begun, 1 + life.chance(0.1))
    summoned = workday(begun + 1)
    if summoned < decided - 1 and life.chance(DISMISSED_AFTER_SUMMONS.value):
        case.summon(summoned)
    if life.chance(DISMISSED_WRONGLY_SUSPECTED.value):
        case.dismiss(decided, "01")
    else:
        code = life.rng.choice(CODES)
        case.dismiss(decided, code, conditional=life.chance(DISMISSED_CONDITIONALLY.value))
    life.courses.append(Course(case, begun, decided))


def judged(life: Life, skn: str, begun: int, decided: int) -> None:
    """A summons and a judgment: appealed, or final and carried out, or still running."""
    case = CaseFile(life, skn, begun, 1 + life.chance(0.3) + life.chance(0.1))
    case.summon(workday_before(begun + (decided - begun) // 3))
    judgment = case.judge(decided, {charge: _verdict(life) for charge in case.numbers()})
    life.courses.append(Course(case, begun, decided, judgment, _carried_out(life, case, judgment, decided)))


def _carried_out(life: Life, case: CaseFile, judgment: Judgment, decided: int) -> Draft | None:
    """What follows on a judgment; the message that made it final, where one did."""
    if life.chance(APPEALED.value):
        lodged = workday(decided + life.within(1, 10))
        if lodged <= life.until:
            case.appeal(judgment, lodged)
        return None
    final = decided + APPEAL_TERM
    told = workday(final + life.within(1, 6))
    if told > life.until or not life.chance(JUDGMENT_FINAL.value):
        return None
    sent = case.final(judgment, final, told)
    started = told + life.within(1, 25)
    if judgment.to_serve is None or started > life.until or not life.chance(SENTENCE_STARTED.value):
        return sent
    case.start(judgment, started)
    ended = started + life.within(10, 60)
    if ended <= life.until and life.chance(SENTENCE_ENDED.value):
        case.end(judgment, ended)
    return sent


def _verdict(life: Life) -> str:
    chance = life.rng.random()
    if chance < RARE:
        return life.rng.choice(RARE_VERDICTS)
    return "acquitted" if chance < RARE + ACQUITTED.value else "convicted"


def still_open(life: Life, skn: str, begun: int, decided: int) -> None:
    """Nothing is decided yet; perhaps a summons has gone out on the day on which others are decided."""
    case = CaseFile(life, skn, begun, 1 + life.chance(0.2))
    if life.chance(0.4):
        case.summon(decided)


Way = Callable[[Life, str, int, int], None]
# The way, its volume a year, and how many days it takes from registration, at least and at most.
WAYS: Final[tuple[tuple[Way, float, int, int], ...]] = (
    (ordered, PENALTY_ORDERS.value, 3, 45),
    (dismissed, DISMISSALS.value * DISMISSED_ORDINARILY.value, 5, 60),
    (judged, COURT_DECISIONS.value, 15, 110),
    (still_open, (PENALTY_ORDERS.value + DISMISSALS.value + COURT_DECISIONS.value) * STILL_OPEN.value, 2, 40),
)
_SHARES: Final = tuple(accumulate(way[1] for way in WAYS))


def ordinary(life: Life) -> None:
    """One ordinary life."""
    plans = sorted((_plan(life) for _ in range(_cases(life))), key=lambda plan: plan[1])
    begun = plans[0][1]
    late = begun >= 0 and life.chance(FIRST_SEEN_LATE.value)
    born = begun if late else min(begun, -1) - life.within(1, 90)
    number = service_number_of(life)
    skn = life.person(0, born, number)
    if number is not None:
        works(life, number, born)
    if life.chance(IDENTITY_ADDED.value):
        another_identity(life, skn, max(born, life.within(-20, life.until)))
    for way, started, decided in plans:
        way(life, skn, started, decided)
    elsewhere(life, skn)
    if life.chance(DIED.value):
        died(life, skn, life.within(max(born, 0), life.until))


def _cases(life: Life) -> int:
    chance = life.rng.random()
    return 1 if chance < 0.72 else 2 if chance < 0.93 else 3


def _plan(life: Life) -> tuple[Way, int, int]:
    """A way, the day on which the case is registered, and the day on which it is decided."""
    point = life.rng.random() * _SHARES[-1]
    way, _, least, most = WAYS[next(at for at, share in enumerate(_SHARES) if point < share)]
    decided = workday_before(life.within(0, life.until))
    if way is judged and life.chance(OLD_JUDGMENT):
        decided = workday_before(-life.within(3, 60))
    return way, workday_before(decided - life.within(least, most)), decided


def service_number_of(life: Life) -> str | None:
    """The citizen service number of a life that is screened; each is used once, while there are."""
    place, rest = divmod(life.index, int(SCREENED_LIFE_EVERY.value))
    numbers = names.service_numbers()
    return numbers[place] if rest == 0 and place < len(numbers) else None


def another_identity(life: Life, skn: str, day: int, number: str | None = None) -> None:
    """Somebody gives another name, perhaps with a citizen service number; the matching authority keeps both."""
    life.book.screening.identified(skn, "2", number)
    told = {"skn": skn, "identity": names.identity(life.rng, "2", number), "leading": life.chance(0.3)}
    life.post(SKDB, "identity-added", told, day, subject=skn, after=life.known)


def died(life: Life, skn: str, day: int) -> None:
    """Somebody dies."""
    life.book.died[skn] = on(day)
    life.post(SKDB, "person-died", {"skn": skn, "died_on": iso(day)}, day, subject=skn, after=life.known)
