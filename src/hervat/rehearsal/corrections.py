"""Hard stories about what OM decided and told: corrections, retractions, and amendments of those.

- A correction names the message it corrects; naming a correction means the original. The one made last counts.
- A retraction takes away exactly the message that it names; it can be retracted itself.
- What an amendment changes is changed in the book by the life that knows better, in the place of the original.
"""

from datetime import date

from hervat.rehearsal.casefile import CaseFile
from hervat.rehearsal.days import iso, on, workday, workday_before
from hervat.rehearsal.elsewhere import reported_by_police
from hervat.rehearsal.feeds import EXECUTE, GPS
from hervat.rehearsal.identities import people
from hervat.rehearsal.life import Life
from hervat.rehearsal.truth import RefusedTruth


def new_case(life: Life, charges: int = 1, police_report: str | None = None) -> CaseFile:
    """A person and a case of before the cut."""
    (skn,) = people(life, 1)
    return CaseFile(life, skn, workday_before(-life.within(45, 60)), charges, police_report)


def wrongly_suspected(life: Life) -> None:
    """Dismissed because nobody should have suspected this person: everything about the case is hidden."""
    case = new_case(life, 2, f"PL1700-2025{life.index:06}")
    case.dismiss(workday(life.within(1, 60)), "01")


def one_charge_wrongly(life: Life) -> None:
    """Code 01 for one charge of two; the other is tried."""
    case = new_case(life, 2)
    case.dismiss(workday(life.within(1, 20)), "01", charges=[2])
    case.summon(workday(life.within(23, 30)), [1])
    case.judge(workday(life.within(34, 60)), {1: "convicted"})


def hidden_and_reported(life: Life) -> None:
    """The police reported in the emergency; the case that followed was dismissed with code 01."""
    (skn,) = people(life, 1)
    report = f"PL0600-2025{life.index:06}"
    reported_by_police(life, skn, life.within(26, 35), report)
    case = CaseFile(life, skn, workday(life.within(8, 15)), 1, report)
    case.dismiss(workday(life.within(38, 60)), "01")


def code_01_becomes_02(life: Life) -> None:
    """The wrong code was typed: the person was rightly suspected."""
    case = new_case(life)
    sent = case.dismiss(workday(life.within(1, 20)), "01")
    life.correct(sent, sent.data | {"code": "02"}, life.within(23, 60))
    life.book.amended(case.pn, sent.id, code="02")


def code_02_becomes_01(life: Life) -> None:
    """The wrong code was typed: nobody should have suspected this person."""
    case = new_case(life, 2)
    sent = case.dismiss(workday(life.within(1, 20)), "02")
    life.correct(sent, sent.data | {"code": "01"}, life.within(23, 60))
    life.book.amended(case.pn, sent.id, code="01")


def code_01_retracted(life: Life) -> None:
    """A dismissal with code 01 was meant for another case; this one goes on."""
    case = new_case(life)
    sent = case.dismiss(workday(life.within(1, 15)), "01", true=False)
    life.retract(sent, "meant for another case", life.within(18, 30))
    case.summon(workday(life.within(33, 60)))


def order_issued_twice(life: Life) -> None:
    """The same order was issued twice; the second is retracted, the first becomes final."""
    case = new_case(life)
    day = workday(life.within(1, 15))
    order = case.order(day)
    again = case.order(workday(day + 1), true=False)
    life.retract(again, "issued twice", day + life.within(3, 10))
    case.order_final(order, day + 14, workday(day + life.within(15, 30)))


def order_corrected_twice(life: Life) -> None:
    """A correction of an order was wrong itself; the second names the first."""
    case = new_case(life)
    day = workday(life.within(3, 15))
    order = case.order(day)
    once = life.correct(order, order.data | {"issued_on": iso(day - 1)}, day + life.within(2, 8))
    sentences = [{"sentence": "1", "kind": "fine", "amount_eur": "425.00"}]
    life.correct(once, order.data | {"issued_on": iso(day - 2), "sentences": sentences}, day + life.within(10, 20))
    life.book.amended(case.pn, order.data["order"], on=on(day - 2))
    life.book.screening.dated(order.name, on(day - 2))
    case.order_final(order, day + 14, workday(day + life.within(22, 40)))


def correction_retracted(life: Life) -> None:
    """The original was right after all."""
    case = new_case(life)
    sent = case.dismiss(workday(life.within(1, 15)), "02")
    wrong = life.correct(sent, sent.data | {"code": "40"}, life.within(18, 30))
    life.retract(wrong, "the first was right", life.within(33, 60))


def later_correction_retracted(life: Life) -> None:
    """Of two corrections the later is retracted: the earlier counts."""
    case = new_case(life)
    sent = case.dismiss(workday(life.within(1, 10)), "02")
    once = life.correct(sent, sent.data | {"code": "43"}, life.within(13, 20))
    twice = life.correct(once, sent.data | {"code": "70"}, life.within(23, 30))
    life.retract(twice, "the one before was right", life.within(33, 60))
    life.book.amended(case.pn, sent.id, code="43")


def retraction_retracted(life: Life) -> None:
    """A dismissal was taken back in error: it stands."""
    case = new_case(life)
    sent = case.dismiss(workday(life.within(1, 15)), "20")
    taken = life.retract(sent, "taken for another", life.within(18, 30))
    life.retract(taken, "it was right", life.within(33, 60))


def corrected_then_retracted(life: Life) -> None:
    """The original is taken back with all its versions; a summons follows."""
    case = new_case(life)
    sent = case.dismiss(workday(life.within(1, 15)), "02", true=False)
    life.correct(sent, sent.data | {"code": "40"}, life.within(18, 22))
    life.retract(sent, "not dismissed", life.within(25, 35))
    case.summon(workday(life.within(40, 60)))


def order_withdrawn(life: Life) -> None:
    """An order after a dismissal is withdrawn: the dismissal counts again."""
    case = new_case(life)
    case.dismiss(workday(life.within(1, 10)), "02")
    order = case.order(workday(life.within(14, 24)))
    case.oppose(order, workday(life.within(28, 35)))
    case.withdraw(order, workday(life.within(40, 60)), "the dismissal stands")


def order_final_twice(life: Life) -> None:
    """The collection agency tells a second time when an order became final: the later message counts."""
    case = new_case(life)
    day = workday(life.within(1, 15))
    order = case.order(day)
    first = case.order_final(order, day + 15, workday(day + 18))
    case.order_final(order, day + 14, workday(day + life.within(22, 40)), EXECUTE, upon=first)


def decided_twice_a_day(life: Life) -> None:
    """An order in the morning, a dismissal in the afternoon."""
    case = new_case(life)
    day = workday(life.within(1, 50))
    case.order(day)
    case.dismiss(day, "42")


def charges_amended(life: Life) -> None:
    """A charge is replaced and one is added; the first is tried, the second has nothing decided."""
    case = new_case(life)
    day = workday(life.within(1, 20))
    charges = [case.charge(1, day - 80), case.charge(2, day - 80)]
    sent = case.tell(GPS, "charges-amended", {"pn": case.pn, "charges": charges}, day)
    life.book.charged(case.pn, 2, on(day))
    case.summon(workday(life.within(24, 35)), [1])
    if life.chance(0.5):
        life.correct(sent, sent.data | {"charges": [charges[0], charges[1] | {"label": "medeplegen"}]}, 40)


def charge_added_in_error(life: Life) -> None:
    """A charge was added to the wrong case, and is taken back."""
    case = new_case(life)
    day = workday(life.within(1, 15))
    added = case.tell(GPS, "charges-amended", {"pn": case.pn, "charges": [case.charge(2, day - 80)]}, day)
    case.dismiss(workday(day + 3), "40", charges=[1])
    life.retract(added, "belongs to another case", day + life.within(5, 30))


def cases_joined(life: Life) -> None:
    """Two cases are tried as one."""
    first = new_case(life)
    second = CaseFile(life, first.skn, -3)
    day = workday(life.within(1, 30))
    first.clock = max(first.clock, second.clock)
    first.tell(GPS, "cases-joined", {"pn": second.pn, "into": first.pn, "joined_on": iso(day)}, day)
    first.judge(workday(day + 10), {1: "acquitted"})


def registered_anew(life: Life) -> None:
    """A case is taken back with a dismissal hanging on it, and given again; the dismissal finds its ground again."""
    case = new_case(life)
    day = workday(life.within(1, 15))
    case.dismiss(day, "41")
    life.retract(case.registered, "wrong office", day + life.within(2, 8))
    office = {"office": "Landelijk Parket"}
    anew = life.post(GPS, "case-registered", case.registered.data | office, day + 10, subject=case.skn, after=case.clock)
    life.book.screening.changed(anew.name, date.fromisoformat(anew.data["received_on"]), pn=case.pn, charges=case.numbers())


def registered_twice(life: Life) -> None:
    """Two registrations under one number contradict each other; the later is shown. Then the case is dismissed."""
    case = new_case(life)
    day = workday(life.within(1, 20))
    case.tell(GPS, "case-registered", case.registered.data | {"received_on": iso(day)}, day)
    case.dismiss(workday(day + life.within(1, 30)), "40")


def received_before_it_began(life: Life) -> None:
    """A registration is refused: received before the offence began. Corrected, it counts, in its old place."""
    case = new_case(life)
    wrong, right = case.registered, case.registered.data
    wrong.data = right | {"received_on": iso(-200)}
    life.book.refused[wrong.feed.source, wrong.id] = RefusedTruth("data.received_on", corrected=True)
    life.correct(wrong, right, life.within(1, 20))
    case.dismiss(workday(life.within(24, 50)), "43")


STORIES = (
    wrongly_suspected,
    one_charge_wrongly,
    hidden_and_reported,
    code_01_becomes_02,
    code_02_becomes_01,
    code_01_retracted,
    order_issued_twice,
    order_corrected_twice,
    correction_retracted,
    later_correction_retracted,
    retraction_retracted,
    corrected_then_retracted,
    order_withdrawn,
    order_final_twice,
    decided_twice_a_day,
    charges_amended,
    charge_added_in_error,
    cases_joined,
    registered_anew,
    registered_twice,
    received_before_it_began,
)
