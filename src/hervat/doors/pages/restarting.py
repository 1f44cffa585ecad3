"""The forms of a restart, and the acts that they come to.

Every form asks why, and who decides with whoever does. Where an act is not done by one person alone the second must be named; elsewhere it
is shown afterwards that there was none.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, TypeVar, cast

import msgspec

from hervat.batch import Statement
from hervat.chain.parts import GateName
from hervat.clock import rfc3339
from hervat.considered import Considered
from hervat.doors.acts.restarting import (
    GateWaiving,
    Isolating,
    RestartAborting,
    RestartAct,
    RestartCheck,
    StepApproving,
    StepDoing,
    StepHolding,
)
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.question import moment_of
from hervat.doors.pages.weighed import WEIGHED, considered_in
from hervat.restart.acts import Approval, ExerciseReport

DECIDED = ("by", "second", "why")
FORMS: Mapping[str, tuple[str, ...]] = {
    "approve": ("approval", *DECIDED, *WEIGHED),
    "waive": ("gate", "until", "by", "of", "second", "second_of", "why", *WEIGHED),
    "done": ("evidence", "by", "second", *WEIGHED),
    "hold": (*DECIDED, *WEIGHED),
    "isolate": ("oin", *DECIDED, *WEIGHED),
    "isolate-all": ("sure", *DECIDED, *WEIGHED),
    "abort": ("sure", *DECIDED, *WEIGHED),
    "check": ("statement", "report"),
    "begin": ("plan", "report", "after", "sure", *DECIDED, *WEIGHED),
}
"""The fields of each form, by what it does."""
OF_STEP = ("approve", "waive", "done", "hold")
HANDED = {"approve": ("approval",), "check": ("statement", "report"), "begin": ("plan", "report")}
"""The fields in which something signed is handed in: as text, or as a file in the field with `_file` behind it."""
_OPTIONAL = {"second", *WEIGHED, "statement", "report", "approval", "sure"}
_BYTE = re.compile(r"\(byte (?P<byte>\d+)\)")
_Read = TypeVar("_Read", bound=msgspec.Struct)


def act_of(do: str, step: str, filled: Filled, gates: Collection[str], *, two: bool) -> RestartAct | None:
    """The act that a form comes to; None where something is wrong, which is told in `filled`. `gates` are those that may be let be, `two`
    is whether a step is only done by two people.
    """
    filled.need(*(name for name in FORMS[do] if name not in _OPTIONAL))
    if do == "waive" or (do == "done" and two):
        filled.need("second")
    if "sure" in FORMS[do] and filled.typed["sure"] != "on":
        filled.faults.setdefault("sure", "restart.not_sure")
    if do == "check":
        return _check(filled)
    considered = considered_in(filled)
    typed, second = filled.typed, filled.typed["second"] or None
    filled.bearable("by")
    filled.bearable("second")
    ensure_others(filled)
    if do == "waive":
        return _waive(step, filled, gates, considered)
    approval = handed_of(filled, "approval", Approval, "restart.no_approval") if do == "approve" else None
    if approval is not None and approval.step != step:
        filled.faults.setdefault("approval", "restart.other_step")
    if filled.faults:
        return None
    if do == "done":
        return StepDoing(step=step, by=typed["by"], evidence=typed["evidence"], second=second, considered=considered)
    said: dict[str, Any] = {"by": typed["by"], "second": second, "why": typed["why"], "considered": considered}
    match do:
        case "approve":
            return None if approval is None else StepApproving(approval=approval, **said)
        case "hold":
            return StepHolding(step=step, **said)
        case "abort":
            return RestartAborting(**said)
        case _:
            return Isolating(oin=typed["oin"] if do == "isolate" else None, **said)


def ensure_others(filled: Filled) -> None:
    """Who decides with somebody must be another person."""
    second = filled.typed["second"]
    if second and second.casefold() == filled.typed["by"].casefold():
        filled.faults.setdefault("second", "quarantine.one_person")


def _check(filled: Filled) -> RestartCheck | None:
    statement = handed_of(filled, "statement", Statement, "restart.no_statement") if filled.typed["statement"] else None
    report = handed_of(filled, "report", ExerciseReport, "restart.no_report") if filled.typed["report"] else None
    return None if filled.faults else RestartCheck(statement=statement, report=report)


def _waive(step: str, filled: Filled, gates: Collection[str], considered: Considered | None) -> GateWaiving | None:
    typed = filled.typed
    filled.among("gate", gates)
    until = moment_of(typed["until"])
    if until is None:
        filled.faults.setdefault("until", "person.bad_moment")
    if typed["of"] and typed["of"] == typed["second_of"]:
        filled.faults.setdefault("second_of", "restart.one_organisation")
    if filled.faults or until is None:
        return None
    said = {name: typed[name] for name in ("by", "of", "second", "second_of", "why")}
    gate, minute = cast(GateName, typed["gate"]), rfc3339(until.replace(second=0, microsecond=0))
    return GateWaiving(step=step, gate=gate, until=minute, considered=considered, **said)


def handed_of(filled: Filled, name: str, shape: type[_Read], otherwise: str) -> _Read | None:
    """What was handed in, read; `otherwise` names the text for what is something else."""
    if not filled.typed[name]:
        filled.faults.setdefault(name, "restart.hand_in")
        return None
    text = filled.typed[name].encode()
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.MsgspecError, RecursionError) as fault:
        filled.fail(name, otherwise, _placed(text, str(fault)))
        return None


def _placed(text: bytes, said: str) -> str:
    """What a decoder says, with the line where it counts bytes, or where the text breaks off."""
    at = _BYTE.search(said)
    if at is None and "truncated" not in said:
        return said
    line = text.count(b"\n", 0, len(text) if at is None else int(at["byte"])) + 1
    return f"{said}, line {line}"
