"""The day of an act: what somebody did is put down on its own day or later, and never before it has come.

A step of a day to come would let its doer pass the days that the law gives somebody else, and would shut out every step of the days before.
"""

from datetime import date

from hervat.assemble import Node
from hervat.errors import Usage


def ensure_come(node: Node, on: date) -> None:
    """Raises Usage where a day has not come by the clock of the node."""
    today = node.today()
    if on > today:
        raise Usage(f"--on {on} lies after today, {today}: it is put down when that day has come, or with the day on which it was done")
