"""hervat: the register of a criminal justice chain, the messages that feed it, and the order in which both come back.

There is one journal; every room follows it with its own cursor. A backlog is head minus cursor. Everything that is
not in the journal can be thrown away and folded again from it. ARCHITECTURE.md draws the rooms.
"""

__version__ = "0.1.0"
