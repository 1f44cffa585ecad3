"""The steps of the procedure on a certificate, as they are asked for."""

from datetime import date
from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.again import Verdict
from hervat.consumers.certificates.steps import Consulting, Hearing, Intending, Objecting, Outcome, Resuming, Said, Suspending
from hervat.doors.acts.days import ensure_come
from hervat.reopening import Reopening


class CertificateStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for with every step: on which application, of which source and at which place where there are several of the number, on
    which day; `after` how many steps, where whoever asks has seen them.
    """

    application: Said
    source: str | None = None
    place: int | None = None
    on: date
    after: int | None = None

    def _certificates(self, node: Node) -> Certificates:
        ensure_come(node, self.on)
        return Certificates(node)


class CertificateProposal(CertificateStep, frozen=True, kw_only=True, tag_field="act", tag="certificate propose"):
    """Put on record what is proposed."""

    def done(self, node: Node) -> dict[str, Any]:
        return self._certificates(node).propose(self.application, self.on, source=self.source, place=self.place, after=self.after)


class CertificateConsultation(CertificateStep, frozen=True, kw_only=True, tag_field="act", tag="certificate consult"):
    """Put on record what another source said; None: it was not consulted."""

    consulted: Said
    said: Said | None = None
    by: Said

    def done(self, node: Node) -> dict[str, Any]:
        told = {"source": self.consulted, "said": self.said, "by": self.by}
        return self._certificates(node).step(self.application, self.on, Consulting, self.source, told, self.after, place=self.place)


class CertificateIntention(CertificateStep, frozen=True, kw_only=True, tag_field="act", tag="certificate intend"):
    """The applicant was told that somebody intends to refuse."""

    by: Said
    ground: Said

    def done(self, node: Node) -> dict[str, Any]:
        told = {"by": self.by, "ground": self.ground}
        return self._certificates(node).step(self.application, self.on, Intending, self.source, told, self.after, place=self.place)


class CertificateHearing(CertificateStep, frozen=True, kw_only=True, tag_field="act", tag="certificate hear"):
    """The applicant's view was heard, or none was given by a day."""

    by: Said
    none_by: date | None = None

    def done(self, node: Node) -> dict[str, Any]:
        told = {"by": self.by, "none_by": self.none_by}
        return self._certificates(node).step(self.application, self.on, Hearing, self.source, told, self.after, place=self.place)


class CertificateDecision(CertificateStep, frozen=True, kw_only=True, tag_field="act", tag="certificate decide"):
    """Grant or refuse; `view`: what was seen of it, where it was looked at."""

    outcome: Outcome
    by: Said
    ground: Said
    view: str | None = None

    def done(self, node: Node) -> dict[str, Any]:
        told: dict[str, Any] = {"by": self.by, "ground": self.ground, "after": self.after, "view": self.view}
        return self._certificates(node).decide(self.application, self.outcome, self.on, **told, source=self.source, place=self.place)


class CertificateObjection(CertificateStep, frozen=True, kw_only=True, tag_field="act", tag="certificate object"):
    """The applicant objects to a refusal."""

    by: Said

    def done(self, node: Node) -> dict[str, Any]:
        told = {"by": self.by}
        return self._certificates(node).step(self.application, self.on, Objecting, self.source, told, self.after, place=self.place)


class CertificateSuspension(CertificateStep, frozen=True, kw_only=True, tag_field="act", tag="certificate suspend"):
    """Let the term stand still."""

    by: Said
    ground: Said

    def done(self, node: Node) -> dict[str, Any]:
        told = {"by": self.by, "ground": self.ground}
        return self._certificates(node).step(self.application, self.on, Suspending, self.source, told, self.after, place=self.place)


class CertificateResumption(CertificateStep, frozen=True, kw_only=True, tag_field="act", tag="certificate resume"):
    """Let the term go on."""

    by: Said

    def done(self, node: Node) -> dict[str, Any]:
        told = {"by": self.by}
        return self._certificates(node).step(self.application, self.on, Resuming, self.source, told, self.after, place=self.place)


class CertificatesLookedAgain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="certificate run"):
    """Tell the decisions whose proposal would be another one now."""

    on: date

    def done(self, node: Node) -> dict[str, Any]:
        ensure_come(node, self.on)
        return Reopening(node).step(self.on)


class CertificateClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="certificate close"):
    """Close a decision that was opened again, as it was `told_at` a position, where that is said; `place`: as in a step."""

    application: Said
    source: str | None = None
    place: int | None = None
    verdict: Verdict
    by: Said
    ground: Said
    told_at: int | None = None

    def done(self, node: Node) -> dict[str, Any]:
        told: dict[str, Any] = {"by": self.by, "ground": self.ground, "told_at": self.told_at}
        return Reopening(node).close(self.application, self.verdict, **told, source=self.source, place=self.place)


CertificateAct = (
    CertificateProposal
    | CertificateConsultation
    | CertificateIntention
    | CertificateHearing
    | CertificateDecision
    | CertificateObjection
    | CertificateSuspension
    | CertificateResumption
    | CertificatesLookedAgain
    | CertificateClosing
)
