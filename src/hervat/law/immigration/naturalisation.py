"""`naturalisation`: whether public order stands in the way of becoming a Dutch national.

What stands in the way: a case of a misdrijf that is still open, and a listed sanction in the years before the application or since. What is
not told of a sanction or a charge makes the answer cannot-say, unless something else stands in the way already.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hervat.law.immigration.facts import (
    APPLIED_ON,
    BLIND,
    CHARGES,
    DECISIONS,
    UNLAWFUL_GAIN,
    Application,
    Charge,
    Decision,
    Known,
    Sentence,
    is_blind,
)
from hervat.law.immigration.lengths import years_later
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import TEXTS, WHOLE, YES_NO, Outcome, Words


class Obstacle(StrEnum):
    """What stands in the way, as the policy lists it."""

    OPEN_CASE = "open-case"
    CUSTODY = "custody-or-measure"
    OTHER_PENALTY = "community-service-or-other-penalty"
    FINE = "fine"
    ORDER = "penalty-order"
    SEVERAL = "several"
    GAIN = "unlawful-gain"


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing that stands in the way: what, of which case or decision, whether that is certain, and the first day on which it no longer
    does (None: no day is known).
    """

    obstacle: Obstacle
    key: str
    certain: bool
    until: date | None


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Everything that stands in the way or may."""

    standing: tuple[Standing, ...]


ENDED = Parameter("outcomes-that-end", TEXTS)
UNCLEAR_OUTCOMES = Parameter("outcomes-that-may-end", TEXTS)
CUSTODY = Parameter("custody-kinds", TEXTS)
OTHER_PENALTY = Parameter("other-penalty-kinds", TEXTS)
UNCLEAR_KINDS = Parameter("kinds-that-may-count", TEXTS)
FOREIGN_COUNTS = Parameter("foreign-counts", YES_NO)
PARDON_HELPS = Parameter("pardon-helps", YES_NO)
FINE_FROM = Parameter("fine-from-eur", WHOLE)
ORDER_FROM = Parameter("penalty-order-from-eur", WHOLE)
EACH_FROM = Parameter("several-each-from-eur", WHOLE)
TOGETHER_FROM = Parameter("several-together-from-eur", WHOLE)
GAIN_FROM = Parameter("unlawful-gain-from-eur", WHOLE)
WINDOW = Parameter("window-years", WHOLE)
FROM_APPLICATION = Parameter("window-before-application", YES_NO)
EXECUTION_COUNTS = Parameter("execution-counts", YES_NO)

_SAID = {
    Obstacle.OPEN_CASE: Words(en="a case of a misdrijf is open", nl="een zaak wegens een misdrijf staat open"),
    Obstacle.CUSTODY: Words(en="custody or a measure", nl="een vrijheidsstraf of maatregel"),
    Obstacle.OTHER_PENALTY: Words(en="community service or another penalty", nl="een taakstraf of andere straf"),
    Obstacle.FINE: Words(en="a fine for a misdrijf", nl="een geldboete wegens een misdrijf"),
    Obstacle.ORDER: Words(en="a penalty order for a misdrijf", nl="een strafbeschikking wegens een misdrijf"),
    Obstacle.SEVERAL: Words(en="several fines or penalty orders together", nl="meer geldboeten of strafbeschikkingen samen"),
    Obstacle.GAIN: Words(en="deprivation of unlawful gain", nl="ontneming van wederrechtelijk verkregen voordeel"),
}


def _open_case(asking: Asking, charge: Charge) -> Standing | None:
    """A charge that can still lead to a sanction, or of which that is not known."""
    if charge.class_ == "overtreding" or charge.outcome in asking.value(ENDED, asking.on):
        return None
    may_end = charge.outcome in asking.value(UNCLEAR_OUTCOMES, asking.on)
    final_on = charge.final_on
    if final_on is not None and not may_end:
        if final_on <= asking.on:
            return None
        asking.lasts_until(final_on)
    return Standing(Obstacle.OPEN_CASE, charge.key, charge.class_ is not None and not may_end, None)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sanction that the policy lists. `carried_out`: whether messages tell the end of carrying it out, and it is waited for."""

    obstacle: Obstacle
    certain: bool
    carried_out: bool = False
    ended_on: date | None = None


def _listed(asking: Asking, decision: Decision) -> Iterator[_Listed]:
    """What of a decision the policy lists."""
    sentences = [one for one in decision.sentences if not (one.remitted and asking.value(PARDON_HELPS, asking.on))]
    for sentence in sentences:
        yield from _penalty(asking, sentence)
    misdrijf, cents = _misdrijf(decision), _amount(sentences)
    if misdrijf is not False and cents != 0:
        ordered = decision.by == "penalty-order"
        obstacle, parameter = (Obstacle.ORDER, ORDER_FROM) if ordered else (Obstacle.FINE, FINE_FROM)
        yield from _from(asking, obstacle, cents, parameter, misdrijf is True)


def _penalty(asking: Asking, sentence: Sentence) -> Iterator[_Listed]:
    """What is listed whatever its length, and the deprivation of unlawful gain; fines are reckoned for the whole of a decision."""
    if sentence.kind == "fine":
        return
    executed = sentence.conditional is None or sentence.conditional != sentence.whole
    if sentence.kind in asking.value(CUSTODY, asking.on):
        yield _Listed(Obstacle.CUSTODY, True, executed, sentence.ended_on)
    elif sentence.kind in asking.value(OTHER_PENALTY, asking.on):
        waited_for = executed and sentence.kind == "community-service"
        yield _Listed(Obstacle.OTHER_PENALTY, True, waited_for, sentence.ended_on)
    elif sentence.kind == UNLAWFUL_GAIN:
        yield from _from(asking, Obstacle.GAIN, sentence.cents, GAIN_FROM, True)
    elif sentence.kind in asking.value(UNCLEAR_KINDS, asking.on):
        yield _Listed(Obstacle.OTHER_PENALTY, False)


def _from(asking: Asking, obstacle: Obstacle, cents: int | None, parameter: Parameter[int], certain: bool) -> Iterator[_Listed]:
    """A sum of money that is listed from a threshold on."""
    if cents is None or cents >= 100 * asking.value(parameter, asking.on):
        yield _Listed(obstacle, certain and cents is not None)


def _misdrijf(decision: Decision) -> bool | None:
    """Whether it is for misdrijven; None where that is not told, or where it is for an overtreding as well."""
    classes = {one.class_ for one in decision.offences}
    return classes == {"misdrijf"} if classes in ({"misdrijf"}, {"overtreding"}) else None


def _amount(sentences: Iterable[Sentence]) -> int | None:
    """What the fines among sentences amount to, in cents; 0 where there are none, None where one is not told."""
    amounts = [sentence.cents for sentence in sentences if sentence.kind == "fine"]
    told = [cents for cents in amounts if cents is not None]
    return sum(told) if len(told) == len(amounts) else None


def _until(asking: Asking, day: date) -> date | None:
    """The first day on which what happened on a day no longer stands in the way; None where it does not on the day of the decision."""
    until = years_later(day, asking.value(WINDOW, asking.on))
    if asking.on < until:
        asking.lasts_until(until)
        return until
    return until if asking.need(APPLIED_ON) < until and asking.value(FROM_APPLICATION, asking.on) else None


def _standing(asking: Asking, decision: Decision, one: _Listed, final_on: date) -> Standing | None:
    """A listed sanction, if it lies in the window: by the day on which it became final, or else by that on which it was carried out."""
    until = _until(asking, final_on)
    if until is not None:
        return Standing(one.obstacle, decision.key, one.certain, until)
    if not one.carried_out or not asking.value(EXECUTION_COUNTS, asking.on):
        return None
    if one.ended_on is None:
        return Standing(one.obstacle, decision.key, False, None)
    until = _until(asking, one.ended_on)
    return None if until is None else Standing(one.obstacle, decision.key, one.certain, until)


@dataclass(frozen=True, slots=True)
class _Fine:
    """What a decision fines for misdrijven, or may; `cents` is None where it is not told."""

    key: str
    cents: int | None
    certain: bool
    until: date


def _several(asking: Asking, final: Sequence[tuple[Decision, date]]) -> Standing | None:
    """Fines and penalty orders in the window that are each of some weight and together of more."""
    fines = list(_fines(asking, final))
    for certain in (True, False):
        among = [one for one in fines if one.certain or not certain]
        if _together(asking, among):
            days = sorted(one.until for one in among)
            until = next(day for day in days if not _together(asking, [one for one in among if day < one.until]))
            return Standing(Obstacle.SEVERAL, ", ".join(one.key for one in among), certain, until)
    return None


def _fines(asking: Asking, final: Sequence[tuple[Decision, date]]) -> Iterator[_Fine]:
    for decision, day in final:
        misdrijf, cents = _misdrijf(decision), _amount(decision.sentences)
        if misdrijf is False or cents == 0 or (cents is not None and cents < 100 * asking.value(EACH_FROM, asking.on)):
            continue
        until = _until(asking, day)
        if until is not None:
            yield _Fine(decision.key, cents, misdrijf is True and cents is not None, until)


def _together(asking: Asking, fines: Sequence[_Fine]) -> bool:
    """Whether several fines are, or may be, as much as the policy names."""
    told = [one.cents for one in fines if one.cents is not None]
    return len(fines) > 1 and (len(told) < len(fines) or sum(told) >= 100 * asking.value(TOGETHER_FROM, asking.on))


def _final(asking: Asking, decisions: Iterable[Decision]) -> Iterator[tuple[Decision, date]]:
    """The decisions that count and are final on the day of the decision, each with the day on which it became so."""
    for one in decisions:
        if one.final_on is None or (one.by == "foreign" and not asking.value(FOREIGN_COUNTS, asking.on)):
            continue
        if one.final_on > asking.on:
            asking.lasts_until(one.final_on)
        else:
            yield one, one.final_on


def _note(asking: Asking, one: Standing, rests_on: tuple[str, ...]) -> None:
    said, perhaps = _SAID[one.obstacle], Words(en="", nl="") if one.certain else Words(en=", or may be", nl=", of kan dat zijn")
    until = Words(en="", nl="") if one.until is None else Words(en=f", until {one.until}", nl=f", tot {one.until}")
    says = Words(en=f"{one.key}: {said.en}{perhaps.en}{until.en}", nl=f"{one.key}: {said.nl}{perhaps.nl}{until.nl}")
    asking.note(Step(says, "RWN 9", True if one.certain else None, rests_on))


def _version_1(asking: Asking) -> Finding[InTheWay]:
    applied_on = asking.need(APPLIED_ON)
    if applied_on > asking.on:
        asking.lasts_until(applied_on)
        says = Words(en="the application lies after the day of the decision", nl="het verzoek ligt na de dag van de beslissing")
        return Finding(Outcome.CANNOT_SAY, says)
    charges, decisions = asking.need(CHARGES), asking.need(DECISIONS)
    cases = [one for one in (_open_case(asking, charge) for charge in charges) if one is not None]
    final = tuple(_final(asking, decisions))
    listed = [_standing(asking, decision, one, day) for decision, day in final for one in _listed(asking, decision)]
    sanctions = [one for one in (*listed, _several(asking, final)) if one is not None]
    for one in cases:
        _note(asking, one, (CHARGES.name, ENDED.name))
    for one in sanctions:
        _note(asking, one, (DECISIONS.name, WINDOW.name, APPLIED_ON.name))
    return _found(asking, InTheWay((*cases, *sanctions)))


def _found(asking: Asking, value: InTheWay) -> Finding[InTheWay]:
    blind = asking.need(BLIND)
    if blind:
        return Finding(Outcome.CANNOT_SAY, is_blind(asking.on, blind), value)
    if any(one.certain for one in value.standing):
        return Finding(Outcome.NO, Words(en="public order stands in the way", nl="de openbare orde staat in de weg"), value)
    if value.standing:
        keys = ", ".join(dict.fromkeys(one.key for one in value.standing))
        says = Words(
            en=f"whether public order stands in the way turns on what is not told or not settled of {keys}",
            nl=f"of de openbare orde in de weg staat, hangt af van wat niet bekend of niet uitgemaakt is van {keys}",
        )
        return Finding(Outcome.CANNOT_SAY, says, value)
    nothing = Words(
        en="nothing that the register knows stands in the way; a person decides",
        nl="niets wat het register kent staat in de weg; een mens beslist",
    )
    return Finding(Outcome.YES, nothing, value)


NATURALISATION = Rule[InTheWay](
    name="immigration.naturalisation",
    package=__package__,
    file="naturalisation.toml",
    dated_by=APPLIED_ON,
    inputs=(APPLIED_ON, CHARGES, DECISIONS, BLIND),
    parameters=(
        *(ENDED, UNCLEAR_OUTCOMES, CUSTODY, OTHER_PENALTY, UNCLEAR_KINDS, FOREIGN_COUNTS, PARDON_HELPS),
        *(FINE_FROM, ORDER_FROM, EACH_FROM, TOGETHER_FROM, GAIN_FROM, WINDOW, FROM_APPLICATION, EXECUTION_COUNTS),
    ),
    versions={1: _version_1},
)


def naturalisation(application: Application, known: Known, *, on: date, horizon: Horizon | None = None) -> Result[InTheWay]:
    """Whether public order leaves the way free to naturalisation, in a decision on a day: yes where nothing stands in it."""
    return NATURALISATION.apply({**application.facts(), **known.facts()}, on=on, horizon=horizon)
