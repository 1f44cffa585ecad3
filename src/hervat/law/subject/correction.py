"""`correction`: until when a request to correct must be answered.

Four weeks from the day on which it was made; a term that would end on a Saturday, a Sunday or a holiday ends on the next day that is none.
"""

from datetime import date

from hervat.law.holidays import HOLIDAYS, ONE_DAY, Deadline, weeks_after
from hervat.law.rule import Asking, Finding, Input, Origin, Parameter, Result, Rule, Step, told
from hervat.law.value import DAY, WHOLE, Outcome, Words

ASKED_ON = Input(
    "correction.asked_on",
    DAY,
    Words(en="the day on which correction was asked for", nl="de dag waarop om verbetering is gevraagd"),
    Origin.ACT,
)
WEEKS = Parameter("weeks", WHOLE)
FREE_DAYS = Parameter("holidays", HOLIDAYS)

_LATER = Words(en="it is asked for after this day", nl="er wordt na deze dag om gevraagd")


def _version_1(asking: Asking) -> Finding[Deadline]:
    asked_on = asking.need(ASKED_ON)
    if asked_on > asking.on:
        asking.lasts_until(asked_on)
        return Finding(Outcome.CANNOT_SAY, _LATER)
    weeks = asking.value(WEEKS, asked_on)
    deadline = weeks_after(asked_on, weeks, asking.value(FREE_DAYS, asked_on))
    last_day, counted_to = deadline.last_day, deadline.counted_to
    says = Words(en=f"{weeks} weeks from {asked_on}: {counted_to}", nl=f"{weeks} weken na {asked_on}: {counted_to}")
    asking.note(Step(says, asking.sources(WEEKS), True, (ASKED_ON.name, WEEKS.name)))
    says = Words(en=f"past weekends and holidays: {last_day}", nl=f"voorbij weekeinden en feestdagen: {last_day}")
    asking.note(Step(says, "Algemene termijnenwet 1, 3", last_day != counted_to, (ASKED_ON.name, FREE_DAYS.name)))
    in_time = asking.on <= last_day
    asking.lasts_until(last_day + ONE_DAY if in_time and last_day < date.max else None)
    within = Words(en=f"an answer is due by {last_day}", nl=f"een antwoord moet er zijn op {last_day}")
    over = Words(en=f"an answer was due by {last_day}", nl=f"een antwoord moest er zijn op {last_day}")
    return Finding(Outcome.YES if in_time else Outcome.NO, within if in_time else over, deadline)


CORRECTION = Rule[Deadline](
    name="subject.correction",
    package=__package__,
    file="correction.toml",
    dated_by=ASKED_ON,
    inputs=(ASKED_ON,),
    parameters=(WEEKS, FREE_DAYS),
    versions={1: _version_1},
)


def correction(asked_on: date, *, on: date, position: int | None = None) -> Result[Deadline]:
    """Until when a request to correct must be answered: yes while the term runs."""
    return CORRECTION.apply(told(ASKED_ON, asked_on, position), on=on)
