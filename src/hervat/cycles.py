"""How often Python looks for cycles: seldom.

A node holds tens of thousands of rows for a long time and makes hardly any cycles. Looking through all of them again and again takes a
tenth of the time of a message; what is held in no cycle goes at once without it.
"""

import gc

_YOUNG, _MIDDLE, _OLD = 20_000, 50, 100


def look_seldom() -> None:
    """Let this process look for cycles seldom, and never among what it has loaded so far."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
