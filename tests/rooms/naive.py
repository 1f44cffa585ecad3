"""F, written down as slowly as the contract says it: the oracle that the holding is compared with.

It knows nothing of rows, keys, waits or working sets; it looks at the whole set anew every time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from msgspec.structs import replace

from hervat.intake.admission import Judged, judge_inner
from hervat.intake.ceilings import Ceiling
from hervat.intake.switching import GovernedLink, Isolated, LinkMoved, RestartBegun, RestartEnded, SwitchAct
from hervat.message import SOURCE, UNKNOWN, Refusal
from hervat.needs import TABLE, gives_of, needs_of, roles_of
from hervat.partner import Partners
from hervat.procedure import EmergencyProcedure, Procedures
from tests.rooms.steps import Act, Lane, Leaving

CORRECTION, RETRACTION = "message-corrected", "message-retracted"
Name = tuple[str, str]


def _oin(source: str) -> str:
    return SOURCE.fullmatch(source)["oin"]


@dataclass(eq=False)
class Naive:
    """The state of a set of messages and acts, given in the order of their positions, without conflicts."""

    steps: list[Judged | Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        roles = {partner.oin: frozenset(partner.roles) for partner in Partners.default()}
        procedures = {procedure.name: procedure for procedure in Procedures.default()}
        self._roles: dict[Name, frozenset[str]] = {}
        self._procedures: dict[Name, Procedures] = {}
        self.messages: dict[Name, Judged] = {}
        self.admitted: set[Name] = set()
        self.quarantined: dict[Name, int] = {}
        self.signed_gone: set[Name] = set()
        self._gone_inside: dict[int, set[Name]] = {}
        self._ceilings: dict[str, Ceiling] = {}
        self._switched: list[SwitchAct] = []
        lanes: set[str] = set()
        for position, step in enumerate(self.steps, 1):
            if isinstance(step, Judged):
                name = (step.source, step.id or "")
                self.messages[name] = step
                self._roles[name] = frozenset() if step.source == UNKNOWN else roles[_oin(step.source)]
                self._procedures[name] = Procedures(procedures.values())
                if step.source != UNKNOWN and _oin(step.source) in lanes:
                    self.quarantined[name] = position
                else:
                    self._admit([name])
                continue
            named, said = step
            if isinstance(said, Ceiling):
                self._ceilings[named] = said
                self._admit(name for name in self.messages if name[0] == named)
            elif isinstance(said, SwitchAct):
                self._switched.append(said)
                self._admit(self.messages)
            elif isinstance(said, Leaving):
                named_gone = {(named, id) for _, id in said.gone if id is not None}
                if _oin(named) in lanes:
                    self._gone_inside[position] = named_gone
                else:
                    self.signed_gone |= named_gone - self.messages.keys()
            elif isinstance(said, Lane):
                if said.opens is None:
                    self._release(named, said)
                else:
                    lanes = lanes | {named} if said.opens else lanes - {named}
            elif isinstance(said, EmergencyProcedure):
                procedures[named] = said
            elif isinstance(said, date):
                procedures[named] = replace(procedures[named], until=said)
            elif said is None:
                del roles[named]
            else:
                roles[named] = frozenset(said)
        self.complete = {name for name in self.admitted if self._chain_complete(name)}
        self._decide_amendments()
        self._close()

    def _admit(self, names: Iterable[Name]) -> None:
        """What is not in quarantine, and is let through by its ceiling and by the switch, is admitted for good."""
        for name in names:
            message = self.messages[name]
            ceiling = self._ceilings.get(name[0], Ceiling())
            if name not in self.quarantined and ceiling.admits(message.sequence, message.time) and self._switch(message):
                self.admitted.add(name)

    def _switch(self, message: Judged) -> bool:
        """Whether isolations and restarts let a message through: all acts of them are read anew, from the first."""
        if message.source == UNKNOWN:
            return True
        oin, closed, links, moved, run = _oin(message.source), False, dict[str, GovernedLink](), dict[str, LinkMoved](), ""
        for act in self._switched:
            if isinstance(act, Isolated) and act.oin in (None, oin):
                closed, moved = True, {}
            elif isinstance(act, RestartBegun) and oin in act.governs:
                closed, run, moved = True, act.run, {}
                links = {link.step: link for link in act.links if link.source == message.source}
            elif isinstance(act, LinkMoved) and act.step in links and act.run == run:
                moved[act.step] = act
            elif isinstance(act, RestartEnded):
                stay = set() if oin in act.frees else {step for step in links if step in moved and moved[step].state == "live"}
                closed, links = closed and oin not in act.frees, {step: links[step] for step in stay}
        if not closed and not links:
            return True
        kind = message.kind if message.kind not in (CORRECTION, RETRACTION, "watermark", "stock-declared") else None
        by = [step for step, link in links.items() if kind is None or not link.kinds or kind in link.kinds]
        let = [step in moved and moved[step].ceiling.admits(message.sequence, message.time) for step in by]
        return any(let) if kind is None else bool(let) and all(let)

    def _release(self, oin: str, said: Lane) -> None:
        for name, position in list(self.quarantined.items()):
            if _oin(name[0]) == oin and position <= said.through and position not in said.but:
                del self.quarantined[name]
                self._admit([name])
        for position, names in list(self._gone_inside.items()):
            if {_oin(name[0]) for name in names} == {oin} and position <= said.through and position not in said.but:
                self.signed_gone |= self._gone_inside.pop(position) - self.messages.keys()

    def _chain_complete(self, name: Name) -> bool:
        seen = {name}
        while (previous := self._previous(name)) is not None:
            name = (name[0], previous)
            if name in seen or name in self.signed_gone:
                return True
            if name not in self.admitted:
                return False
            seen.add(name)
        return True

    def _previous(self, name: Name) -> str | None:
        """What cannot be read as a whole, or attributed, names nothing before it."""
        message = self.messages[name]
        return None if message.document is None or message.source == UNKNOWN else message.previous

    def _amends(self, name: Name) -> Name | None:
        message = self.messages[name]
        if message.refusal is not None or message.kind not in (CORRECTION, RETRACTION):
            return None
        named = message.document["data"].get("corrects") or message.document["data"]["retracts"]
        return named["source"], named["id"]

    def _original(self, name: Name) -> Name | None:
        while self.messages[name].kind == CORRECTION and (amended := self._amends(name)) is not None:
            if amended not in self.messages or not self._lower(amended, name):
                return None
            name = amended
        return name

    def _lower(self, one: Name, other: Name) -> bool:
        sequence = self.messages[one].sequence
        return sequence is not None and sequence < (self.messages[other].sequence or 0)

    def _late_refusal(self, name: Name) -> Refusal | bool:
        amended = self._amends(name)
        if amended is None or amended not in self.messages:
            return False
        if not self._lower(amended, name):
            return True
        if self.messages[name].kind == RETRACTION:
            return False
        original = self._original(name)
        return original is not None and isinstance(self._inner(name, original), Refusal | bool)

    def _inner(self, name: Name, original: Name) -> object:
        message = self.messages[original]
        if message.kind not in TABLE or message.kind in (CORRECTION, RETRACTION):
            return True
        if not self._roles[name] & roles_of(message.kind):
            return True
        return judge_inner(
            message.kind,
            self.messages[name].document["data"]["data"],
            self._procedures[name],
            source=original[0],
            id=original[1],
            sequence=message.sequence or 0,
        )

    def _decide_amendments(self) -> None:
        self.refused = {name for name, message in self.messages.items() if message.refusal is not None}
        amendments = [name for name in self.messages if self._amends(name) is not None]
        self.refused |= {name for name in amendments if self._late_refusal(name)}
        self.retracted: set[Name] = set()
        self.version: dict[Name, Name] = {}
        for name in sorted(amendments, key=lambda name: self.messages[name].sequence or 0, reverse=True):
            amended = self._amends(name)
            if name in self.refused or name in self.retracted or name not in self.complete or amended not in self.admitted:
                continue
            if self.messages[name].kind == RETRACTION:
                self.retracted.add(amended)
            elif (original := self._original(name)) is not None:
                self.version.setdefault(original, name)

    def _keys(self, name: Name) -> tuple[tuple[str, ...], tuple[str, ...]]:
        message = self.messages[name]
        version = self.version.get(name)
        data = message.data if version is None else self._inner(version, name)
        args = (message.kind, data, *name)
        return needs_of(*args), gives_of(*args)

    def _close(self) -> None:
        """The least set closed under needs and gives, by going round until nothing changes."""
        self.applied: set[Name] = set(self.retracted)
        self.given: set[str] = set()
        candidates = []
        for name in self.messages:
            if name in self.retracted or (name in self.refused and name not in self.version) or name not in self.complete:
                continue
            if self._amends(name) is not None:
                if self._amends(name) in self.admitted:
                    self.applied.add(name)
                continue
            candidates.append((name, *self._keys(name)))
        growing = True
        while growing:
            fresh = [(name, gives) for name, needs, gives in candidates if name not in self.applied and self.given.issuperset(needs)]
            growing = bool(fresh)
            self.applied |= {name for name, _ in fresh}
            self.given.update(key for _, gives in fresh for key in gives)

    def state(self, name: Name) -> str:
        """applied, refused, or the reason for which it is held."""
        if name in self.applied:
            return "applied"
        if name in self.refused and name not in self.version:
            return "refused"
        if name not in self.admitted:
            return "quarantine" if name in self.quarantined else "ceiling"
        return "gap" if name not in self.complete else "needs"

    def missing(self, name: Name) -> list[str]:
        """The keys that a message held for its needs misses."""
        amended = self._amends(name)
        if amended is not None:
            return [f"message:{amended[0]}/{amended[1]}"]
        return [key for key in self._keys(name)[0] if key not in self.given]
