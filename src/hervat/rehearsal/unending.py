"""Hard stories that do not end by themselves: what waits for a key that nobody sends, and what is refused.

- Everything else in a world is applied at the end. What is told here is held, or refused, on purpose, and stands in the book with the keys
  that are missing and the reason: nothing may be lost, and nothing may be applied either.
- So it stays, unless the world says that whoever sent it is asked: then, in the week after all links are back, it is taken back or put
  right, or what it waits for is sent. A story gives back how; what is refused and keeps nothing waiting nobody asks about.
"""

from collections.abc import Callable
from functools import wraps

from hervat.rehearsal import names
from hervat.rehearsal.casefile import CaseFile
from hervat.rehearsal.corrections import new_case
from hervat.rehearsal.days import iso, on, workday
from hervat.rehearsal.feeds import GPS, GRIP, SKDB
from hervat.rehearsal.identities import people
from hervat.rehearsal.life import Draft, Life
from hervat.rehearsal.trials import imprisoned, tried
from hervat.rehearsal.truth import RefusedTruth, Unapplied

UNUSED = 9
ASKED = (4, 8)
"""How many days after the last link is back a sender answers."""
Settling = Callable[[int], object]
"""What the senders do on a day when they are asked about what is held."""


def never(draft: Draft, why: str, *needs: str) -> None:
    """Write down that this message stays held, for these keys."""
    draft.life.book.never_applied[draft.feed.source, draft.id] = Unapplied(needs, why)


def number_mistyped(life: Life) -> Settling:
    """A judgment names a case that does not exist."""
    case = new_case(life)
    pn, given = names.pn_of("10", life.index, UNUSED), workday(life.within(5, 40))
    judgment = case.judge(given, {1: "convicted"}, true=False)
    right = judgment.sent.data
    judgment.sent.data = right | {"pn": pn}
    never(judgment.sent, "the prosecution number was mistyped", f"charge:{pn}#1")
    told = {"judgment": judgment.number, "final_on": iso(56)}
    final = case.tell(GRIP, "judgment-final", told, workday(57), dated=56)
    never(final, "its judgment is held", f"judgment:{judgment.number}")

    def settle(day: int) -> None:
        life.correct(judgment.sent, right, day)
        case.judged(judgment, given)
        life.book.final(case.pn, judgment.number, on(56))

    return settle


def started_before_final(life: Life) -> Settling:
    """A sentence is served of which nobody told that it was final."""
    case, judgment = tried(life, life.within(1, 20))
    judgment.sent.data["sentences"] = [{"sentence": "1", "kind": "community-service", "hours": 80}]
    never(case.start(judgment, 30), "nobody told that the judgment was final", f"final:{judgment.number}")
    never(case.end(judgment, 60), "its beginning is held", f"started:{judgment.number}#1")
    return lambda day: case.final(judgment, 29, day)


def annulled_before_final(life: Life) -> Settling:
    """A judgment is annulled of which nobody told that it was final: it stays what it was."""
    case, judgment = tried(life, life.within(1, 20))
    told = {"judgment": judgment.number, "decided_on": iso(45), "ground": "new fact"}
    sent = case.tell(GRIP, "judgment-annulled", told, 45)
    never(sent, "nobody told that the judgment was final", f"final:{judgment.number}")

    def settle(day: int) -> None:
        case.final(judgment, 36, day)
        case.decide(f"annulled {judgment.number}", "annulled", 45, judgment.verdicts)

    return settle


def appeal_never_told(life: Life) -> Settling:
    """A court of appeal gives judgment, and nobody told of the appeal: the first judgment stands."""
    case, judgment = tried(life, life.within(1, 10))
    given = workday(life.within(30, 60))
    higher = case.judge(given, {1: "acquitted"}, instance=2, of=judgment, true=False)
    never(higher.sent, "nobody told of the appeal", f"appeal:{judgment.number}")

    def settle(day: int) -> None:
        told = {"judgment": judgment.number, "remedy": "appeal", "by": "defendant", "lodged_on": iso(20)}
        case.tell(GRIP, "appeal-lodged", told, day, dated=20)
        case.judged(higher, given)

    return settle


def retracted_what_was_not_sent(life: Life) -> Settling:
    """A retraction names a message that was never sent."""
    case = new_case(life)
    case.dismiss(workday(life.within(1, 20)), "05")
    missing = f"gps-{life.key}-none"
    told = {"retracts": {"source": GPS.source, "id": missing}, "ground": "issued twice"}
    sent = case.tell(GPS, "message-retracted", told, workday(life.within(25, 50)))
    never(sent, "it names a message that was never sent", f"message:{GPS.source}/{missing}")
    return lambda day: life.retract(sent, "names a message that was never sent", day)


def corrected_to_what_is_not(life: Life) -> Settling:
    """A dismissal is corrected to name a charge that does not exist: the original does not stand in for it."""
    case, dismissed = new_case(life), workday(life.within(1, 20))
    sent = case.dismiss(dismissed, "40", true=False)
    correction = life.correct(sent, sent.data | {"charges": [UNUSED]}, life.within(25, 50))
    never(sent, "its correction names a charge that does not exist", f"charge:{case.pn}#{UNUSED}")

    def settle(day: int) -> None:
        life.retract(correction, "there is no such charge", day)
        case.decide(sent.id, "dismissed", dismissed, case.numbers(), "40")

    return settle


def judgment_taken_back(life: Life) -> Settling:
    """A judgment is taken back for good, with a final and a sentence hanging on it."""
    case, judgment = imprisoned(life, life.within(1, 10), 26)
    final = life.drafts[-1]
    started = case.start(judgment, 32)
    life.retract(judgment.sent, "of another person", life.within(35, 60))
    life.book.undone(case.pn, judgment.number)
    never(final, "its judgment was taken back", f"judgment:{judgment.number}")
    never(started, "the judgment was taken back", f"final:{judgment.number}")

    def settle(day: int) -> None:
        for hanging in (final, started):
            life.retract(hanging, "its judgment was taken back", day)

    return settle


def charge_taken_back(life: Life) -> Settling:
    """A charge was added, dismissed, and taken back: the dismissal has no ground."""
    case = new_case(life)
    day = workday(life.within(1, 15))
    added = case.tell(GPS, "charges-amended", {"pn": case.pn, "charges": [case.charge(2, day - 80)]}, day)
    dismissed = case.dismiss(workday(day + 3), "40", charges=[2], true=False)
    life.retract(added, "belongs to another case", day + life.within(8, 30))
    never(dismissed, "its charge was taken back", f"charge:{case.pn}#2")
    return lambda day: life.retract(dismissed, "belongs to another case", day)


def split_of_what_never_was(life: Life) -> Settling:
    """A merge is undone, and then taken back: the split has nothing to undo."""
    kept, away = people(life, 2)
    merge = life.merge(kept, away, life.within(1, 15))
    split = life.split(merge, life.within(18, 30))
    life.retract(merge, "sent in error", life.within(33, 60))
    never(split, "its merge was taken back", f"merge:{merge.feed.source}/{merge.id}")
    return lambda day: life.retract(split, "its merge was taken back", day)


def person_unknown(life: Life) -> Settling:
    """A case names a person whom nobody registered."""
    skn = names.skn_of(life.index, 3)
    case = CaseFile(life, skn, workday(life.within(1, 20)))
    never(case.registered, "nobody registered the person", f"person:{skn}")
    charges = life.book.charges.pop(case.pn)
    dismissed = workday(life.within(25, 50))
    sent = case.dismiss(dismissed, "02", true=False)
    never(sent, "its case is held", f"charge:{case.pn}#1")

    def settle(day: int) -> None:
        life.person(3, day)
        life.book.charges[case.pn] = charges
        case.decide(sent.id, "dismissed", dismissed, case.numbers(), "02")

    return settle


def registration_refused(life: Life) -> Settling:
    """A case is refused: what needs it waits for its correction."""
    case = new_case(life)
    right = case.registered.data
    case.registered.data = right | {"charges": [one | {"class": "felony"} for one in right["charges"]]}
    refused = life.book.refused
    refused[case.registered.name] = RefusedTruth("data.charges[0].class", corrected=False)
    charges, issued = life.book.charges.pop(case.pn), workday(life.within(1, 30))
    sent = case.order(issued, true=False)
    never(sent, "its case was refused", f"charge:{case.pn}#1")

    def settle(day: int) -> None:
        life.correct(case.registered, right, day)
        refused[case.registered.name] = refused[case.registered.name]._replace(corrected=True)
        life.book.charges[case.pn] = charges
        case.decide(sent.data["order"], "penalty-order", issued, case.numbers())

    return settle


def number_fails_the_test(life: Life) -> None:
    """An identity is refused: the citizen service number fails the eleven-test."""
    (skn,) = people(life, 1)
    told = {"skn": skn, "identity": names.identity(life.rng, "2", "123456789"), "leading": False}
    sent = life.post(SKDB, "identity-added", told, life.within(1, 60), subject=skn, after=life.known)
    life.book.refused[SKDB.source, sent.id] = RefusedTruth("data.identity.bsn", corrected=False)


def sent_by_the_wrong_one(life: Life) -> None:
    """A court dismisses a case, which only the prosecution service may."""
    case = new_case(life)
    told = {"pn": case.pn, "charges": [1], "code": "02", "conditional": False, "decided_on": iso(30)}
    sent = case.tell(GRIP, "case-dismissed", told, 30)
    life.book.refused[GRIP.source, sent.id] = RefusedTruth("type", corrected=False)


def _asked_about(story: Callable[[Life], Settling]) -> Callable[[Life], None]:
    """A story that is settled in the week after the links are back, in a world in which somebody asks about what is held."""

    @wraps(story)
    def told(life: Life) -> None:
        unapplied, before = life.book.never_applied, len(life.book.never_applied)
        settle = story(life)
        if life.settles:
            settle(workday(life.until + life.within(*ASKED)))
            life.book.settled |= {name: unapplied.pop(name) for name in list(unapplied)[before:]}

    return told


STORIES = (
    *map(
        _asked_about,
        (
            number_mistyped,
            started_before_final,
            annulled_before_final,
            appeal_never_told,
            retracted_what_was_not_sent,
            corrected_to_what_is_not,
            judgment_taken_back,
            charge_taken_back,
            split_of_what_never_was,
            person_unknown,
            registration_refused,
        ),
    ),
    number_fails_the_test,
    sent_by_the_wrong_one,
)
