"""The forms of the steps of the procedure on an application, and the acts that they come to."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from hervat.consumers.certificates.steps import CLOSED, Outcome
from hervat.doors.acts import certifying as acts
from hervat.doors.pages.filled import Filled

YES_NO = ("yes", "no")
FORMS: Mapping[str, tuple[str, ...]] = {
    "decide": ("on", "outcome", "ground", "by"),
    "propose": ("on",),
    "consult": ("on", "consulted", "did", "said", "by"),
    "intend": ("on", "ground", "by"),
    "hear": ("on", "did", "none_by", "by"),
    "object": ("on", "by"),
    "suspend": ("on", "ground", "by"),
    "resume": ("on", "by"),
}
"""The fields of each form, by the step."""
_OPTIONAL = ("said", "none_by", "did", "outcome")
# The field that goes with an answer to `did`, that answer, and what is told where the field goes with none.
_WITH = {"consult": ("said", "yes", "certificates.nothing_said"), "hear": ("none_by", "no", "certificates.was_heard")}
_PLAIN: Mapping[str, Callable[..., acts.CertificateAct]] = {
    "propose": acts.CertificateProposal,
    "intend": acts.CertificateIntention,
    "object": acts.CertificateObjection,
    "suspend": acts.CertificateSuspension,
    "resume": acts.CertificateResumption,
}


def step_of(filled: Filled, asked: dict[str, Any], view: str | None, today: date) -> acts.CertificateAct | None:
    """The act that a form comes to, on the application that is `asked` for; None where something is wrong, which is told in `filled`."""
    typed, step = filled.typed, filled.form
    filled.need(*(name for name in FORMS[step] if name not in _OPTIONAL))
    on, none_by = filled.day("on", today), filled.day("none_by") if step == "hear" else None
    if "did" in typed:
        filled.among("did", YES_NO)
        name, answer, otherwise = _WITH[step]
        _ensure_with(filled, name, otherwise, wanted=typed["did"] == answer)
    if step == "decide":
        filled.among("outcome", CLOSED)
    if filled.faults:
        return None
    told = asked | {"on": on}
    match step:
        case "decide":
            outcome = cast(Outcome, typed["outcome"])
            return acts.CertificateDecision(**told, outcome=outcome, by=typed["by"], ground=typed["ground"], view=view or "")
        case "consult":
            return acts.CertificateConsultation(**told, consulted=typed["consulted"], said=typed["said"] or None, by=typed["by"])
        case "hear":
            return acts.CertificateHearing(**told, by=typed["by"], none_by=none_by)
        case _:
            return _PLAIN[step](**told, **{name: typed[name] for name in FORMS[step] if name != "on"})


def _ensure_with(filled: Filled, name: str, otherwise: str, *, wanted: bool) -> None:
    """A field is filled in where what was chosen asks for it; `otherwise` names the text for one that is, where it does not."""
    if wanted:
        filled.need(name)
    elif filled.typed[name] and "did" not in filled.faults:
        filled.faults.setdefault(name, otherwise)
