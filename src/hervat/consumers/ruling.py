"""Interim rules are opened and closed by acts in the journal.

- `interim-opened` says all of a rule; `interim-closed` gives it its last day. A name never comes to mean another rule, and what was closed
  stays closed: whoever wants more opens another.
- What is decided on a day goes by the rules known where it is decided; a rule that is opened later for that day changes nothing in it.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from hervat.errors import Usage
from hervat.interim import InterimRule, InterimRules
from hervat.journal.acts import acts_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

INTERIM_OPENED, INTERIM_CLOSED = "interim-opened", "interim-closed"
_FLAGS = {
    "name": "--name",
    "authority": "--authority",
    "ground": "--ground",
    "purposes": "--purpose",
    "risk": "--risk",
    "does": "--does",
    "ask": "--ask",
}


class InterimOpened(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=INTERIM_OPENED):
    """Who opened a rule, and why."""

    rule: InterimRule
    by: str
    why: str


class InterimClosed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=INTERIM_CLOSED):
    """Who gave a rule its last day, and why."""

    name: str
    until: date
    by: str
    why: str


read_ruling: Callable[[bytes], InterimOpened | InterimClosed] = msgspec.json.Decoder(InterimOpened | InterimClosed).decode
"""Reads either of them as it lies in the journal."""


def rules_at(store: Store, keys: NodeKeys, last: int) -> InterimRules:
    """The interim rules known at a position."""
    known = InterimRules()
    for position, act in acts_of(store, keys, (INTERIM_OPENED, INTERIM_CLOSED), read_ruling, "opening or closing of an interim rule", last):
        known = (
            known.with_opened(position, act.rule) if isinstance(act, InterimOpened) else known.with_closed(position, act.name, act.until)
        )
    return known


class Ruling:
    """The interim rules at one node."""

    def __init__(self, store: Store, keys: NodeKeys, decide: Callable[[str, Struct], int]) -> None:
        """`decide` puts an act in the journal and gives its position."""
        self._store = store
        self._keys = keys
        self._decide = decide

    def open(self, rule: InterimRule, *, by: str, why: str) -> dict[str, Any]:
        """Open a rule; returns the act's position. Raises Usage where it has not the form of one, or cannot stand beside the others."""
        sound = _sound(rule)
        self._known().ensure_apart(sound)
        return {"position": self._decide(INTERIM_OPENED, InterimOpened(rule=sound, by=by, why=why))}

    def close(self, name: str, until: date, *, by: str, why: str) -> dict[str, Any]:
        """Give a rule its last day; returns the act's position. Raises Usage for one that cannot be closed so."""
        known = self._known()
        rule = known.get(name)
        if rule is None:
            raise Usage(f"{name}: there is no such interim rule; there are {', '.join(one.name for one in known) or 'none'}")
        if known.closed(name) is not None:
            raise Usage(f"{name}: it was closed at position {known.closed(name)}, and {rule.until} is its last day; open another")
        if until < rule.from_:
            raise Usage(f"--until {until}: the rule {name} begins on {rule.from_}; give that day or a later one")
        if rule.until is not None and rule.until < until:
            raise Usage(f"--until {until}: the rule {name} was opened until {rule.until}; it cannot be made longer, open another")
        return {"position": self._decide(INTERIM_CLOSED, InterimClosed(name=name, until=until, by=by, why=why))}

    def listing(self, on: date, position: int | None = None) -> dict[str, Any]:
        """Every rule known at a position, or now, with its state on the day `on`."""
        head = self._store.head().size
        last = head if position is None else min(position, head)
        known = rules_at(self._store, self._keys, last)
        return {"position": last, "on": on, "rules": [_told(known, one, on) for one in known]}

    def _known(self) -> InterimRules:
        return rules_at(self._store, self._keys, self._store.head().size)


def _sound(rule: InterimRule) -> InterimRule:
    try:
        return msgspec.convert(msgspec.to_builtins(rule), InterimRule)
    except msgspec.ValidationError as fault:
        flag = next((flag for field, flag in _FLAGS.items() if f"$.{field}" in str(fault)), "the rule")
        raise Usage(
            f"{flag}: this has not the form required; a name is up to 64 small letters, digits and hyphens, a text has 1 to 1000 "
            "characters, and a purpose is such as `profile 60` or `aspect 84`, or is every, immigration or naturalisation"
        ) from fault


def _told(known: InterimRules, rule: InterimRule, on: date) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(rule)
    state = "coming" if on < rule.from_ else "open" if rule.has(on) else "closed"
    return said | {"opened": known.opened(rule.name), "closed": known.closed(rule.name), "state": state}
