"""The switch: what an isolation and a restart let through, whatever the ceilings say (the contract, section 4; ADR 20).

- `isolated`: from then on nothing of an organisation, or of all, is admitted, of whatever source, one that nobody knows yet as well, and
  whatever way it comes; custody goes on.
- `restart-begun`: the organisations of a plan are governed by a run. A source that the plan names is admitted as far as its links are
  moved; one that it does not name is not.
- `link-moved`: how far a link is admitted from then on.
- `restart-ended`: what the run frees is governed no more. What it does not free stays closed, but for what was live.
- Both the switch and the ceiling of a source must admit a message. Once admitted, always admitted: nothing of this un-applies.
- `considered` is read in acts of before; now it lies beside (ADR 23).
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from hervat.considered import Considered
from hervat.intake.ceilings import Ceiling
from hervat.intake.quarantine import oin_of
from hervat.journal.acts import act_in, acts_of
from hervat.journal.entry import Opened
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

ISOLATED, RESTART_BEGUN, LINK_MOVED, RESTART_ENDED = "isolated", "restart-begun", "link-moved", "restart-ended"
SWITCH_ACTS = (ISOLATED, RESTART_BEGUN, LINK_MOVED, RESTART_ENDED)
LinkState = Literal["cut", "held", "inbound", "replay", "catching-up", "live"]
LINK_STATES: tuple[LinkState, ...] = ("cut", "held", "inbound", "replay", "catching-up", "live")
"""From what admits least to what admits all; the first three admit nothing."""
HOLD = Ceiling(hold=True)
_ANY_LINK = frozenset(("message-corrected", "message-retracted", "stock-declared", "watermark"))
"""What a source says of its own messages: it goes with any link of it, for what it speaks of waits for its own admission."""


class GovernedLink(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of a plan that opens a source for some kinds of messages; with none named, for all."""

    step: str
    source: str
    kinds: tuple[str, ...] = ()


class SignedBy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signature in base64 over an order to isolate, by which key of which organisation, and when."""

    partner: str
    key: str
    made_at: str
    signature: str


class Isolated(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag=ISOLATED):
    """Who cut off an organisation, or with None all of them, and why; without a signature it was the operator of this node alone. `second`
    is who decided with them, where anybody did.
    """

    oin: str | None
    by: str
    why: str
    signed: SignedBy | None = None
    second: str | None = None
    considered: Considered | None = None


class RestartBegun(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=RESTART_BEGUN):
    """A run of a plan: which organisations it governs and which sources its links open. `plan` is the whole plan, `hash` its own."""

    run: str
    hash: str
    plan: msgspec.Raw
    governs: tuple[str, ...]
    links: tuple[GovernedLink, ...]
    exercise: bool
    by: str
    why: str
    considered: Considered | None = None


class LinkMoved(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag=LINK_MOVED):
    """To which state a link was moved, how far that admits, and on what; `rests_on` has the positions of the acts that say so, `second` who
    decided it with whoever did.
    """

    run: str
    step: str
    state: LinkState
    ceiling: Ceiling
    by: str
    why: str
    rests_on: tuple[int, ...] = ()
    second: str | None = None
    considered: Considered | None = None


class RestartEnded(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="act", tag=RESTART_ENDED):
    """How a run ended, and which organisations are governed no more; `second` is who ended it with them, where anybody did."""

    run: str
    outcome: Literal["completed", "aborted"]
    frees: tuple[str, ...]
    by: str
    why: str
    second: str | None = None
    considered: Considered | None = None


SwitchAct = Isolated | RestartBegun | LinkMoved | RestartEnded
read_switch: Callable[[bytes], SwitchAct] = msgspec.json.Decoder(SwitchAct).decode
_WHAT = "act of isolation or restart"


def read_switch_act(opened: Opened) -> SwitchAct:
    """An act as it lies in the journal; raises StoreFault where something else lies there."""
    return act_in(opened, read_switch, _WHAT)


def kind_of_switch(act: SwitchAct) -> str:
    """The kind under which an act stands in the journal."""
    return str(act.__struct_config__.tag)


class LinkAt(NamedTuple):
    """A link of a source where it stands now, and the run that named it."""

    run: str
    step: str
    kinds: frozenset[str]
    state: LinkState
    ceiling: Ceiling

    def covers(self, kind: str | None) -> bool:
        """Whether messages of a kind go by this link; what is of no kind, and what speaks of other messages, goes by any."""
        return not self.kinds or kind in self.kinds or kind is None or kind in _ANY_LINK


class Gate(NamedTuple):
    """What a source is let through by: nothing where it has no links."""

    word: str
    links: tuple[LinkAt, ...]

    def admits(self, kind: str | None, sequence: int | None, time: str | None) -> bool:
        """Whether a message is let through: by every link that its kind goes by, or by one of them where it goes by any."""
        over = [link.ceiling.admits(sequence, time) for link in self.links if link.covers(kind)]
        return (any(over) if kind is None or kind in _ANY_LINK else all(over)) and bool(over)


class Switch:
    """What is closed, by organisation, and where each link stands; the fold of the acts."""

    def __init__(self) -> None:
        self.all_since = 0
        self.isolated: dict[str, int] = {}
        self.governed: dict[str, int] = {}
        self.run: str | None = None
        self._freed: set[str] = set()
        self._links: dict[str, dict[str, LinkAt]] = {}

    def change(self, act: SwitchAct, position: int) -> None:
        """Let an act hold from its position on."""
        match act:
            case Isolated():
                self._isolate(act.oin, position)
            case RestartBegun():
                self.run = act.run
                self._drop(lambda link, oin: oin in act.governs)
                self.governed.update(dict.fromkeys(act.governs, position))
                for one in act.links:
                    links = self._links.setdefault(one.source, {})
                    links[one.step] = LinkAt(act.run, one.step, frozenset(one.kinds), "cut", HOLD)
            case LinkMoved():
                # Another run may have a step of the same id: what it left live is not this one's to move.
                for links in self._links.values():
                    if act.step in links and links[act.step].run == act.run:
                        links[act.step] = links[act.step]._replace(state=act.state, ceiling=act.ceiling)
            case RestartEnded():
                self.run = None
                self._drop(lambda link, oin: oin in act.frees or link.state != "live")
                for oin in act.frees:
                    self.governed.pop(oin, None)
                    self.isolated.pop(oin, None)
                self._freed.update(act.frees if self.all_since else ())

    def _isolate(self, oin: str | None, position: int) -> None:
        if oin is None:
            self.all_since = position
            self._freed.clear()
        else:
            self.isolated[oin] = position
            self._freed.discard(oin)
        for source, links in self._links.items():
            if oin in (None, oin_of(source)):
                self._links[source] = {step: link._replace(state="held", ceiling=HOLD) for step, link in links.items()}

    def _drop(self, goes: Callable[[LinkAt, str | None], bool]) -> None:
        """Links are no more; a source without any stays closed with its organisation."""
        for source, links in list(self._links.items()):
            self._links[source] = {step: link for step, link in links.items() if not goes(link, oin_of(source))}
            if not self._links[source]:
                del self._links[source]

    def isolated_since(self, oin: str | None) -> int:
        """The position of the act that isolated an organisation; 0 where none does. What nobody can be named for is refused anyway."""
        if oin is None:
            return 0
        return self.isolated.get(oin, 0) or (self.all_since if oin not in self._freed else 0)

    def gate(self, source: str) -> Gate | None:
        """What a source is let through by; None where nothing but its ceiling stands before it."""
        oin = oin_of(source)
        links = tuple(self._links.get(source, {}).values())
        if not links and not self.isolated_since(oin) and oin not in self.governed:
            return None
        least = min((link.state for link in links), key=LINK_STATES.index, default=None)
        return Gate(least or ("isolated" if self.isolated_since(oin) else "held"), links)


def switch_of(journal: Store, keys: NodeKeys, last: int) -> Switch:
    """The switch after every act of a journal up to a position."""
    switch = Switch()
    for position, act in acts_of(journal, keys, SWITCH_ACTS, read_switch, _WHAT, last):
        switch.change(act, position)
    return switch

