"""What was known, which options there were and which risks were accepted, said with a decision on the command line and kept beside its
act.
"""

from argparse import Namespace
from pathlib import Path
from typing import Any

from hervat.considered import Considered
from hervat.doors.acts.handing import decide
from hervat.doors.acts.line import Act
from hervat.doors.acts.recording import Consideration
from hervat.oversight.entries import ConsideredAct, ensure_readable


def decide_considered(
    arguments: Namespace, act: Act, *, url: str | None = None, keys: Path | None = None, given: Path | None = None
) -> dict[str, Any]:
    """Do an act, and keep beside it what was said to have been considered; its answer then has `considered`, the position of that."""
    url = url or arguments.store
    said = Considered(known=arguments.known or "", options=tuple(arguments.option), risks=tuple(arguments.accepts))
    if said != Considered():
        # Before the act: what cannot be kept beside it must not leave it standing alone.
        ensure_readable(ConsideredAct(about=1, considered=said, by=arguments.by))
    answer = decide(url, act, keys=keys, given=given)
    if said == Considered():
        return answer
    beside = decide(url, Consideration(about=answer["position"], considered=said, by=arguments.by), keys=keys, given=given)
    return answer | {"considered": beside["position"]}
