"""Hard stories about what courts decided: higher instances, late appeals, annulment, pardon, and judgments told wrongly.

- A late appeal suspends the final of a judgment until it is withdrawn.
- A judgment of a higher instance decides the charges that it names; the others keep theirs.
- A judgment that is taken back takes the ground from under its final and its sentence; given anew, it gives it back.
"""

from collections.abc import Mapping

from hervat.rehearsal.casefile import CaseFile, Judgment
from hervat.rehearsal.corrections import new_case
from hervat.rehearsal.days import iso, on, workday
from hervat.rehearsal.feeds import GRIP
from hervat.rehearsal.life import Life
from hervat.rehearsal.truth import RefusedTruth

VERDICTS = (
    "convicted", "acquitted", "discharged", "guilty-without-penalty", "inadmissible", "summons-void", "not-competent",
)  # fmt: skip
MONTHS = {"sentence": "1", "kind": "imprisonment", "months": 3, "conditional": {"months": 2, "probation_years": 2}}


def tried(life: Life, day: int, verdicts: Mapping[int, str] | None = None) -> tuple[CaseFile, Judgment]:
    """A case of before the cut with a judgment on (the working day at) `day`."""
    verdicts = verdicts or {1: "convicted"}
    case = new_case(life, len(verdicts))
    return case, case.judge(workday(day), verdicts)


def imprisoned(life: Life, day: int, final: int) -> tuple[CaseFile, Judgment]:
    """A judgment of imprisonment, partly conditional, final on `final` and told some days after."""
    case, judgment = tried(life, day)
    judgment.sent.data["sentences"] = [MONTHS]
    case.final(judgment, final, workday(final + 2))
    return case, judgment._replace(to_serve="1")


def every_verdict(life: Life) -> None:
    """A case of seven charges, each with another verdict."""
    case, judgment = tried(life, life.within(1, 25), dict(enumerate(VERDICTS, 1)))
    case.final(judgment, 45, workday(46))


def appealed(life: Life) -> None:
    """A judgment is appealed and given again by the court of appeal, on another verdict, and becomes final."""
    case, judgment = tried(life, -3, {1: "convicted", 2: "acquitted"})
    case.appeal(judgment, workday(life.within(1, 8)))
    higher = case.judge(workday(life.within(20, 35)), {1: "acquitted", 2: "acquitted"}, instance=2, of=judgment)
    case.final(higher, 52, workday(53))


def appealed_for_one_charge(life: Life) -> None:
    """Only one charge is judged on appeal; the other keeps its outcome and becomes final by the first judgment."""
    case, judgment = tried(life, -3, {1: "convicted", 2: "convicted"})
    case.appeal(judgment, workday(life.within(1, 8)))
    case.judge(workday(life.within(20, 35)), {1: "convicted"}, instance=2, of=judgment)
    case.final(judgment, 40, workday(life.within(42, 50)))


def appealed_to_the_highest(life: Life) -> None:
    """Three instances."""
    case, judgment = tried(life, -3)
    case.appeal(judgment, workday(2))
    higher = case.judge(workday(life.within(10, 18)), {1: "convicted"}, instance=2, of=judgment)
    case.appeal(higher, workday(life.within(22, 28)), "cassation")
    highest = case.judge(workday(life.within(38, 50)), {1: "convicted"}, instance=3, of=higher)
    case.final(highest, 55, workday(56))


def appeal_withdrawn(life: Life) -> None:
    """An appeal in time is withdrawn, and the judgment becomes final."""
    case, judgment = tried(life, life.within(1, 10))
    case.appeal(judgment, workday(18))
    case.withdraw_appeal(judgment, workday(life.within(22, 35)))
    case.final(judgment, 38, workday(life.within(39, 45)))


def appealed_late(life: Life) -> None:
    """An appeal after the final suspends it; withdrawn, it stands; lodged once more, it is suspended again."""
    case, judgment = tried(life, life.within(-20, 5))
    case.final(judgment, 21, workday(22))
    case.appeal(judgment, workday(life.within(25, 32)))
    life.book.final(case.pn, judgment.number, None)
    if life.chance(0.6):
        case.withdraw_appeal(judgment, workday(life.within(35, 45)))
        life.book.final(case.pn, judgment.number, on(21))
        if life.chance(0.3):
            case.appeal(judgment, workday(life.within(50, 60)))
            life.book.final(case.pn, judgment.number, None)


def opposed_and_tried(life: Life) -> None:
    """An order is opposed and withdrawn; the person is summoned and convicted."""
    case = new_case(life)
    order = case.order(workday(life.within(-3, 5)))
    case.oppose(order, workday(life.within(9, 15)))
    case.withdraw(order, workday(life.within(19, 24)), "summoned instead")
    case.summon(workday(27))
    case.judge(workday(life.within(31, 60)), {1: "convicted"})


def annulled(life: Life) -> tuple[CaseFile, Judgment]:
    """A final judgment is annulled."""
    case, judgment = tried(life, life.within(-30, -5))
    case.final(judgment, 10, workday(12))
    case.annul(judgment, workday(life.within(16, 30)))
    return case, judgment


def annulled_and_tried_again(life: Life) -> None:
    """A final judgment is annulled, and the person is tried again."""
    case, _ = annulled(life)
    case.judge(workday(life.within(35, 60)), {1: "acquitted"})


def pardoned(life: Life) -> None:
    """Part of a sentence is remitted, while it is served."""
    case, judgment = imprisoned(life, life.within(-30, -5), 12)
    case.start(judgment, 20)
    case.pardon(judgment, workday(life.within(25, 50)))


def conditional_enforced(life: Life) -> None:
    """A second conviction within the term of probation: the conditional part is to be served."""
    case, judgment = imprisoned(life, life.within(-40, -20), -4)
    second = CaseFile(life, case.skn, workday(-10))
    second.clock = max(second.clock, case.clock)
    day = workday(life.within(5, 50))
    by = second.judge(day, {1: "convicted"})
    told = {"judgment": judgment.number, "sentence": "1", "enforced_by": by.number, "days": 60, "decided_on": iso(day)}
    second.tell(GRIP, "conditional-sentence-enforced", told, day)


def verdict_corrected(life: Life) -> None:
    """The verdict was entered wrongly, and corrected twice, with a final hanging on it."""
    case, judgment = tried(life, life.within(1, 10))
    case.final(judgment, 26, workday(27))
    wrong = judgment.sent
    once = wrong.data | {"verdicts": [{"charge": 1, "verdict": "discharged"}]}
    first = life.correct(wrong, once, life.within(30, 38))
    twice = wrong.data | {"verdicts": [{"charge": 1, "verdict": "acquitted"}], "sentences": []}
    life.correct(first, twice, life.within(41, 50))
    life.book.amended(case.pn, judgment.number, "acquitted")


def judgment_given_anew(life: Life) -> None:
    """A judgment is taken back with a final and a sentence hanging on it, and given anew under the same number."""
    case, judgment = imprisoned(life, life.within(1, 10), 26)
    case.start(judgment, 32)
    life.retract(judgment.sent, "entered for the wrong charge", 35)
    day = workday(life.within(0, 10))
    anew = judgment.sent.data | {"given_on": iso(day), "verdicts": [{"charge": 1, "verdict": "convicted"}]}
    case.tell(GRIP, "judgment-given", anew, workday(life.within(40, 55)), dated=day)
    life.book.amended(case.pn, judgment.number, "convicted", on(day))


def judgment_retraction_retracted(life: Life) -> None:
    """A judgment is taken back in error; it stands, and so does what hangs on it."""
    case, judgment = imprisoned(life, life.within(1, 10), 26)
    taken = life.retract(judgment.sent, "taken for another", life.within(30, 38))
    life.retract(taken, "it was right", life.within(42, 55))
    case.start(judgment, 60)


def judgment_given_twice(life: Life) -> None:
    """Two judgments under one number contradict each other; the later is shown."""
    case, judgment = tried(life, life.within(1, 10))
    day = workday(life.within(15, 40))
    again = judgment.sent.data | {"given_on": iso(day), "verdicts": [{"charge": 1, "verdict": "acquitted"}]}
    case.tell(GRIP, "judgment-given", again | {"sentences": []}, day)
    case.decide(judgment.number, "acquitted", day, (1,))


def amount_mistyped(life: Life) -> None:
    """A judgment is refused for an amount that is none. Corrected, it counts, and its final with it."""
    case, judgment = tried(life, life.within(1, 10))
    right = judgment.sent.data | {"sentences": [{"sentence": "1", "kind": "fine", "amount_eur": "12.50"}]}
    judgment.sent.data = right | {"sentences": [{"sentence": "1", "kind": "fine", "amount_eur": "12,5"}]}
    path = "data.sentences[0].amount_eur"
    life.book.refused[GRIP.source, judgment.sent.id] = RefusedTruth(path, corrected=True)
    case.final(judgment, 26, workday(27))
    life.correct(judgment.sent, right, life.within(30, 55))


def final_told_twice(life: Life) -> None:
    """A court tells a second time when its judgment became final: the later message counts."""
    case, judgment = tried(life, life.within(1, 10))
    first = case.final(judgment, 26, workday(27))
    case.final(judgment, 25, workday(life.within(30, 55)), upon=first)


def final_corrected(life: Life) -> None:
    """The day on which a judgment became final was entered wrongly, or it is not final at all."""
    case, judgment = tried(life, life.within(1, 10))
    told = case.final(judgment, 26, workday(27))
    if life.chance(0.5):
        life.correct(told, told.data | {"final_on": iso(24)}, life.within(30, 55))
        life.book.final(case.pn, judgment.number, on(24))
        life.book.screening.dated(told.name, on(24))
    else:
        life.retract(told, "appealed in time", life.within(30, 55))
        life.book.final(case.pn, judgment.number, None)


STORIES = (
    every_verdict,
    appealed,
    appealed_for_one_charge,
    appealed_to_the_highest,
    appeal_withdrawn,
    appealed_late,
    opposed_and_tried,
    annulled,
    annulled_and_tried_again,
    pardoned,
    conditional_enforced,
    verdict_corrected,
    judgment_given_anew,
    judgment_retraction_retracted,
    judgment_given_twice,
    amount_mistyped,
    final_told_twice,
    final_corrected,
)
