"""What an erasure must come to, written down from the contract (section 3, 10): beside the oracle of the state, and knowing none of the
code that erases.
"""

from collections.abc import Iterable
from typing import Any

from hervat.intake.ceilings import Ceiling
from tests.rooms.naive import CORRECTION, Naive, Name

DECLARING = ("watermark", "stock-declared")


def family_of(oracle: Naive, name: Name) -> set[Name]:
    """A message in all its versions: all that amends it, and of each correction that was not refused what it corrects in the end, by way of
    whatever it names.
    """
    family = {name}
    while True:
        more = {one for one in oracle.messages if oracle._amends(one) in family}
        for one in family - oracle.refused:
            while oracle.messages[one].kind == CORRECTION:
                named = oracle._amends(one)
                if named is None or named not in oracle.messages or not oracle._lower(named, one):
                    break
                more.add(named)
                one = named
        if more <= family:
            return family
        family |= more


class Erased(Naive):
    """F of steps among which are erasures: a set of messages, whole."""

    def __init__(self, steps: Iterable[Any]) -> None:
        self.gone: set[Name] = set()
        self.void: set[Name] = set()
        kept: list[Any] = []
        for step in steps:
            if isinstance(step, set):
                before = Naive(kept)
                # Every step is at a position of its own.
                kept.append(("", Ceiling()))
                self.gone |= step
                self.void |= {
                    name
                    for name in step
                    if before.messages[name].kind == CORRECTION and name not in before.refused and before._original(name) is None
                }
            else:
                kept.append(step)
        super().__init__(kept)

    def _amends(self, name: Name) -> Name | None:
        return super()._amends(name)

    def _late_refusal(self, name: Name) -> Any:
        return False if name in self.void else super()._late_refusal(name)

    def _original(self, name: Name) -> Name | None:
        return None if name in self.void else super()._original(name)

    def _close(self) -> None:
        super()._close()
        # An erased message waits for nothing, and gives what the version that counts gives.
        waiting = {name for name in self.gone if not (name in self.refused and name not in self.version)} - self.retracted
        self.applied |= waiting
        for name in waiting:
            if self._amends(name) is None:
                self.given.update(self._keys(name)[1])
        growing = True
        while growing:
            growing = False
            for name in self.messages:
                if name in self.applied or name in self.retracted or (name in self.refused and name not in self.version):
                    continue
                if name not in self.complete or self._amends(name) is not None:
                    continue
                needs, gives = self._keys(name)
                if self.given.issuperset(needs):
                    self.applied.add(name)
                    self.given.update(gives)
                    growing = True


def let_be(oracle: Erased, family: set[Name]) -> set[Name]:
    """The amendments of a family that lie in quarantine: they stay, and hinder nothing."""
    return {one for one in family if one in oracle.quarantined and oracle._amends(one) is not None}


def may_not(oracle: Erased, family: set[Name], asked: Name) -> bool:
    """Whether a family may not be erased by one of it: that lies in quarantine, it lies above a ceiling, it declares, or nothing is left of
    it.
    """
    stays = let_be(oracle, family)
    if asked in stays:
        return True
    family = family - stays
    above = family - oracle.admitted
    declares = {one for one in family if oracle.messages[one].kind in DECLARING and oracle.state(one) != "refused"}
    corrections = {one for one in family - oracle.refused if oracle.messages[one].kind == CORRECTION}
    originals = {named for one in corrections if (named := oracle._original(one)) is not None}
    declares |= {one for one in originals if oracle.messages[one].kind in DECLARING}
    return bool(above or declares or family <= oracle.gone)


def struck_whole(answer: dict[str, Any], names: dict[int, Name], oracle: Erased) -> set[Name]:
    """The messages that an answer says are erased whole: all of a family, as far as it was there still."""
    struck = {names[one["position"]] for one in answer["erased"] if one["parts"] is None and one["position"] in names}
    for name in struck:
        family = family_of(oracle, name)
        assert family - let_be(oracle, family) <= struck | oracle.gone
        assert name not in oracle.quarantined
    return struck


def as_expected(found: dict[Name, Any], wanted: dict[Name, Any], oracle: Erased, partial: set[Name]) -> bool:
    """Whether all is as it must be; of what is lacked, only what can still be read is told: by the message itself, of which parts may be
    gone (`partial`), and by who broke off its chain.
    """
    for name, state in wanted.items():
        forgotten = name in partial or (state[0] == "gap" and any(one[0] == name[0] for one in oracle.gone))
        if not isinstance(state, str) and forgotten and found[name][0] == state[0] and set(found[name][1]) <= {*state[1]}:
            wanted = wanted | {name: found[name]}
    return found == wanted
