"""Hard stories about those who are screened: who they are becomes known later, or otherwise, or turns out to be two.

- In these stories the match between an enrolment and a person comes, moves and goes; the book's page says what stands at the end.
- The canary works in both trades, has a change in its documentation every day, and does not exist: what is signalled about it stays in
  the house, and a day without it shows that something does not flow.
"""

from hervat.rehearsal import names
from hervat.rehearsal.casefile import CaseFile
from hervat.rehearsal.days import workday, workday_before
from hervat.rehearsal.enrolments import CANARY, end, enrol, renumber
from hervat.rehearsal.feeds import PRK, TAXI
from hervat.rehearsal.identities import dismissed_case, number_of
from hervat.rehearsal.life import Life
from hervat.rehearsal.lives import another_identity


def known_later(life: Life) -> None:
    """Who is enrolled becomes known to the register weeks after the enrolment, and after the case."""
    skn = life.person(0, -life.within(70, 90))
    number = number_of(life, 0)
    enrol(life, number, -life.within(20, 60), PRK)
    dismissed_case(life, skn)
    another_identity(life, skn, life.within(22, 60), number)


def number_corrected(life: Life) -> None:
    """An identity carried the number of somebody else, and is corrected."""
    right, wrong = number_of(life, 0), number_of(life, 1)
    skn = life.person(0, -life.within(70, 90), wrong)
    registered = life.drafts[-1]
    for number in (right, wrong):
        enrol(life, number, -life.within(20, 60))
    dismissed_case(life, skn)
    known = registered.data["identity"] | {"bsn": right}
    life.correct(registered, registered.data | {"identity": known}, life.within(22, 60))
    life.book.screening.identified(skn, "1", right)


def two_with_one_number(life: Life) -> None:
    """Two persons gave the same number; one of them works in childcare, and nobody can tell which."""
    number = number_of(life, 0)
    first, second = (life.person(which, -life.within(70, 90), number) for which in range(2))
    enrol(life, number, -life.within(20, 60), PRK)
    dismissed_case(life, first)
    dismissed_case(life, second)


def enrolled_as_another(life: Life) -> None:
    """An enrolment named the number of somebody else, and is corrected after signals were told about that one."""
    first, second = (life.person(which, -life.within(70, 90), number_of(life, which)) for which in range(2))
    enrolled = enrol(life, number_of(life, 0), -50, PRK)
    dismissed_case(life, first)
    dismissed_case(life, second)
    renumber(life, enrolled, number_of(life, 1), -50, life.within(24, 60))


def left_before(life: Life) -> None:
    """Somebody left before the decision, which is told only after the earlier end was."""
    skn = life.person(0, -life.within(70, 90), number_of(life, 0))
    enrolled = enrol(life, number_of(life, 0), -60, TAXI)
    case = CaseFile(life, skn, workday_before(-20))
    end(life, enrolled, life.within(1, 5), life.within(6, 40))
    case.dismiss(workday(life.within(6, 20)), "02")


def end_taken_back(life: Life) -> None:
    """An enrolment was ended by mistake: it goes on."""
    skn = life.person(0, -life.within(70, 90), number_of(life, 0))
    enrolled = enrol(life, number_of(life, 0), -60)
    ended = end(life, enrolled, 2)
    dismissed_case(life, skn)
    life.retract(ended, "ended by mistake", life.within(24, 60))


def taken_over(life: Life) -> None:
    """Somebody moves from one holder to another: two enrolments that overlap, and one that never was."""
    skn = life.person(0, -life.within(70, 90), number_of(life, 0))
    first = enrol(life, number_of(life, 0), -60, PRK)
    enrol(life, number_of(life, 0), -5, PRK)
    mistake = enrol(life, number_of(life, 0), -4, PRK)
    end(life, first, life.within(10, 30))
    dismissed_case(life, skn)
    life.retract(mistake, "enrolled twice", life.within(24, 60))


def began_earlier(life: Life) -> None:
    """An enrolment turns out to have begun before something was known that had been thought known when it began."""
    skn = life.person(0, -life.within(70, 90), number_of(life, 0))
    case = CaseFile(life, skn, workday_before(-40))
    case.order_final(case.order(workday_before(-31)), -16, 11)
    enrolled = enrol(life, number_of(life, 0), 30, PRK)
    renumber(life, enrolled, number_of(life, 0), 0, life.within(40, 60))


def canary(life: Life) -> None:
    """The canary: known, enrolled in both trades, and summoned every day."""
    skn = life.person(0, -110, names.OF_THE_CANARY)
    for feed in (PRK, TAXI):
        enrol(life, names.OF_THE_CANARY, -95, feed, CANARY)
    case = CaseFile(life, skn, -30)
    for day in range(-28, life.until):
        case.summon(day)


STORIES = (
    known_later,
    number_corrected,
    two_with_one_number,
    enrolled_as_another,
    left_before,
    end_taken_back,
    taken_over,
    began_earlier,
)
