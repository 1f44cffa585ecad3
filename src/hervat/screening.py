"""Screening at a node: the desk, with what it needs of the node."""

from collections.abc import Collection

from hervat.assemble import Node
from hervat.consumers.screening.desk import Desk


def screening_of(node: Node, canaries: Collection[str] = ()) -> Desk:
    """The desk of continuous screening of a node; its steps are acts, and need the writer."""
    return Desk(node.store, node.keys, node.decide, lambda: node.rosters().procedures, canaries=canaries)
