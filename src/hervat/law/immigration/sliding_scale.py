"""`sliding_scale`: whether custody reaches the norm for the length of residence (Vb 3.86).

It is reckoned twice: with what certainly counts against somebody, and with all that may. Less custody, later offences and a lighter scale
never reach more, so if the first reaches the norm it is reached, and if the second does not it is not; between them it cannot be said. So
whatever is not told or not read widens what lies between, and nothing is guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import groupby
from operator import attrgetter

from hervat.law.immigration.facts import BLIND, DECISIONS, GROUND, KIND, SINCE, Decision, Known, Offence, Residence, Sentence, is_blind
from hervat.law.immigration.lengths import LONGEST_MONTH, NORM, SHORTEST_MONTH, YEARS, Length, full_years, length_of
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import TEXT, TEXTS, WHOLE, YES_NO, Outcome, Words


class Bound(Enum):
    """What counts: what certainly does, or all that may."""

    LEAST = "least"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Point:
    """A day of an offence: the full years of residence up to it, the misdrijven and the custody so far, and the row, scale and norm
    that hold."""

    on: date
    years: int
    misdrijven: int
    total: Length
    row_from: int
    scale: int
    norm: Length
    reached: bool


@dataclass(frozen=True, slots=True)
class Working:
    """The days of offences one by one, the last the one that decides: where the norm is reached, or what came nearest. `unclear` are the
    decisions of which it is not known what they count for.
    """

    points: tuple[Point, ...]
    unclear: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoRule:
    """The article of the test that would be asked, for which there is no rule here, and that in words."""

    article: str
    says: Words


@dataclass(frozen=True, slots=True)
class _Counted:
    """What one decision counts for: on which day, how much, for how many misdrijven, and whether one has a maximum of the second scale."""

    on: date
    length: Length
    misdrijven: int
    heavy: bool


GROUNDS = Parameter("scale-grounds", TEXTS)
KINDS = Parameter("scale-decisions", TEXTS)
TEST_FIRST = Parameter("test-first-admission", TEXT)
TESTS = {ground: Parameter(f"test-{ground}", TEXT) for ground in ("asylum", "eu-citizen", "long-term-resident")}
COUNTS = Parameter("decisions-that-count", TEXTS)
MAY_COUNT = Parameter("decisions-that-may-count", TEXTS)
CUSTODY = Parameter("custody-kinds", TEXTS)
SERVICE = Parameter("service-kinds", TEXTS)
KINDS_MAY_COUNT = Parameter("kinds-that-may-count", TEXTS)
HOURS_A_DAY = Parameter("service-hours-a-day", WHOLE)
DAYS_IN_MONTH = Parameter("days-in-a-month", WHOLE)
ENFORCED_COUNTS = Parameter("enforced-counts", YES_NO)
WHEN_EQUAL = Parameter("reached-when-equal", YES_NO)
HEAVY_MONTHS = Parameter("scale-2-above-months", WHOLE)
MANY = Parameter("scale-3-from-misdrijven", WHOLE)
ROWS = Parameter("residence-years", YEARS)
NORMS: dict[tuple[int, int], Parameter[Length]] = {
    (scale, row): Parameter(f"scale-{scale}-from-{row}-years", NORM) for row in (0, 3, 4, 5, 6, 7, 8, 9, 10, 15) for scale in (1, 2, 3)
}

_WEIGH = Words(
    en="an individual weighing by a person always follows",
    nl="altijd volgt een individuele afweging door een mens",
)


def _no_rule(asking: Asking) -> NoRule | None:
    """The other test, where ground and decision ask for one."""
    ground, kind = asking.need(GROUND), asking.need(KIND)
    if ground not in asking.value(GROUNDS, asking.on):
        test = TESTS[ground]
    elif kind not in asking.value(KINDS, asking.on):
        test = TEST_FIRST
    else:
        return None
    article = asking.value(test, asking.on)
    about = asking.about(test)
    asking.note(Step(about, article, False, (GROUND.name, KIND.name, test.name)))
    return NoRule(article, Words(en=f"no rule here for {about.en}: {article}", nl=f"hier is geen regel voor {about.nl}: {article}"))


def _counted(asking: Asking, decision: Decision, bound: Bound) -> _Counted | None:
    """What a final decision counts for; None for nothing at all."""
    least = bound is Bound.LEAST
    if decision.by not in asking.value(COUNTS, asking.on) and (least or decision.by not in asking.value(MAY_COUNT, asking.on)):
        return None
    misdrijven = [one for one in decision.offences if one.class_ == "misdrijf" or (one.class_ is None and not least)]
    length = sum((_custody(asking, sentence, bound) for sentence in decision.sentences), Length())
    # Which part of a sentence is for the overtreding beside it, nobody tells; and what has no custody may not be one of the three.
    if not misdrijven or (least and (len(misdrijven) < len(decision.offences) or length == Length())):
        return None
    days = [one.last if least else one.first or date.min for one in misdrijven]
    dated = [day for day in days if day is not None]
    if len(dated) < len(days):
        return None
    heavy = any(_heavy(asking, one, bound) for one in misdrijven)
    return _Counted(max(dated) if least else min(dated), length, len(misdrijven), heavy)


def _heavy(asking: Asking, offence: Offence, bound: Bound) -> bool:
    """Whether the maximum is one of the second scale."""
    if offence.maximum is None:
        return bound is Bound.MOST
    maximum, months = length_of(offence.maximum), asking.value(HEAVY_MONTHS, asking.on)
    return maximum.endless or maximum.months > months or (maximum.months == months and maximum.days > 0)


def _custody(asking: Asking, sentence: Sentence, bound: Bound) -> Length:
    """The unconditional custody in a sentence, or its community service."""
    least = bound is Bound.LEAST
    if sentence.kind not in (*asking.value(CUSTODY, asking.on), *asking.value(SERVICE, asking.on)):
        return Length(endless=not least and sentence.kind in asking.value(KINDS_MAY_COUNT, asking.on))
    if least and sentence.remitted:
        return Length()
    whole = Length(endless=not least) if sentence.whole is None else length_of(sentence.whole)
    length = whole if sentence.whole is None or sentence.conditional is None else whole - length_of(sentence.conditional)
    if min(length.units(month, 1) for month in (SHORTEST_MONTH, LONGEST_MONTH)) < 0:
        # A conditional part that may be more than the whole is no part of it.
        length = Length() if least else whole
    carried_out = sentence.enforced_days > 0 and asking.value(ENFORCED_COUNTS, asking.on)
    return length + Length(days=sentence.enforced_days) if carried_out else length


def _reaches(asking: Asking, total: Length, norm: Length) -> bool:
    """Whether a sum is at least a norm. How many hours are a day, how long a month is, and what equal is, are asked where they decide."""
    if total.endless:
        return True
    difference = total - norm
    hours = asking.value(HOURS_A_DAY, asking.on) if total.hours else 1
    found = {_sign(difference.units(month, hours)) for month in (SHORTEST_MONTH, LONGEST_MONTH)}
    sign = found.pop() if len(found) == 1 else _sign(difference.units(asking.value(DAYS_IN_MONTH, asking.on), hours))
    return sign > 0 or (sign == 0 and asking.value(WHEN_EQUAL, asking.on))


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _points(asking: Asking, final: list[Decision], bound: Bound) -> Iterator[Point]:
    """The days of offences one by one, up to the first on which the norm is reached."""
    since, rows = asking.need(SINCE), asking.value(ROWS, asking.on)
    counted = sorted((one for one in (_counted(asking, decision, bound) for decision in final) if one is not None), key=attrgetter("on"))
    total, misdrijven, heavy = Length(), 0, False
    for on, done in groupby(counted, key=attrgetter("on")):
        for one in done:
            total, misdrijven, heavy = total + one.length, misdrijven + one.misdrijven, heavy or one.heavy
        scale = 3 if misdrijven >= asking.value(MANY, asking.on) else 2 if heavy else 1
        years = full_years(since, on)
        row = max(years_from for years_from in rows if years_from <= years)
        norm = asking.value(NORMS[scale, row], on)
        point = Point(on, years, misdrijven, total, row, scale, norm, _reaches(asking, total, norm))
        yield point
        if point.reached:
            return


def _note(asking: Asking, point: Point) -> None:
    total, norm, many = point.total.words, point.norm.words, point.misdrijven
    says = Words(
        en=f"{point.on}: {point.years} full years of residence, misdrijven {many}, scale {point.scale}: {total.en} against {norm.en}",
        nl=f"{point.on}: {point.years} volle jaren verblijf, misdrijven {many}, schaal {point.scale}: {total.nl} tegen {norm.nl}",
    )
    parameter = NORMS[point.scale, point.row_from]
    asking.note(Step(says, "Vb 3.86", point.reached, (DECISIONS.name, SINCE.name, parameter.name)))


def _final(asking: Asking, decisions: tuple[Decision, ...]) -> list[Decision]:
    """The decisions that are final on the day of the decision."""
    for one in decisions:
        asking.lasts_until(one.final_on if one.final_on is not None and one.final_on > asking.on else None)
    return [one for one in decisions if one.final_on is not None and one.final_on <= asking.on]


def _version_1(asking: Asking) -> Finding[Working | NoRule]:
    other = _no_rule(asking)
    if other is not None:
        return Finding(Outcome.CANNOT_SAY, other.says, other)
    final = _final(asking, asking.need(DECISIONS))
    points = tuple(_points(asking, final, Bound.LEAST))
    reached, may_be = bool(points) and points[-1].reached, False
    unclear: tuple[str, ...] = ()
    if not reached:
        points = tuple(_points(asking, final, Bound.MOST))
        may_be = bool(points) and points[-1].reached
        unclear = tuple(one.key for one in final if _counted(asking, one, Bound.LEAST) != _counted(asking, one, Bound.MOST))
    return _found(asking, Working(points, unclear), reached, may_be)


def _found(asking: Asking, working: Working, reached: bool, may_be: bool) -> Finding[Working | NoRule]:
    for point in working.points:
        _note(asking, point)
    blind = asking.need(BLIND)
    if blind:
        return Finding(Outcome.CANNOT_SAY, is_blind(asking.on, blind), working)
    if reached:
        says = Words(en=f"the norm is reached; {_WEIGH.en}", nl=f"de norm is bereikt; {_WEIGH.nl}")
        return Finding(Outcome.YES, says, working)
    if may_be:
        keys = ", ".join(working.unclear)
        says = Words(
            en=f"whether the norm is reached turns on what is not told or not settled of {keys}",
            nl=f"of de norm is bereikt, hangt af van wat niet bekend of niet uitgemaakt is van {keys}",
        )
        return Finding(Outcome.CANNOT_SAY, says, working)
    return Finding(Outcome.NO, Words(en="the norm is not reached", nl="de norm is niet bereikt"), working)


SLIDING_SCALE = Rule[Working | NoRule](
    name="immigration.sliding-scale",
    package=__package__,
    file="sliding_scale.toml",
    dated_by=SINCE,
    inputs=(GROUND, KIND, SINCE, DECISIONS, BLIND),
    parameters=(
        *(GROUNDS, KINDS, TEST_FIRST),
        *TESTS.values(),
        *(COUNTS, MAY_COUNT, CUSTODY, SERVICE, KINDS_MAY_COUNT),
        *(HOURS_A_DAY, DAYS_IN_MONTH),
        *(ENFORCED_COUNTS, WHEN_EQUAL),
        *(HEAVY_MONTHS, MANY),
        ROWS,
        *NORMS.values(),
    ),
    versions={1: _version_1},
)


def sliding_scale(residence: Residence, known: Known, *, on: date, horizon: Horizon | None = None) -> Result[Working | NoRule]:
    """Whether the norm of the sliding scale is reached, in a decision on a day: yes where it is, and then a person weighs."""
    return SLIDING_SCALE.apply({**residence.facts(), **known.facts()}, on=on, horizon=horizon)
