"""The steps of the procedure on one application: what may follow on what, and the state that they lead to. A pure function of the steps.

    received -> proposed -> granted
                proposed -> intended -> heard -> refused -> objected -> granted, or after a hearing refused again

- The software proposes and never refuses. A refusal is a person's, with a ground, after an intention was told and a view was heard, or
  after none was given by a day, which lies after that of the intention. Nobody is refused on the day on which the intention was told, or
  the objection made. Every decision follows on a proposal.
- Other sources are recorded as consulted, with what they said in a word, or as not consulted.
- While the term stands still nothing is decided; whoever decides lets it go on first.
- No step is of an earlier day than the one before it.
- Who was decided about is not in an act: it names the application by the position of the message that gave it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from hervat.errors import NotSo
from hervat.law.certificates import Proposal
from hervat.law.dated import Span

Said = Annotated[str, Meta(pattern=r"\S")]
Outcome = Literal["granted", "refused"]
Stage = Literal["received", "proposed", "intended", "heard", "granted", "refused", "objected", "objection-heard"]
CLOSED: tuple[Stage, ...] = ("granted", "refused")


class _Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step in the procedure of an application, by its number in it, on a day."""

    application: int
    number: int
    on: date
    known_by: str


class Proposing(_Step, frozen=True, kw_only=True, tag_field="act", tag="certificate-proposed"):
    """What was proposed, on what was known at a position; blind or not, and then under which interim rule."""

    position: int
    proposal: Proposal
    is_blind: bool
    rule: str | None = None


class Consulting(_Step, frozen=True, kw_only=True, tag_field="act", tag="certificate-consulted"):
    """Another source, and what it said in a word; None where it was not consulted."""

    source: Said
    said: Said | None = None
    by: Said


class Intending(_Step, frozen=True, kw_only=True, tag_field="act", tag="certificate-intended"):
    """The applicant was told that somebody intends to refuse."""

    by: Said
    ground: Said


class Hearing(_Step, frozen=True, kw_only=True, tag_field="act", tag="certificate-heard"):
    """The applicant's view was heard, or none was given by the day `none_by`."""

    by: Said
    none_by: date | None = None


class Deciding(_Step, frozen=True, kw_only=True, tag_field="act", tag="certificate-decided"):
    """What a person decided, and what was proposed then, on what was known at a position; `basis`: a keyed hash of all that counted."""

    outcome: Outcome
    by: Said
    ground: Said
    position: int
    proposal: Proposal
    decided_blind: bool
    rule: str | None = None
    basis: str


class Objecting(_Step, frozen=True, kw_only=True, tag_field="act", tag="certificate-objected"):
    """The applicant objects to a refusal; recorded by."""

    by: Said


class Suspending(_Step, frozen=True, kw_only=True, tag_field="act", tag="certificate-suspended"):
    """The term stands still from this day on."""

    by: Said
    ground: Said


class Resuming(_Step, frozen=True, kw_only=True, tag_field="act", tag="certificate-resumed"):
    """The term goes on, this day included."""

    by: Said


Step = Proposing | Consulting | Intending | Hearing | Deciding | Objecting | Suspending | Resuming
DECIDED, OBJECTED = "certificate-decided", "certificate-objected"
_read = msgspec.json.Decoder(Step).decode


def read_step(payload: bytes) -> Step:
    """A step as it lies in the journal. Raises msgspec.MsgspecError for what is none."""
    step: Step = _read(payload)
    return step


def kind_of(step: Step) -> str:
    """The kind under which a step stands in the journal."""
    return str(step.__struct_config__.tag)


def name_of(application: int, number: int) -> str:
    """By which name a step is found."""
    return f"certificate:{application}#{number}"


class State(Struct, frozen=True, kw_only=True):
    """Where the procedure on an application stands. `stood_still` has the periods that do not count in the term, the last one without an
    end while it stands still.
    """

    stage: Stage = "received"
    steps: tuple[Step, ...] = ()
    intended: bool = False
    stood_still: tuple[Span, ...] = ()

    @property
    def number(self) -> int:
        """The number that the next step has."""
        return len(self.steps) + 1

    @property
    def told(self) -> date | None:
        """The day on which the intention was told or the objection made, whichever came last: a refusal, and that no view was given, are
        of a later day.
        """
        return next((one.on for one in reversed(self.steps) if isinstance(one, Intending | Objecting)), None)

    @property
    def stands_still(self) -> bool:
        return bool(self.stood_still) and self.stood_still[-1].until is None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide."""
        return self.stage not in CLOSED

    @property
    def decision(self) -> Deciding | None:
        """The last decision."""
        return next((one for one in reversed(self.steps) if isinstance(one, Deciding)), None)

    def was_consulted(self, source: str) -> bool:
        """Whether a source was asked and said something since the last decision."""
        since = max((at for at, one in enumerate(self.steps) if isinstance(one, Deciding)), default=0)
        return any(isinstance(one, Consulting) and one.source == source and one.said is not None for one in self.steps[since:])


_STAYS = {"propose": None, "consult": None}
TABLE: Mapping[Stage, Mapping[str, Stage | None]] = {
    "received": {"propose": "proposed", "consult": None},
    "proposed": {**_STAYS, "intend": "intended", "grant": "granted"},
    "intended": {**_STAYS, "hear": "heard", "grant": "granted"},
    "heard": {**_STAYS, "grant": "granted", "refuse": "refused"},
    "granted": {},
    "refused": {"object": "objected"},
    "objected": {**_STAYS, "hear": "objection-heard", "grant": "granted"},
    "objection-heard": {**_STAYS, "grant": "granted", "refuse": "refused"},
}
"""What may follow at each stage, and the stage that it leads to; None: the same. An open term may be suspended and resumed at any."""
_WORDS = {
    "propose": "hervat certificate propose",
    "consult": "hervat certificate consult",
    "intend": "hervat certificate intend",
    "hear": "hervat certificate hear",
    "grant": "hervat certificate decide --outcome granted",
    "refuse": "hervat certificate decide --outcome refused",
    "object": "hervat certificate object",
    "suspend": "hervat certificate suspend",
    "resume": "hervat certificate resume",
}


def doing(step: Step) -> str:
    """What a step does, as the table has it."""
    if isinstance(step, Deciding):
        return "grant" if step.outcome == "granted" else "refuse"
    named: dict[type[Struct], str] = {
        Proposing: "propose",
        Consulting: "consult",
        Intending: "intend",
        Hearing: "hear",
        Objecting: "object",
        Suspending: "suspend",
        Resuming: "resume",
    }
    return named[type(step)]


def may_follow(state: State) -> tuple[str, ...]:
    """What may be done in a state."""
    if not state.is_open:
        return tuple(TABLE[state.stage])
    if state.stands_still:
        return (*(one for one in TABLE[state.stage] if one not in ("grant", "refuse")), "resume")
    return (*TABLE[state.stage], "suspend")


def follow(state: State, step: Step) -> State:
    """The state after one more step. Raises NotSo for a step that may not follow, saying why and what may."""
    done = doing(step)
    _ensure_may(state, done)
    _ensure_days(state, step)
    stage = TABLE[state.stage].get(done) or state.stage
    still = state.stood_still
    if isinstance(step, Suspending):
        still = (*still, Span(step.on))
    elif isinstance(step, Resuming):
        still = (*still[:-1], Span(still[-1].first, step.on))
    return replace(
        state, stage=stage, steps=(*state.steps, step), intended=state.intended or isinstance(step, Intending), stood_still=still
    )


def _ensure_may(state: State, done: str) -> None:
    may = may_follow(state)
    if done in may:
        return
    why = f"it is {state.stage}"
    if state.stands_still and done in ("grant", "refuse"):
        why = "its term stands still"
    elif done == "refuse" and state.is_open:
        why = "a refusal is decided after an intention was told and a view was heard, or none was given by a day"
    raise NotSo(f"{_WORDS[done]}: {why}; what may follow: {', '.join(_WORDS[one] for one in may) or 'nothing'}")


def _ensure_days(state: State, step: Step) -> None:
    if state.steps and step.on < state.steps[-1].on:
        raise NotSo(f"{_WORDS[doing(step)]}: {step.on} lies before the last step, of {state.steps[-1].on}; give that day or a later one")
    if isinstance(step, Hearing) and step.none_by is not None and step.none_by > step.on:
        raise NotSo(f"{_WORDS['hear']}: that none was given by {step.none_by} is not known on {step.on}; wait until then")
    told = state.told
    if told is None:
        return
    if isinstance(step, Hearing) and step.none_by is not None and step.none_by <= told:
        raise NotSo(f"{_WORDS['hear']}: {step.none_by} does not lie after {told}, when the intention was told or the objection made")
    if isinstance(step, Deciding) and step.outcome == "refused" and step.on <= told:
        raise NotSo(f"{_WORDS['refuse']}: not on {step.on}, when the intention was told or the objection made; decide on a later day")


def state_of(steps: Iterable[Step]) -> State:
    """The state to which steps lead. Raises NotSo for a step that may not follow."""
    state = State()
    for step in steps:
        state = follow(state, step)
    return state
