"""What was considered, asked on every form by which people decide: what was known, which options there were, which risks are accepted.

It may be left empty. What was filled in goes to the journal in one change with its decision (ADR 23).
"""

from hervat.considered import Considered
from hervat.doors.acts.considering import Considering, DecisionAct
from hervat.doors.pages.filled import Filled

WEIGHED = ("known", "options", "accepts")
"""The fields of it, on each form."""
_LINES = 20


def considered_in(filled: Filled) -> Considered | None:
    """What was known, the options and the risks, line by line; None where nothing was said. What is wrong is told in `filled`."""
    said = {name: filled.lines(name) for name in ("options", "accepts")}
    for name, lines in said.items():
        if lines:
            filled.bearable(name, *lines)
        if len(lines) > _LINES:
            filled.faults.setdefault(name, "procedures.too_long")
    filled.bearable("known")
    found = Considered(known=filled.typed["known"], options=said["options"], risks=said["accepts"])
    return None if found == Considered() else found


def deciding(filled: Filled, decision: DecisionAct | None) -> DecisionAct | Considering | None:
    """The act that a form comes to: its decision, with what was considered where that was said. None where something is wrong, which is
    told in `filled`.
    """
    considered = considered_in(filled)
    if decision is None or filled.faults:
        return None
    return decision if considered is None else Considering(decision=decision, considered=considered)
