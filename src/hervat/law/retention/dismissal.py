"""`dismissal`: whether a dismissal leaves an entry to keep (Bjsg 7(1)(a)).

Who was wrongly made a suspect has no entry, and what was recorded before that was decided goes. The same for the lawful use of force. Every
other dismissal is kept for its term. A code that is not known here removes nothing.
"""

from datetime import date

from hervat.law.retention.facts import DISMISSAL, DISMISSED_AS, DISMISSED_ON, ENDED_BY, Ending
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import TEXTS, Outcome, Words

REMOVING = Parameter("removing-codes", TEXTS)
LAWFUL_FORCE = Parameter("lawful-force-codes", TEXTS)
KEEPING = Parameter("keeping-codes", TEXTS)
KEEPING_TOO = Parameter("keeping-codes-further", TEXTS)

_REMOVED = Words(en="nothing is kept of it", nl="hiervan wordt niets bewaard")
_KEPT = Words(en="it is kept for its term", nl="het wordt bewaard voor zijn termijn")
_ANSWERS: tuple[tuple[Parameter[tuple[str, ...]], Finding[str]], ...] = (
    (REMOVING, Finding(Outcome.YES, _REMOVED)),
    (LAWFUL_FORCE, Finding(Outcome.YES, _REMOVED)),
    (KEEPING, Finding(Outcome.NO, _KEPT)),
    (KEEPING_TOO, Finding(Outcome.NO, _KEPT)),
)


def _version_1(asking: Asking) -> Finding[str]:
    if asking.need(ENDED_BY) != DISMISSAL:
        return Finding(Outcome.NO, Words(en="there is no dismissal", nl="er is geen sepot"))
    code, day = asking.need(DISMISSED_AS), asking.need(DISMISSED_ON)
    for codes, finding in _ANSWERS:
        holds = code in asking.value(codes, day)
        asking.note(Step(asking.about(codes), asking.sources(codes), holds, (DISMISSED_AS.name, DISMISSED_ON.name, codes.name)))
        if holds:
            return finding
    unknown = Words(
        en=f"the code {code} was in no list on {day}: a person looks at it, and nothing is removed on this",
        nl=f"code {code} stond op {day} in geen lijst: een mens bekijkt het, en hierop wordt niets verwijderd",
    )
    return Finding(Outcome.CANNOT_SAY, unknown)


DISMISSED = Rule[str](
    name="retention.dismissal",
    package=__package__,
    file="dismissal.toml",
    dated_by=DISMISSED_ON,
    inputs=(ENDED_BY, DISMISSED_AS, DISMISSED_ON),
    parameters=(REMOVING, LAWFUL_FORCE, KEEPING, KEEPING_TOO),
    versions={1: _version_1},
)


def dismissal(ending: Ending, *, on: date, horizon: Horizon | None = None) -> Result[str]:
    """Whether a dismissal leaves nothing to keep: yes where the entry is removed at once, no where it is kept for its term."""
    return DISMISSED.apply(ending.facts(), on=on, horizon=horizon)
