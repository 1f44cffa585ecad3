"""When to try again: waits that grow, drawn at random so that partners who were cut off together do not come back together.

- A wait is drawn evenly from nothing up to a bound that doubles with each failure in a row, up to `LONGEST` ("full jitter").
- Failures are counted while the link carries. A link that is cut is not tried, and when it carries again it is tried as if nothing had
  failed.
- There is no last attempt: no number of failures and no age ends anything.
"""

FIRST, LONGEST = 0.5, 60.0
"""Seconds."""


class Patience:
    """What one way has met so far."""

    def __init__(self) -> None:
        self.failures = 0

    def failed(self, draw: float) -> float:
        """One more failure; the seconds to wait, of which `draw`, from 0 up to 1, says how many of those that are possible."""
        self.failures += 1
        return draw * bound(self.failures)

    def succeeded(self) -> None:
        """An answer came."""
        self.failures = 0


def bound(failures: int) -> float:
    """The longest wait, in seconds, after so many failures in a row (1 or more)."""
    return LONGEST if failures > 7 else min(LONGEST, FIRST * 2 ** (failures - 1))
