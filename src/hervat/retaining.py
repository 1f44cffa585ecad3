"""Retention at a node: the desk, with what it needs of the node."""

from collections.abc import Sequence
from typing import Any

from hervat.assemble import Node
from hervat.consumers.retention.desk import Desk
from hervat.intake.inbox import Telling
from hervat.intake.residue import Struck


def desk_of(node: Node) -> Desk:
    """The desk of retention of a node; its acts need the writer."""
    def strike(struck: Sequence[Struck], left: list[dict[str, Any]], by: str, ground: str, told: Telling) -> dict[str, Any]:
        return node.strike(struck, left, by=by, ground=ground, told=told)

    return Desk(node.store, node.keys, node.roster(), node.past.withheld, node.decide, strike, node.today)
