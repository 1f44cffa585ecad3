"""What is proposed on an application: what the law says of what was looked up, and what it would say of what is known where it is blind.

The software proposes to grant, that a person assesses, or that it cannot be said; it never refuses (Wjsg 7e).
"""

from msgspec import Struct

from hervat.consumers.certificates.looked import Looked
from hervat.law.certificates import Assessment, Proposal, assess, term
from hervat.law.certificates.term import Deadline
from hervat.law.rule import Result


class Proposed(Struct, frozen=True, kw_only=True):
    """A proposal with all that it rests on. `on_known`: what it would be if nothing were missing, where blindness alone keeps it from being
    said; None elsewhere.
    """

    looked: Looked
    whole: Assessment
    on_known: Assessment | None
    term: Result[Deadline]

    @property
    def proposal(self) -> Proposal:
        """What is proposed."""
        return self.whole.proposal

    @property
    def working(self) -> Assessment:
        """The assessment that shows the working: of what is known, where the register is blind."""
        return self.on_known or self.whole


def proposed(looked: Looked, *, refusal_intended: bool = False) -> Proposed:
    """What is proposed on an application as it was looked up."""
    application, horizon = looked.application(refusal_intended=refusal_intended), looked.law_horizon
    spans = looked.blindness.spans
    whole = assess(application, looked.entries, spans, on=looked.on, horizon=horizon)
    on_known = None
    if spans and whole.proposal is Proposal.CANNOT_SAY:
        known = assess(application, looked.entries, (), on=looked.on, horizon=horizon)
        on_known = None if known.proposal is Proposal.CANNOT_SAY else known
    return Proposed(looked=looked, whole=whole, on_known=on_known, term=term(application, on=looked.on, horizon=horizon))
