"""What a schema cannot say about the data of one message, told from that message alone.

- A fault is a path within the data and a sentence. Nothing here looks at what else arrived: what contradicts other facts is applied
  and shown as a contradiction.
- A measure is a duration or an amount, never both; `life` stands alone; `hours` are for community service.
"""

from collections.abc import Callable, Iterator
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from hervat.case import Duration
from hervat.clock import parse_rfc3339
from hervat.message import SOURCE
from hervat.outcome import Sanction, Sentence
from hervat.person import is_partial_date, passes_eleven_test


class Own(NamedTuple):
    """What the message says of itself: its source, id and sequence."""

    source: str
    id: str
    sequence: int


Fault = tuple[str, str]
Faults = Iterator[Fault]
Rule = Callable[[Any, Own], Faults]

_UNITS = ("days", "weeks", "months", "years", "hours", "life")
_units = attrgetter(*_UNITS)
_MEASURED = frozenset(("imprisonment", "detention", "youth-detention", "community-service", "fine"))


def faults_of(kind: str, data: Any, own: Own) -> list[Fault]:
    """Every fault in the data of a message of `kind`; empty where it is sound."""
    return [fault for rule in RULES.get(kind, ()) for fault in rule(data, own)]


def _bsn(bsn: str | None, path: str) -> Faults:
    if bsn is not None and not passes_eleven_test(bsn):
        yield path, "This BSN does not pass the eleven-test; check the number at its source."


def _birth(birth: str | None, path: str) -> Faults:
    if birth is not None and not is_partial_date(birth):
        yield path, "This date does not exist; send the year, or the year and month, where the day is not known."


def _identity(data: Any, own: Own) -> Faults:
    yield from _birth(data.identity.birth, "identity.birth")
    yield from _bsn(data.identity.bsn, "identity.bsn")


def _different(one: str, other: str) -> Rule:
    def rule(data: Any, own: Own) -> Faults:
        if getattr(data, one) == getattr(data, other):
            yield other, f"This is the same as `{one}`; name two different ones."

    return rule


def _undoes(data: Any, own: Own) -> Faults:
    # What is no source gives nothing: the split would wait for ever, or for what another source and id spell together.
    if not SOURCE.fullmatch(data.undoes.source):
        yield "undoes.source", "This is no source; give that of the merge, as urn:nld:oin:<20 characters>:systeem:<name>."


def _twice(numbers: Any, path: str) -> Faults:
    seen = set()
    for index, number in enumerate(numbers):
        if number in seen:
            yield path.format(index), "This number comes twice in one list; name each once."
        seen.add(number)


def _period_of(period: Any, path: str) -> Faults:
    if period.to < period.from_:
        yield path, "This period ends before it begins; `from` is the first day and `to` the last."


def _charges(data: Any, own: Own) -> Faults:
    yield from _twice([charge.charge for charge in data.charges], "charges[{}].charge")
    for index, charge in enumerate(data.charges):
        yield from _period_of(charge.period, f"charges[{index}].period")
        if charge.maximum is not None:
            yield from _measure(charge.maximum, f"charges[{index}].maximum", needed=True)


def _received(data: Any, own: Own) -> Faults:
    if data.received_on < min(charge.period.from_ for charge in data.charges):
        yield "received_on", "The case was received before the earliest period of its charges began; correct one of the two."


def _numbers(data: Any, own: Own) -> Faults:
    yield from _twice(data.charges, "charges[{}]")


def _verdicts(data: Any, own: Own) -> Faults:
    yield from _twice([verdict.charge for verdict in data.verdicts], "verdicts[{}].charge")


def _measure(measure: Duration, path: str, *, needed: bool = False, amount: str | None = None) -> Faults:
    given = len(_UNITS) - _units(measure).count(None)
    if measure.life is not None and (given > 1 or not measure.life):
        yield f"{path}.life", "`life` is true and stands alone, or is left out."
    if given and amount is not None:
        yield f"{path}.amount_eur", "A measure is a duration or an amount, not both; send two sentences where two were imposed."
    if needed and not given and amount is None:
        yield path, "A measure is missing; send whole days, weeks, months, years or hours, `life`, or an amount."


def _measured(imposed: Sentence | Sanction, path: str, *, needed: bool) -> Faults:
    yield from _measure(imposed, path, needed=needed, amount=imposed.amount_eur)
    part = imposed.conditional
    if part is not None:
        yield from _measure(part, f"{path}.conditional", needed=True, amount=part.amount_eur)


def _hours(sentence: Any, path: str) -> Faults:
    if sentence.kind == "community-service":
        return
    for part, below in ((sentence, path), (sentence.conditional, f"{path}.conditional")):
        if part is not None and part.hours is not None:
            yield f"{below}.hours", "Only community service is measured in hours; send days, weeks, months or years."


def _sentences(data: Any, own: Own) -> Faults:
    yield from _twice([sentence.sentence for sentence in data.sentences], "sentences[{}].sentence")
    for index, sentence in enumerate(data.sentences):
        path = f"sentences[{index}]"
        yield from _measured(sentence, path, needed=sentence.kind in _MEASURED)
        yield from _hours(sentence, path)


def _remits(data: Any, own: Own) -> Faults:
    for index, remission in enumerate(data.remits):
        yield from _measure(remission, f"remits[{index}]", amount=remission.amount_eur)


def _sanctions(data: Any, own: Own) -> Faults:
    for index, sanction in enumerate(data.sanctions):
        yield from _measured(sanction, f"sanctions[{index}]", needed=False)


def _appeal(data: Any, own: Own) -> Faults:
    if data.instance > 1 and data.on_appeal_of is None:
        yield "on_appeal_of", "A judgment in instance 2 or 3 names the judgment it was given on; send `on_appeal_of`."


def _own_message(field: str) -> Rule:
    def rule(data: Any, own: Own) -> Faults:
        named = getattr(data, field)
        if named.source != own.source:
            yield f"{field}.source", "Only the source that sent a message amends it; ask that source to."
        elif named.id == own.id:
            yield f"{field}.id", "A message cannot amend itself; name an earlier one."

    return rule


def _period(data: Any, own: Own) -> Faults:
    yield from _period_of(data.period, "period")


def _enrolled(data: Any, own: Own) -> Faults:
    yield from _bsn(data.bsn, "bsn")


def _applied_for(data: Any, own: Own) -> Faults:
    yield from _bsn(data.bsn, "bsn")
    yield from _birth(data.birth, "birth")


def _asked_about(data: Any, own: Own) -> Faults:
    yield from _bsn(data.bsn, "bsn")
    if data.skn is None and data.bsn is None:
        yield "skn", "A request is about somebody; send `skn` or `bsn`."


def _stock(data: Any, own: Own) -> Faults:
    first: date = data.from_
    if data.until < first:
        yield "until", "This stock ends before it begins; `until` is not before `from`."


def _in_order(first: str, last: str, reason: str) -> Rule:
    def rule(data: Any, own: Own) -> Faults:
        begins, ends = getattr(data, first), getattr(data, last)
        if ends is not None and ends < begins:
            yield last, reason

    return rule


def _claim(data: Any, own: Own) -> Faults:
    if data.through_sequence >= own.sequence:
        yield "through_sequence", "A watermark speaks of what was sent before it; this is not below its own sequence."
    elif data.count != data.through_sequence:
        yield "count", "A feed has no gaps, so the count equals `through_sequence`; send that."
    try:
        parse_rfc3339(data.complete_until)
    except ValueError as error:
        yield "complete_until", f"This time cannot be read: {error}."


RULES: dict[str, tuple[Rule, ...]] = {
    "person-registered": (_identity,),
    "identity-added": (_identity,),
    "persons-merged": (_different("kept", "merged"),),
    "persons-split": (_undoes,),
    "case-registered": (_charges, _received),
    "charges-amended": (_charges,),
    "cases-joined": (_different("pn", "into"),),
    "case-dismissed": (_numbers,),
    "penalty-order-issued": (_numbers, _sentences),
    "summons-issued": (_numbers,),
    "judgment-given": (_verdicts, _sentences, _appeal),
    "pardon-granted": (_remits,),
    "foreign-conviction-notified": (_sanctions,),
    "message-corrected": (_own_message("corrects"),),
    "message-retracted": (_own_message("retracts"),),
    "emergency-report": (_period,),
    "screening-enrolled": (_enrolled,),
    "certificate-requested": (_applied_for,),
    "disclosure-requested": (_asked_about,),
    "stock-declared": (_stock,),
    "watermark": (_claim,),
    "custody-started": (_in_order("from_", "release_due", "Release is due before custody began; correct one of the two."),),
    "custody-prolonged": (
        _in_order("decided_on", "release_due", "Custody is prolonged to a day before the decision; correct one of the two."),
    ),
    "supervision-started": (_in_order("from_", "until", "This supervision ends before it begins; correct one of the two."),),
}
