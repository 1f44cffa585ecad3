"""Hard stories about who is who: merges, splits, merges again, and cases of somebody else.

- Every story begins before the cut and ends before the last day, whatever chance says: so the book holds its end.
- A merge that is taken back by retraction never was; a split that is retracted leaves the two as one.
"""

from hervat.rehearsal import names
from hervat.rehearsal.casefile import CaseFile
from hervat.rehearsal.days import workday, workday_before
from hervat.rehearsal.enrolments import job
from hervat.rehearsal.life import Life
from hervat.rehearsal.lives import another_identity, died
from hervat.rehearsal.rates import HARD_STORY_SCREENED


def people(life: Life, count: int) -> list[str]:
    """That many numbers, registered before the cut; half of them work where people are screened."""
    return [_somebody(life, which) for which in range(count)]


def _somebody(life: Life, which: int) -> str:
    day = -life.within(70, 90)
    if not life.chance(HARD_STORY_SCREENED.value):
        return life.person(which, day)
    skn = life.person(which, day, number_of(life, which))
    job(life, number_of(life, which), life.within(-90, 40))
    return skn


def number_of(life: Life, which: int) -> str:
    """The citizen service number of the `which`-th of this life."""
    return names.number_of_story(life.index * 4 + which)


def dismissed_case(life: Life, skn: str) -> CaseFile:
    """A case of before the cut that is dismissed in its first weeks."""
    case = CaseFile(life, skn, workday_before(-life.within(5, 60)))
    case.dismiss(workday(life.within(0, 20)), "02")
    return case


def merged(life: Life) -> None:
    """Two numbers turn out to be one person."""
    kept, away = people(life, 2)
    dismissed_case(life, kept)
    dismissed_case(life, away)
    life.merge(kept, away, life.within(5, 60))


def merged_and_split(life: Life) -> None:
    """The fingerprint report behind a merge is withdrawn."""
    kept, away = people(life, 2)
    dismissed_case(life, away)
    merge = life.merge(kept, away, life.within(2, 30))
    life.split(merge, life.within(31, 60))


def merged_split_merged(life: Life) -> None:
    """One person, two people, and one person again, under the other number."""
    first, second = people(life, 2)
    dismissed_case(life, first)
    dismissed_case(life, second)
    merge = life.merge(first, second, life.within(2, 20))
    split = life.split(merge, life.within(22, 40))
    life.merge(second, first, life.within(42, 60), after=split.event)


def merged_in_a_chain(life: Life) -> None:
    """Three numbers become one person in two steps; then the first step is undone."""
    first, second, third = people(life, 3)
    for skn in (first, second, third):
        dismissed_case(life, skn)
    merge = life.merge(first, second, life.within(2, 20))
    life.merge(third, first, life.within(22, 40))
    if life.chance(0.5):
        life.split(merge, life.within(42, 60))


def merged_in_a_loop(life: Life) -> None:
    """The second merge of the same two turns the first one round without undoing it."""
    first, second = people(life, 2)
    dismissed_case(life, first)
    life.merge(first, second, life.within(2, 20))
    life.merge(second, first, life.within(22, 40))


def merge_retracted(life: Life) -> None:
    """A merge was sent in error."""
    kept, away = people(life, 2)
    dismissed_case(life, away)
    merge = life.merge(kept, away, life.within(2, 20))
    life.book.parted(kept, away)
    life.retract(merge, "sent in error", life.within(22, 60))


def split_retracted(life: Life) -> None:
    """A split was sent in error: the two stay one."""
    kept, away = people(life, 2)
    dismissed_case(life, away)
    merge = life.merge(kept, away, life.within(2, 20))
    split = life.split(merge, life.within(22, 40))
    life.book.merged(kept, away)
    life.retract(split, "sent in error", life.within(42, 60))


def merge_corrected(life: Life) -> None:
    """The wrong one of two numbers was kept."""
    first, second = people(life, 2)
    dismissed_case(life, first)
    merge = life.merge(first, second, life.within(2, 20))
    life.book.parted(first, second)
    life.book.merged(second, first)
    life.correct(merge, merge.data | {"kept": second, "merged": first}, life.within(22, 60))


def reattributed(life: Life) -> None:
    """A case was put on the wrong person."""
    first, second = people(life, 2)
    dismissed_case(life, first).reattribute(second, workday(life.within(23, 50)))


def reattributed_twice(life: Life) -> None:
    """A case goes from one to another to a third; the second time the sender names the wrong holder."""
    first, second, third = people(life, 3)
    case = dismissed_case(life, first)
    case.reattribute(second, workday(life.within(23, 35)))
    case.reattribute(third, workday(life.within(38, 60)), told_from=first)


def reattributed_and_back(life: Life) -> None:
    """A case goes to another, and comes back."""
    first, second = people(life, 2)
    case = dismissed_case(life, first)
    case.reattribute(second, workday(life.within(23, 35)))
    case.reattribute(first, workday(life.within(38, 60)))


def reattribution_retracted(life: Life) -> None:
    """A re-attribution was sent in error."""
    first, second = people(life, 2)
    case = dismissed_case(life, first)
    sent = case.reattribute(second, workday(life.within(23, 35)))
    life.book.holder[case.pn] = first
    life.retract(sent, "sent in error", life.within(38, 60))


def reattributed_to_merged(life: Life) -> None:
    """A case goes to somebody who turns out to be a third."""
    first, second, third = people(life, 3)
    case = dismissed_case(life, first)
    case.reattribute(second, workday(life.within(23, 35)))
    life.merge(third, second, life.within(40, 60))


def registered_on_another(life: Life) -> None:
    """The registration of a case named the wrong person, and is corrected."""
    wrong, right = people(life, 2)
    case = dismissed_case(life, wrong)
    life.book.holder[case.pn] = right
    life.correct(case.registered, case.registered.data | {"skn": right}, life.within(25, 60))


def dead_under_two_names(life: Life) -> None:
    """Somebody known under two names dies, and is merged after that."""
    kept, away = people(life, 2)
    case = CaseFile(life, away, -30)
    case.dismiss(-10, "40")
    another_identity(life, away, -5)
    died(life, away, life.within(1, 20))
    life.merge(kept, away, life.within(22, 60))


STORIES = (
    merged,
    merged_and_split,
    merged_split_merged,
    merged_in_a_chain,
    merged_in_a_loop,
    merge_retracted,
    split_retracted,
    merge_corrected,
    reattributed,
    reattributed_twice,
    reattributed_and_back,
    reattribution_retracted,
    reattributed_to_merged,
    registered_on_another,
    dead_under_two_names,
)
