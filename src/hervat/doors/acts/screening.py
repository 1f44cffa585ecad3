"""The acts of screening: a step, that it was checked, and what somebody decides on a signal."""

from datetime import date
from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.consumers.screening.assessment import Verdict
from hervat.consumers.screening.daily import CheckedAct
from hervat.consumers.screening.signal import Word
from hervat.doors.acts.line import Said
from hervat.screening import screening_of


class ScreeningStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="screening run"):
    """Tell what changed about whoever is screened since the last time."""

    on: date
    canaries: tuple[str, ...] = ()

    def done(self, node: Node) -> dict[str, Any]:
        return screening_of(node, self.canaries).step(self.on)


class ScreeningRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="screening day"):
    """Put in the journal that screening was checked, and what came of it."""

    checked: CheckedAct

    def done(self, node: Node) -> dict[str, Any]:
        return screening_of(node).record(self.checked)


class SignalDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="screening decide"):
    """Decide on a signal, as it was seen where that is said: in a version, and of a report with an ending."""

    enrolment: int
    message: int
    verdict: Verdict
    by: Said
    ground: Said
    version: int | None = None
    ending: tuple[Word, ...] | None = None

    def done(self, node: Node) -> dict[str, Any]:
        decided = {"by": self.by, "ground": self.ground}
        return screening_of(node).assess(self.enrolment, self.message, self.verdict, **decided, version=self.version, ending=self.ending)
