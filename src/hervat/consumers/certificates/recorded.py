"""The record of an applicant as facts of the law of certificates: entries, and the time spent in custody.

- An entry is a charge that is shown with what became of it, or an offence of a foreign conviction.
- An entry is dated by the first decision on it. Where a court decided on the merits that is the court's, in the lowest instance known, of
  several the last, and not what the prosecution decided before: the latest of all, so that nothing leaves a look-back too early.
- What was annulled or opposed, and what decides nothing on the merits, dates no entry. Where that is all there is, the entry is open.
- What an annulled judgment leaves is told by no rule here: its outcome is not told to the law, and a person assesses it.
- When somebody was released abroad no message tells. Whoever was sentenced there to anything that lasts is taken to be in custody since: so
  the look-back reaches behind that conviction, and a person assesses it.
- Where more persons have the applicant's number, something was applied to a case of theirs that does not fit, more messages give the
  application, or something is held that does or amends it, that is an entry of its own of which nothing is told: a person assesses it,
  whatever else there is. So is a report that the police made under a procedure for certificates.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from hervat import kinds
from hervat.case import Duration
from hervat.consumers.certificates.applications import Requested
from hervat.consumers.offences import offence_of
from hervat.law.certificates import Entry
from hervat.law.dated import Span
from hervat.law.screening import NONE, Offence
from hervat.law.value import Absent
from hervat.message import Message, Named
from hervat.outcome import Measure
from hervat.register.record import Case, Charge, ForeignConviction, Judgment, Person, Sentence

CUSTODIAL = frozenset(
    ("imprisonment", "detention", "youth-detention", "hospital-order", "youth-placement", "custodial-order-repeat-offender")
)
"""The kinds of sentences that take somebody's liberty. That measures lengthen the look-back as prison does is inferred: the longer one."""
_ON_NO_MERITS = ("inadmissible", "summons-void", "not-competent")
_OUTCOMES = {
    "suspected": "open",
    "summoned": "open",
    "dismissed": "dismissed",
    "dismissed-conditionally": "dismissed",
    **{name: name for name in ("penalty-order", "convicted", "acquitted", "discharged", "guilty-without-penalty")},
    **dict.fromkeys(_ON_NO_MERITS, "open"),
}
_OF_WHO = frozenset(("person-given-again", "identity-given-again", "death-differs"))
"""The contradictions that are of no case, judgment, order, conviction or report."""
Positions = Callable[[Named], int]
Convictions = Mapping[tuple[str, str], Named]


def convictions_in(messages: Iterable[Message]) -> dict[tuple[str, str], Named]:
    """Which message tells of each foreign conviction, by member state and reference: of several the last in the canonical order."""
    foreign = [one for one in messages if isinstance(one.data, kinds.ForeignConvictionNotified)]
    ranked = sorted(foreign, key=lambda one: (one.data.decided_on, one.source, one.sequence))
    return {(one.data.member_state, one.data.reference): Named(source=one.source, id=one.id) for one in ranked}


def entries(persons: Sequence[Person], positions: Positions, convictions: Convictions) -> tuple[Entry, ...]:
    """What the register has of everybody who has the applicant's number. `positions` tells where in the journal a message lies."""
    return tuple(entry for person in persons for entry in _of_person(person, positions, convictions))


def doubts(persons: Sequence[Person], asked: Requested) -> Iterator[Entry]:
    """The entries of which nothing is told."""
    for person in persons:
        for report in person.emergency_reports:
            yield Entry(about=f"report {report.police_report} of the police")
    told = (
        (len(persons) > 1, f"{len(persons)} persons have this BSN"),
        (any(one.what not in _OF_WHO for person in persons for one in person.contradictions), "what is told of a case does not fit"),
        (asked.given_again, "more than one message gives this application"),
        (asked.in_doubt, "something is held that gives or amends this application"),
    )
    yield from (Entry(about=about) for holds, about in told if holds)


def custody(persons: Sequence[Person]) -> tuple[Span, ...]:
    """The periods that everybody who has the applicant's number spent in custody, in order."""
    spans = [span for person in persons for span in _custody(person)]
    return tuple(sorted(spans, key=lambda one: (one.edges[0], one.until or date.max)))


def _of_person(person: Person, positions: Positions, convictions: Convictions) -> Iterator[Entry]:
    for case in person.cases:
        yield from (_charge(case, charge, positions(charge.message)) for charge in case.charges)
    for conviction in person.foreign_convictions:
        named = convictions.get((conviction.member_state, conviction.reference))
        yield from _foreign(conviction, None if named is None else positions(named))


def _charge(case: Case, charge: Charge, position: int) -> Entry:
    return Entry(
        about=f"{case.prosecution_number}#{charge.charge}",
        outcome="open" if _is_opposed(case, charge) else _OUTCOMES.get(charge.outcome),
        final=charge.final_on is not None,
        dismissal_code=charge.code,
        decided_on=_first_decided(case, charge),
        offence=offence_of(charge, position),
        position=position,
    )


def _first_decided(case: Case, charge: Charge) -> date | Absent:
    """The day of the first decision on a charge; `NONE` where there is none."""
    if _OUTCOMES.get(charge.outcome, "open") == "open" or _is_opposed(case, charge):
        return NONE
    given = [(one.instance, one.given_on) for one in case.judgments if one.annulled_on is None and _is_on_merits(one, charge)]
    lowest = min((instance for instance, _ in given), default=None)
    return max((day for instance, day in given if instance == lowest), default=charge.outcome_on)


def _is_on_merits(judgment: Judgment, charge: Charge) -> bool:
    return any(one.charge == charge.charge and one.verdict not in _ON_NO_MERITS for one in judgment.verdicts)


def _is_opposed(case: Case, charge: Charge) -> bool:
    """Whether the last decision on a charge is a penalty order that was opposed."""
    return any(one.message == charge.message and one.opposed_on is not None for one in case.orders)


def _foreign(conviction: ForeignConviction, position: int | None) -> Iterator[Entry]:
    """Its offences; one of which nothing is told where it names none."""
    offences = [Offence(article=NONE, ecris=one.ecris, from_=one.date, to=one.date, position=position) for one in conviction.offences]
    for number, offence in enumerate(offences or [Offence()], 1):
        yield Entry(
            about=f"{conviction.member_state}/{conviction.reference}#{number}",
            outcome="convicted",
            final=conviction.final_on is not None,
            decided_on=conviction.decided_on,
            offence=offence,
            position=position,
        )


def _custody(person: Person) -> Iterator[Span]:
    for case in person.cases:
        for judgment in case.judgments:
            yield from (_span(judgment, one) for one in judgment.sentences if one.kind in CUSTODIAL and (one.started_on or one.ended_on))
    for conviction in person.foreign_convictions:
        if any(map(_lasts, conviction.sanctions)):
            yield Span(conviction.decided_on)


def _span(judgment: Judgment, sentence: Sentence) -> Span:
    """When a sentence was carried out, its last day included; whatever of both days is told, and in whatever order."""
    begins, ends = sentence.started_on or judgment.given_on, sentence.ended_on
    if ends is None:
        return Span(begins)
    last = max(begins, ends)
    return Span(min(begins, ends), None if last == date.max else date.fromordinal(last.toordinal() + 1))


def _lasts(sanction: Measure) -> bool:
    return any(getattr(sanction, unit) is not None for unit in Duration.__struct_fields__)
