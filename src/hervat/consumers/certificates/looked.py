"""What was looked up for an application: the application, the record of whoever has its BSN, and where the register is blind for them."""

from datetime import date
from typing import Any

from msgspec import Struct

from hervat.consumers.certificates.applications import Requested
from hervat.consumers.certificates.blindness import Blindness
from hervat.law.certificates import Application, Entry
from hervat.law.dated import Span
from hervat.law.rule import Horizon


class Looked(Struct, frozen=True, kw_only=True):
    """An application and what is known for a decision on the day `on`, at a position of the journal. `place`: the position of the first
    message in custody that gives the application, by which its steps name it; `told_at`: of the version that counts; `skns`: of the persons
    who have its BSN; `horizon` and `held`: as in the answer about a person.
    """

    requested: Requested
    place: int
    told_at: int
    on: date
    position: int
    skns: tuple[str, ...]
    entries: tuple[Entry, ...]
    custody: tuple[Span, ...]
    blindness: Blindness
    horizon: dict[str, Any]
    held: list[dict[str, Any]]

    def application(self, *, refusal_intended: bool = False, stood_still: tuple[Span, ...] = ()) -> Application:
        """The application as the rules ask for it. Whether it is for a function with a look-back of its own, no message tells."""
        asked = self.requested
        return Application(
            application=asked.number,
            purposes=asked.purposes,
            on=asked.applied_on,
            birth=asked.birth,
            custody=self.custody,
            refusal_intended=refusal_intended,
            stood_still=stood_still,
            position=self.told_at,
        )

    @property
    def law_horizon(self) -> Horizon:
        """The horizon as a receipt has it."""
        until = {row["source"]: row["complete_until"] for row in self.horizon["sources"]}
        return Horizon(position=self.position, complete_until=until, support_lost=self.horizon["support_lost"])
