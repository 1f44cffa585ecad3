"""The rotation of the node's keys as an act: a node that serves rotates its own, and goes on with the new ones."""

from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.doors.acts.line import Said
from hervat.errors import TechnicalFault
from hervat.intake.rotating import INDEX_STAYS
from hervat.journal.checkpoint import verifier_of
from hervat.stores.scrubbing import told_of_fault


class KeyRotation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="keys rotate"):
    """Let other keys take over, or bring to its end what was begun."""

    stolen: bool = False
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        done = node.rotate(by=self.by, why=self.why, stolen=self.stolen)
        return {
            "position": done.position,
            "resumed": done.resumed,
            "sealed": done.sealed,
            "public_key": verifier_of(done.keys.origin, done.keys.public_key),
            "index": INDEX_STAYS,
            **_scrubbed(node, done.position),
        }


def _scrubbed(node: Node, position: int) -> dict[str, Any]:
    """What came of scrubbing: a fault in it takes nothing of the rotation back, and who asked is told of both."""
    try:
        return node.scrub()
    except TechnicalFault as fault:
        return told_of_fault(fault, position, node.now())
