"""The commands `subject correction ask`, `end` and `work`: requests to correct, until when an answer is due, and how each ended."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from typing import Any

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.consumers.subject.correcting import Correcting, Open
from hervat.doors import words
from hervat.doors.acts.handing import decide
from hervat.doors.acts.inspecting import CorrectionAsking, CorrectionEnding
from hervat.doors.asking import day
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.law.value import Outcome, plain

_SAID = {
    "en": {"count": "{} requests to correct are not answered, by their last day", "over": "OVER TIME", "charge": " charge {}"},
    "nl": {"count": "{} verzoeken om verbetering zijn niet beantwoord, naar hun laatste dag", "over": "TE LAAT", "charge": " feit {}"},
}


def ask(arguments: Namespace) -> int:
    """Take in a request. Raises NotSo where it is about nothing that lies here."""
    _ensure_said(arguments, "by", "wrong")
    act = CorrectionAsking(
        message=arguments.message, charge=arguments.charge, wrong=arguments.wrong, on=_on(arguments), by=arguments.by
    )
    answer = decide(arguments.store, act)
    told = f"taken in at position {answer['position']}; an answer is due by {answer['due_on']}"
    show(words.as_document(answer) if arguments.json else told)
    return 0


def end(arguments: Namespace) -> int:
    """Answer a request. Raises NotSo where none is open, or where the message that is named is not about it."""
    _ensure_said(arguments, "by", "ground")
    if arguments.refused == (arguments.corrected is not None):
        raise Usage("give --corrected POSITION or --refused, one of the two")
    act = CorrectionEnding(
        asked=arguments.asked,
        how="refused" if arguments.refused else "corrected",
        message=arguments.corrected,
        on=_on(arguments),
        by=arguments.by,
        ground=arguments.ground,
    )
    answer = decide(arguments.store, act)
    show(words.as_document(answer) if arguments.json else f"ended at position {answer['position']}: {answer['how']}")
    return 0


def unanswered(arguments: Namespace) -> int:
    """The requests that are not answered, by their last day."""
    with Node.opened(arguments.store) as node:
        listed = Correcting(node.store, node.keys, node.decide).work(_on(arguments))
    if arguments.json:
        show(words.as_document([_document(one) for one in listed]))
    else:
        show(words.lines(_in_words(listed, arguments.lang)))
    return 0


def _ensure_said(arguments: Namespace, *names: str) -> None:
    for name in names:
        if not getattr(arguments, name).strip():
            raise Usage(f"--{name} may not be empty")


def _on(arguments: Namespace) -> date:
    return legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)


def _document(one: Open) -> dict[str, Any]:
    asked, due = one.asked, one.due
    return {
        "position": one.position,
        "message": asked.message,
        "charge": asked.charge,
        "wrong": asked.wrong,
        "on": asked.on,
        "by": asked.by,
        "due_on": one.last_day,
        "over_time": due.outcome is Outcome.NO,
        "because": plain(due.because.says),
        "notice": due.document["notice"],
        "receipt": due.receipt().decode(),
    }


def _in_words(listed: list[Open], language: str) -> Iterator[str]:
    said = _SAID[language]
    yield said["count"].format(len(listed))
    for one in listed:
        charge = "" if one.asked.charge is None else said["charge"].format(one.asked.charge)
        late = f"  {said['over']}" if one.due.outcome is Outcome.NO else ""
        yield f"{one.position}  {one.asked.message}{charge}  {getattr(one.due.because.says, language)}{late}: {one.asked.wrong}"
        if one.due.document["notice"] is not None:
            yield f"    {one.due.document['notice'][language]}"
