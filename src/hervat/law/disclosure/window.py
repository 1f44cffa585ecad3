"""What the three articles of the limited set have in common: only what is final, from that day on, within a window that may be longer."""

from dataclasses import dataclass
from datetime import date

from hervat.law.disclosure.conviction import ANNULLED, FINAL_ON, FOREIGN, GIVEN_BY, LAW, MISDRIJF_HERE, PROLONGED
from hervat.law.retention.calendar import NEVER, after
from hervat.law.rule import Asking, Finding, Parameter, Step
from hervat.law.value import TEXT, Absent, Outcome, Words

COUNTING = Parameter("reading-counting", TEXT)
EXCLUDED = Parameter("article-of-exclusion", TEXT)

SHARED = (COUNTING, EXCLUDED)
"""The values that every rule of a window has in its file."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which a conviction is in the limited set, half-open; `until` is None where no end is known."""

    from_: date
    until: date | None


def no(says: Words) -> Finding[Window]:
    """It is not in the limited set."""
    return Finding(Outcome.NO, Words(en=f"not in the limited set: {says.en}", nl=f"niet in de beperkte gegevens: {says.nl}"))


def excluded(asking: Asking, law: str) -> Finding[Window] | None:
    """What keeps a conviction out, or from this rule, whatever was imposed; None where nothing does."""
    if asking.need(LAW) != law:
        says = Words(en=f"this is the rule for {law}; another holds for it", nl=f"dit is de regel voor {law}; hiervoor geldt een andere")
        return Finding(Outcome.CANNOT_SAY, says)
    final_on = asking.need(FINAL_ON)
    if isinstance(final_on, Absent) or asking.on < final_on:
        asking.lasts_until(None if isinstance(final_on, Absent) else final_on)
        return no(Words(en="it is not final", nl="zij is niet onherroepelijk"))
    article = asking.value(EXCLUDED, final_on)
    annulled = asking.need(ANNULLED)
    asking.note(Step(ANNULLED.words, article, annulled, (ANNULLED.name, EXCLUDED.name)))
    if annulled:
        return no(Words(en="it was annulled on revision", nl="zij is bij herziening vernietigd"))
    if asking.need(GIVEN_BY) == FOREIGN:
        here = asking.need(MISDRIJF_HERE)
        asking.note(Step(MISDRIJF_HERE.words, article, here, (MISDRIJF_HERE.name, EXCLUDED.name)))
        return None if here else no(Words(en="what was judged abroad is no misdrijf here", nl="wat is beoordeeld, is hier geen misdrijf"))
    return None


def within(asking: Asking, end: date, article: str, rests_on: tuple[str, ...]) -> Finding[Window] | None:
    """In the set until a day, or until later where something was prolonged, which is asked only then; None where that is over."""
    if end <= asking.on < NEVER:
        prolonged = asking.need(PROLONGED)
        end = end if isinstance(prolonged, Absent) else after(end, prolonged)
        rests_on = (*rests_on, PROLONGED.name)
    step = ending(asking, end, article, rests_on)
    asking.note(step)
    asking.lasts_until(end if asking.on < end < NEVER else None)
    return Finding(Outcome.YES, IN_SET, Window(_first(asking), None if end == NEVER else end)) if step.holds else None


def ending(asking: Asking, end: date, article: str, rests_on: tuple[str, ...]) -> Step:
    """The step that tells when a window ends."""
    reading = asking.value(COUNTING, _first(asking))
    says = Words(en=f"its window ends on {end}", nl=f"haar termijn eindigt op {end}")
    return Step(says, f"{article}; {reading}", asking.on < end or end == NEVER, (FINAL_ON.name, *rests_on, COUNTING.name))


def _first(asking: Asking) -> date:
    final_on = asking.need(FINAL_ON)
    return final_on if isinstance(final_on, date) else asking.on


IN_SET = Words(en="it is in the limited set", nl="zij hoort tot de beperkte gegevens")
OVER = Words(en="its window is over", nl="haar termijn is voorbij")
