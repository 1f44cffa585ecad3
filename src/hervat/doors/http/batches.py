"""Signed batches at the door: taken whole or not at all, and answered with one receipt; and what waits here to be fetched."""

from collections.abc import Sequence
from dataclasses import dataclass

from hervat.batch import BatchReceipt
from hervat.clock import Clock
from hervat.dispatch.batches import Batch, ensure_signed
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import Unfit
from hervat.doors.http.problems import Declined
from hervat.exchanging import Entered, coming_of, ensure_as_signed, receipt_of, what_became
from hervat.intake.inbox import Coming, Taken
from hervat.intake.preparing import Prepared
from hervat.intake.quarantine import Lanes
from hervat.partner import Partners

STATUS = {"key": 401, "key-revoked": 401, "signature": 401, "sender": 403, "addressee": 403}
"""What the door answers to a batch that does not fit; 400 to all else."""


@dataclass(frozen=True, slots=True)
class Exchanging:
    """Who this node is to those that exchange with it, and how many messages a second it likes at most."""

    identity: Identity
    clock: Clock
    pace: int | None = None


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A batch that waits to be taken."""

    batch: Batch
    us: Exchanging

    @property
    def coming(self) -> Coming:
        """What says how its messages came."""
        return coming_of(self.batch.manifest, "wire")

    def unfit(self, partners: Partners, lanes: Lanes, prepared: Sequence[Prepared]) -> Declined | None:
        """Why nothing of it is taken; None where it is. What a revoked key signed is, where it goes into quarantine."""
        try:
            manifest, inside = self.batch.manifest, bool(lanes.lane(self.batch.manifest.source))
            ensure_signed(manifest, partners, self.us.identity.oin, self.us.clock.now(), revoked_too=inside)
            ensure_as_signed(self.batch, prepared)
        except Unfit as fault:
            return declined(fault)
        return None

    def receipt(self, taken: Sequence[Taken], entered: Entered, position: int) -> BatchReceipt:
        """What is signed of it once it is on disk."""
        became = what_became(self.batch, taken, entered, position)
        return receipt_of(self.us.identity, self.batch.manifest, became, self.us.clock.now(), self.us.pace)


def declined(fault: Unfit) -> Declined:
    """The answer to a batch that does not fit."""
    words = f"{str(fault)[:1].upper()}{str(fault)[1:]}."
    return Declined(STATUS.get(fault.code, 400), f"batch-{fault.code}", words)
