"""What was done on applications, in words, and whether the very same was done already."""

from collections.abc import Mapping
from typing import get_args

from msgspec import Struct

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates import steps
from hervat.consumers.certificates.steps import Deciding, Step, read_step
from hervat.doors.acts import certifying as acts
from hervat.doors.pages.wording import Wording
from hervat.errors import NotSo
from hervat.journal.acts import act_in
from hervat.journal.entry import Opened

STEPS = frozenset(str(sort.__struct_config__.tag) for sort in get_args(Step))
"""The kinds of acts that are steps."""
_SORT: Mapping[type[Struct], type[Struct]] = {
    acts.CertificateProposal: steps.Proposing,
    acts.CertificateConsultation: steps.Consulting,
    acts.CertificateIntention: steps.Intending,
    acts.CertificateHearing: steps.Hearing,
    acts.CertificateDecision: steps.Deciding,
    acts.CertificateObjection: steps.Objecting,
    acts.CertificateSuspension: steps.Suspending,
    acts.CertificateResumption: steps.Resuming,
}
_NAMES = {"consulted": "source"}
_ASKED = ("application", "source", "place", "after", "view")


def step_in_words(opened: Opened, words: Wording) -> str:
    """What the step in an entry is, as a sentence."""
    step = act_in(opened, read_step, "step of the procedure on a certificate")
    if isinstance(step, Deciding):
        return words("acts.certificate", outcome=words.term("stages", step.outcome))
    deed = words.term("deeds", opened.meta.kind)
    return f"{deed[:1].upper()}{deed[1:]}."


def step_before(node: Node, act: acts.CertificateStep) -> int | None:
    """The position of the very step that is asked for, where it was taken already as the one after those that were seen."""
    certificates = Certificates(node)
    try:
        place, _, _ = certificates.requested(act.application, node.position, act.source, act.place)
    except NotSo:
        return None
    following = certificates.procedure.steps(place)[act.after or 0 :]
    return following[0][0] if following and _is(following[0][1], act) else None


def _is(step: Step, act: acts.CertificateStep) -> bool:
    told = [name for name in act.__struct_fields__ if name not in _ASKED]
    return isinstance(step, _SORT[type(act)]) and all(getattr(step, _NAMES.get(name, name)) == getattr(act, name) for name in told)
