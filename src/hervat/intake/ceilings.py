"""Ceilings: how far a source may be applied (the contract, section 3, 12).

- Without an act a source is open.
- `sequence`: up to and including that number. `time`: messages made at or before that moment, whatever their sequence. `hold`: none.
- The latest act replaces. Once admitted, always admitted: a ceiling never un-applies.
"""

from datetime import datetime

import msgspec

from hervat.clock import parse_rfc3339


class Ceiling(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One ceiling; with nothing set the source is open."""

    sequence: int | None = None
    time: datetime | None = None
    hold: bool = False

    def admits(self, sequence: int | None, time: str | None) -> bool:
        """Whether a message lies under it; one that tells no sequence or time can only be refused, and is let through to that."""
        if self.hold:
            return False
        if self.sequence is not None and sequence is not None:
            return sequence <= self.sequence
        if self.time is not None and time is not None:
            return parse_rfc3339(time) <= self.time
        return True


OPEN = Ceiling()
_read = msgspec.json.Decoder(Ceiling).decode


def read_ceiling(text: str | None) -> Ceiling:
    """The ceiling as a feed keeps it."""
    return OPEN if text is None else _read(text)


def write_ceiling(ceiling: Ceiling) -> str | None:
    """A ceiling as a feed keeps it: None for open."""
    return None if ceiling == OPEN else msgspec.json.encode(ceiling).decode()
