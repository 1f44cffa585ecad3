"""Screening at a node: the desk, with what it needs of the node, and of retention: what that hides, by both of its computations."""

from collections.abc import Collection
from functools import partial

from hervat.assemble import Node
from hervat.consumers.removed import Hiding
from hervat.consumers.retention.recompute import hidden
from hervat.consumers.screening.desk import Desk, TwiceWithheld
from hervat.consumers.screening.worklist import WorkList


def screening_of(node: Node, canaries: Collection[str] = ()) -> Desk:
    """The desk of continuous screening of a node; its steps are acts, and need the writer."""
    return Desk(node.store, node.keys, node.decide, lambda: node.rosters().procedures, withheld_at(node), canaries=canaries)


def work_list_of(node: Node) -> WorkList:
    """The work list of screening of a node."""
    return WorkList(node.store, node.keys, node.rosters().procedures, _hiding(node))


def withheld_at(node: Node) -> TwiceWithheld:
    """What acts of retention hide at a node, by each of both computations."""
    return TwiceWithheld(_hiding(node), partial(hidden, node.store, node.keys))


def _hiding(node: Node) -> Hiding:
    return lambda reading, rows, messages: node.past.withheld.hide(reading, rows, messages, node.position)
