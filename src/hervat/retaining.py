"""Retention at a node: the desk, with what it needs of the node."""

from hervat.assemble import Node
from hervat.consumers.retention.desk import Desk


def desk_of(node: Node) -> Desk:
    """The desk of retention of a node."""
    return Desk(node.store, node.keys, node.roster().now)
