"""Retention at a node: the desk, with what it needs of the node."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from hervat.assemble import Node
from hervat.consumers.retention.desk import REACH, Desk
from hervat.intake.inbox import Telling
from hervat.intake.residue import Struck


def desk_of(node: Node) -> Desk:
    """The desk of retention of a node; its acts need the writer."""
    def strike(struck: Sequence[Struck], by: str, ground: str, told: Telling) -> int:
        return node.strike_out(struck, by=by, ground=ground, told=told)

    return Desk(node.store, node.keys, node.roster(), node.past.withheld, node.decide, strike, node.scrub_after, node.today)


class Looked(NamedTuple):
    """What was worked out for a day: the forecast, and what a run would do."""

    on: date
    forecast: dict[str, Any]
    run: dict[str, Any]


def look_at(node: Node, on: date) -> Looked:
    """The forecast of a day, and a run on it that does nothing."""
    desk = desk_of(node)
    return Looked(on, desk.forecast(on, REACH), desk.run(on, by="", ground="", dry=True))
