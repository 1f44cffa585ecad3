"""What was known, which options there were and which risks were accepted, said with a decision on the command line."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import msgspec

from hervat.considered import Considered
from hervat.doors.acts.considering import Considering, DecisionAct
from hervat.doors.acts.handing import decide
from hervat.errors import Usage


def considered_in(arguments: Namespace) -> Considered | None:
    """What was said of a decision; None where nothing was. Raises Usage for what is too long to keep."""
    said = {"known": arguments.known or "", "options": arguments.option, "risks": arguments.accepts}
    try:
        return msgspec.convert(said, Considered) if any(said.values()) else None
    except msgspec.ValidationError as fault:
        raise Usage(f"--known, --option and --accepts take 1000 characters each: {fault}; nothing was done") from fault


def decide_considered(
    arguments: Namespace, act: DecisionAct, *, url: str | None = None, keys: Path | None = None, given: Path | None = None
) -> dict[str, Any]:
    """Do an act, with what was said to have been considered; its answer then has `considered`, the position of that."""
    said = considered_in(arguments)
    return decide(url or arguments.store, act if said is None else Considering(decision=act, considered=said), keys=keys, given=given)
