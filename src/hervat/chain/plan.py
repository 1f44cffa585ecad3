"""A plan: every step of a restart, when it is expected, what it waits for, and which gates it passes. It is known by its hash.

Any change of a plan, of one wait or one gate, makes another hash: what was rehearsed and approved was rehearsed and approved for this one.
"""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import rfc8785
from msgspec import Meta, Struct

from hervat.chain.parts import EdgeKind, GateName, Id
from hervat.errors import Usage
from hervat.message import Text
from hervat.partner import Oin

StepAct = Literal["restore", "check", "open"]
StepId = Annotated[str, Meta(min_length=1, max_length=80)]
Hour = Annotated[float, Meta(ge=0, le=100_000)]
"""Hours; eleven years at most, so that every moment that they lead to can be told."""
_LAST_YEAR = 9000


class Wait(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step that must be done before, and by which kind of edge."""

    step: StepId
    why: EdgeKind


class GateAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gate before a link is live; `hours` is how long `soaked` lasts, or for how long a rehearsal counts."""

    gate: GateName
    hours: Hour | None = None


class Approver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which role of which organisation somebody approves; `oin` is by whose key."""

    partner: Id
    role: Text
    oin: Oin | None = None


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step. `of` is a system, a check or a stream; `start` and `end` are hours after the plan begins, as expected; `sender` is whose
    feed a stream carries.
    """

    id: StepId
    act: StepAct
    of: Id
    name: Text
    partner: Id
    sender: Oin | None = None
    feed: Text | None = None
    kinds: tuple[str, ...] = ()
    crew: Id
    start: Hour
    end: Hour
    phase: Annotated[int, Meta(ge=1, le=1_000_000)]
    waits_for: tuple[Wait, ...] = ()
    gates: tuple[GateAsked, ...] = ()
    approvers: tuple[Approver, ...] = ()


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The steps of a restart; `chain` is the SHA-256 of the map it was made of."""

    name: Text
    chain: str
    begins: Annotated[datetime, Meta(tz=True)]
    steps: tuple[Step, ...]

    @property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of the RFC 8785 bytes of the plan."""
        return digest(self)

    def step(self, id: str) -> Step:
        """A step by its id; raises Usage where there is none."""
        for step in self.steps:
            if step.id == id:
                return step
        raise Usage(f"the plan has no step {id!r}; its steps are {', '.join(step.id for step in self.steps)}")


def digest(value: Any) -> str:
    """SHA-256, in hexadecimal, of the RFC 8785 bytes of a value of this room."""
    return hashlib.sha256(rfc8785.dumps(msgspec.to_builtins(value))).hexdigest()


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan where people and other programs can read it; raises Usage where that cannot be done."""
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n")
    except OSError as fault:
        raise Usage(f"{path}: the plan cannot be written there: {fault.strerror}; name a path in a directory that is there") from fault


def read_plan(path: Path) -> Plan:
    """A plan from its file, its order looked at. Raises Usage, with the path in the file, where it is none."""
    try:
        plan = msgspec.json.decode(path.read_bytes(), type=Plan)
    except OSError as fault:
        raise Usage(f"{path}: cannot be read: {fault.strerror}; make a plan with hervat plan CHAIN --out FILE") from fault
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise Usage(f"{path}: this is no plan: {fault}; make one with hervat plan CHAIN --out FILE") from fault
    ensure_steps(plan, str(path))
    return plan


def ensure_steps(plan: Plan, where: str) -> None:
    """Raises Usage where a step is named twice, waits for one that there is not, or for itself through others; or where the plan
    begins in a year to which no hours can be added.
    """
    if not 1900 <= plan.begins.year <= _LAST_YEAR:
        raise Usage(f"{where}: it begins in the year {plan.begins.year}; give one from 1900 to {_LAST_YEAR}")
    known = {step.id for step in plan.steps}
    if len(known) < len(plan.steps):
        raise Usage(f"{where}: two steps have one id; give each an id of its own")
    for step in plan.steps:
        for wait in step.waits_for:
            if wait.step not in known:
                raise Usage(f"{where}: the step {step.id} waits for {wait.step!r}, which is no step of this plan")
    done: set[str] = set()
    left = list(plan.steps)
    while left:
        ready = [step for step in left if all(wait.step in done for wait in step.waits_for)]
        if not ready:
            raise Usage(f"{where}: {', '.join(sorted(step.id for step in left))} wait for each other; no order of them is possible")
        done.update(step.id for step in ready)
        left = [step for step in left if step.id not in done]
