"""A custody as the register knows it: the spell, its case, the messages that tell it, and what of it waits."""

from datetime import date

from msgspec import Struct

from hervat.consumers.spells import Spell

KINDS = ("custody-started", "custody-prolonged", "custody-ended")


class Custody(Struct, frozen=True, kw_only=True):
    """`messages`: where those that tell it lie; `through`: where the last of them came to count. `person`: the SKN under which the person
    of the case answers, None where the case is not known here. `waits`: held messages alone tell it; `held`: the positions of what is held
    about the person or the case. `of_another`: it names somebody else than the case is of.
    """

    case: str
    spell: Spell
    messages: tuple[int, ...]
    through: int
    person: str | None
    waits: bool
    held: tuple[int, ...]
    of_another: bool = False

    @property
    def place(self) -> int:
        """By which it is named: the first of its messages."""
        return min(self.messages)

    @property
    def skn(self) -> str | None:
        """Of whom it is: as custody says, or else the person of the case."""
        return self.spell.skn or self.person

    @property
    def ended_on(self) -> date | None:
        """The day of the release that is told."""
        return self.spell.ended_on
