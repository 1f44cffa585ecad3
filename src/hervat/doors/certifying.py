"""The commands `certificate`: the procedure on an application step by step, where it stands, and the applications nobody decided on."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.clock import SystemClock, legal_day
from hervat.consumers.certificates.proposing import Proposed
from hervat.consumers.certificates.steps import State, Step, may_follow, state_of
from hervat.consumers.certificates.undecided import Undecided
from hervat.doors import words
from hervat.doors.acts import certifying as acts
from hervat.doors.acts.handing import decide as hand_or_do
from hervat.doors.asking import day
from hervat.doors.certificates import document, ensure_text, in_words
from hervat.doors.pages.wording import wording
from hervat.doors.streams import show
from hervat.errors import NotSo, Usage
from hervat.looking import Asked, Begun

_SAID = {
    "en": {
        "work": "{} applications wait for a decision, those whose term ends first at the top; {} to {} of them",
        "due": "by {}",
        "no term": "an objection: no rule here says by when",
        "still": "stands still",
        "stage": "stage: {}; what may follow: {}",
        "step": "{}  position {}  {}",
        "nothing": "nothing",
        "several": "application {}: there are {} procedures under this number; a step says which is meant with --source and --place",
        "at": "the procedure at place {}, of {}: {}",
        "other": "under the same number there is one at place {}, of {}: {}",
    },
    "nl": {
        "work": "{} aanvragen wachten op een besluit, die waarvan de termijn het eerst eindigt bovenaan; {} tot en met {} daarvan",
        "due": "uiterlijk {}",
        "no term": "bezwaar: geen regel hier zegt tot wanneer",
        "still": "opgeschort",
        "stage": "stap: {}; wat kan volgen: {}",
        "step": "{}  positie {}  {}",
        "nothing": "niets",
        "several": "aanvraag {}: onder dit nummer lopen {} procedures; een stap zegt met --source en --place welke is bedoeld",
        "at": "de procedure op plaats {}, van {}: {}",
        "other": "onder hetzelfde nummer is er een op plaats {}, van {}: {}",
    },
}
_LEFT_OUT = ("application", "number", "on", "known_by", "act")


def propose(arguments: Namespace) -> int:
    """Put on record what is proposed on an application."""
    return _done(acts.CertificateProposal(**_asked(arguments)), arguments)


def consult(arguments: Namespace) -> int:
    """Put on record what another source said, or that it was not consulted."""
    _ensure_said(arguments, "by", "other_source", "said")
    told = {"consulted": arguments.other_source, "said": arguments.said, "by": arguments.by}
    return _done(acts.CertificateConsultation(**_asked(arguments), **told), arguments)


def intend(arguments: Namespace) -> int:
    """Put on record that somebody intends to refuse."""
    _ensure_said(arguments, "by", "ground")
    return _done(acts.CertificateIntention(**_asked(arguments), by=arguments.by, ground=arguments.ground), arguments)


def hear(arguments: Namespace) -> int:
    """Put on record that a view was heard, or that none was given by a day."""
    _ensure_said(arguments, "by")
    none_by = None if arguments.none_by is None else day("--none-by", arguments.none_by)
    return _done(acts.CertificateHearing(**_asked(arguments), by=arguments.by, none_by=none_by), arguments)


def decide_certificate(arguments: Namespace) -> int:
    """Grant or refuse; a person does, never the software."""
    _ensure_said(arguments, "by", "ground")
    told = {"outcome": arguments.outcome, "by": arguments.by, "ground": arguments.ground}
    return _done(acts.CertificateDecision(**_asked(arguments), **told), arguments)


def object_to(arguments: Namespace) -> int:
    """Put on record that the applicant objects."""
    _ensure_said(arguments, "by")
    return _done(acts.CertificateObjection(**_asked(arguments), by=arguments.by), arguments)


def suspend(arguments: Namespace) -> int:
    """Let the term stand still."""
    _ensure_said(arguments, "by", "ground")
    return _done(acts.CertificateSuspension(**_asked(arguments), by=arguments.by, ground=arguments.ground), arguments)


def resume(arguments: Namespace) -> int:
    """Let the term go on."""
    _ensure_said(arguments, "by")
    return _done(acts.CertificateResumption(**_asked(arguments), by=arguments.by), arguments)


def show_certificate(arguments: Namespace) -> int:
    """Where the procedure on an application stands, step by step, and what is proposed now; of several of the number, where each does."""
    on, number = _on(arguments), arguments.application
    with Node.opened(arguments.store) as node:
        certificates = Certificates(node)
        several = certificates.procedures(number)
        meant = [one for one in several if arguments.source in (None, one.source) and arguments.place in (None, one.place)]
        if len(meant) > 1:
            shown = [_shown_of_many(certificates, number, one, on, arguments.lang) for one in meant]
        else:
            shown = [_shown(certificates.shown(number, on, source=arguments.source, place=arguments.place), arguments.lang)]
        others = [_standing(certificates, one) for one in several if one not in meant]
    if arguments.json:
        told = {"application": number, "procedures": [one for one, _ in shown]} if len(shown) > 1 else shown[0][0]
        show(words.as_document(told | {"others": others}))
    else:
        show(words.lines(_all_in_words(number, shown, others, arguments.lang)))
    return 0


_Shown = tuple[dict[str, Any], list[str]]


def _shown(found: tuple[Proposed, State, list[tuple[int, Step]]], language: str) -> _Shown:
    """A procedure as JSON and in words."""
    proposal, state, steps = found
    told = document(proposal) | _state(state) | {"steps": [_step(at, step) for at, step in steps]}
    first = state.decision is None
    if not first:
        # Wjsg 37 is on the decision that was taken; no rule here says by when is decided on an objection.
        told["term"] = None
    return told, [*in_words(proposal, language, in_first_term=first), *_steps_in_words(state, steps, language)]


def _shown_of_many(certificates: Certificates, number: str, one: Begun, on: date, language: str) -> _Shown:
    """One of several, with why nothing can be proposed on it, where that is so: the others are shown all the same."""
    try:
        return _shown(certificates.shown(number, on, source=one.source, place=one.place), language)
    except NotSo as refused:
        steps = certificates.procedure.steps(one.place)
        told = _standing(certificates, one) | {"why": str(refused), "steps": [_step(at, step) for at, step in steps]}
        return told, [str(refused), *_steps_in_words(state_of(step for _, step in steps), steps, language)]


def _standing(certificates: Certificates, one: Begun) -> dict[str, Any]:
    return {"source": one.source, "place": one.place, **_state(certificates.procedure.state(one.place))}


def _all_in_words(number: str, shown: list[_Shown], others: list[dict[str, Any]], language: str) -> Iterator[str]:
    said, terms = _SAID[language], wording(language)
    if len(shown) > 1:
        yield said["several"].format(number, len(shown))
    for told, lines in shown:
        yield said["at"].format(told["place"], told["source"], terms.term("stages", told["stage"]))
        yield from lines
    yield from (said["other"].format(one["place"], one["source"], terms.term("stages", one["stage"])) for one in others)


def certificate_work(arguments: Namespace) -> int:
    """The applications on which nobody has decided, a page of them, each with what is proposed on it."""
    on = _on(arguments)
    if arguments.limit < 1 or arguments.skip < 0:
        raise Usage("--limit is 1 or more, and --skip 0 or more")
    with Node.opened(arguments.store) as node:
        certificates = Certificates(node)
        listed = certificates.undecided(on)
        page = listed[arguments.skip : arguments.skip + arguments.limit]
        asked = (Asked(one.requested.number, max(on, one.requested.applied_on), one.requested.source, one.place) for one in page)
        shown = [_open_one(one, found) for one, found in zip(page, certificates.proposed_on(asked), strict=True)]
    told = {"waiting": len(listed), "skipped": min(arguments.skip, len(listed)), "on": on.isoformat(), "applications": shown}
    show(words.as_document(told) if arguments.json else words.lines(_work_in_words(told, arguments.lang)))
    return 0


def _open_one(one: Undecided, found: Proposed | NotSo) -> dict[str, Any]:
    asked = one.requested
    if isinstance(found, NotSo):
        raise found
    known = {
        "application": asked.number,
        "source": asked.source,
        "place": one.place,
        "purposes": list(asked.asked_for),
        "applied_on": asked.applied_on.isoformat(),
        "last_day": None if one.last_day is None else one.last_day.isoformat(),
        **_state(one.state),
    }
    rule = None if found.rule is None else found.rule.name
    return known | {"proposal": found.proposal.value, "is_blind": found.is_blind, "interim": rule, "vulnerable": found.risk.outcome.value}


def _state(state: State) -> dict[str, Any]:
    return {"stage": state.stage, "stands_still": state.stands_still, "may_follow": list(may_follow(state))}


def _step(position: int, step: Step) -> dict[str, Any]:
    return {"position": position, **msgspec.to_builtins(step)}


def _asked(arguments: Namespace) -> dict[str, Any]:
    return {"application": arguments.application, "source": arguments.source, "place": arguments.place, "on": _on(arguments)}


def _on(arguments: Namespace) -> date:
    on = legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)
    ensure_text(on)
    return on


def _ensure_said(arguments: Namespace, *names: str) -> None:
    """Raises Usage for what is given and says nothing."""
    for name in names:
        given = getattr(arguments, name)
        if given is not None and not given.strip():
            raise Usage(f"--{name.replace('_', '-')} may not be empty: this is a step of somebody, on a ground")


def _done(act: acts.CertificateAct, arguments: Namespace) -> int:
    answer = hand_or_do(arguments.store, act)
    blind = " (blind)" if answer.get("is_blind") or answer.get("decided_blind") else ""
    told = answer.get("proposal") or answer.get("outcome")
    said = "" if told is None else f": {told}{blind}" + ("" if answer.get("rule") is None else f", interim rule {answer['rule']}")
    line = f"application {answer['application']} is {answer['stage']} at position {answer['position']}{said}"
    show(words.as_document(answer) if arguments.json else words.plain(line))
    return 0


def _work_in_words(told: dict[str, Any], language: str) -> Iterator[str]:
    said, terms, first = _SAID[language], wording(language), told["skipped"] + 1
    yield said["work"].format(told["waiting"], first, told["skipped"] + len(told["applications"]))
    for one in told["applications"]:
        due = said["no term"] if one["last_day"] is None else said["due"].format(one["last_day"])
        still = f", {said['still']}" if one["stands_still"] else ""
        rule = "" if one["interim"] is None else f" ({one['interim']})"
        stands = f"{terms.term('stages', one['stage'])}  {terms.term('proposals', one['proposal'])}"
        yield f"{one['application']}  {due}{still}  {', '.join(one['purposes'])}  {stands}{rule}"


def _steps_in_words(state: State, steps: list[tuple[int, Step]], language: str) -> Iterator[str]:
    said = _SAID[language]
    for at, step in steps:
        told = {name: value for name, value in msgspec.to_builtins(step).items() if name not in _LEFT_OUT and value is not None}
        what = "  ".join(f"{name} {value}" for name, value in told.items())
        yield said["step"].format(step.on, at, f"{step.__struct_config__.tag}  {what}")
    if state.is_open and state.decision is not None:
        yield said["no term"]
    still = f", {said['still']}" if state.stands_still else ""
    stage = wording(language).term("stages", state.stage)
    yield said["stage"].format(f"{stage}{still}", ", ".join(may_follow(state)) or said["nothing"])
