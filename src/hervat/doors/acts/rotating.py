"""The rotation of the node's keys as an act: a node that serves rotates its own, and goes on with the new ones."""

from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.doors.acts.line import Said
from hervat.intake.rotating import INDEX_STAYS
from hervat.journal.checkpoint import verifier_of


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
            **node.scrub_after(done.position),
        }
