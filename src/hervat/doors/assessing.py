"""The commands `screening work`, `decide` and `receipt`: the signals on which somebody has to decide, worst first, and the decisions."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.consumers.screening.assessment import VERDICTS, assessments
from hervat.consumers.screening.weighing import Weighed, weighed
from hervat.consumers.screening.worklist import Work
from hervat.doors import words
from hervat.doors.acts.handing import decide as hand_or_do
from hervat.doors.acts.screening import SignalDecision
from hervat.doors.streams import show
from hervat.errors import NotSo, Usage
from hervat.law.rule import Horizon
from hervat.screening import screening_of, work_list_of


def work(arguments: Namespace) -> int:
    """Every signal on which nobody has decided, worst first."""
    with Node.opened(arguments.store) as node:
        told = screening_of(node).told()
        decided = assessments(node.store, node.keys, node.position)
        works = work_list_of(node)
        listed = weighed_at(node, works.open(told.last, told.told_at, decided), _today())
        shown = [_shown(one) for one in listed]
    show(words.as_document(shown) if arguments.json else "\n".join(_in_words(listed, arguments.lang)))
    return 0


def decide(arguments: Namespace) -> int:
    """Put in the journal what somebody decided on a signal. Raises NotSo where there is none to decide on."""
    if not arguments.by.strip() or not arguments.ground.strip():
        raise Usage("--by and --ground may not be empty: this is a decision of somebody, on a ground")
    act = SignalDecision(
        enrolment=arguments.enrolment,
        message=arguments.message,
        verdict=arguments.verdict,
        by=arguments.by,
        ground=arguments.ground,
        version=arguments.version,
    )
    answer = hand_or_do(arguments.store, act)
    show(words.as_document(answer) if arguments.json else f"decided at position {answer['position']}: {answer['verdict']}")
    return 0


def receipt(arguments: Namespace) -> int:
    """What the law says of one signal, with its reasons, as a receipt that can be computed again."""
    with Node.opened(arguments.store) as node:
        told = screening_of(node).told()
        signal = told.last.get((arguments.enrolment, arguments.message))
        if signal is None:
            raise NotSo(f"there is no signal {arguments.enrolment} {arguments.message}; hervat screening told lists those that there are")
        (found,) = weighed_at(node, work_list_of(node).behind([signal], told.told_at), _today())
    sys.stdout.buffer.write(found.concern.receipt() + b"\n")
    return 0


def weighed_at(node: Node, works: Iterable[Work], today: date) -> list[Weighed]:
    """The signals with what the law says of them on a day and with the node's own horizon, worst first."""
    position = node.position
    until = {row["source"]: row["complete_until"] for row in node.horizon(position)}
    return weighed(works, today, Horizon(position=position, complete_until=until))


def _today() -> date:
    return legal_day(SystemClock().now())


def _shown(one: Weighed) -> dict[str, Any]:
    work, concern = one.work, one.concern
    return {
        "signal": msgspec.structs.asdict(work.signal),
        "told_at": work.told_at,
        "kind": work.kind,
        "on": None if work.on is None else work.on.isoformat(),
        "person": work.person,
        "persons": work.persons,
        "enrolment": None if work.enrolment is None else msgspec.to_builtins(work.enrolment),
        "charges": msgspec.to_builtins(work.charges),
        "told": work.told,
        "outcome": concern.outcome.value,
        "weights": [None if weight is None else weight.value for weight in one.weights],
        "unverified": sorted({*concern.unverified, *(name for severity in one.severities for name in severity.unverified)}),
        "options": [
            {"what": option.what._asdict(), "article": option.article, "certainty": option.certainty.value}
            for option in (() if concern.value is None else concern.value.options)
        ],
    }


def _in_words(listed: list[Weighed], language: str) -> Iterator[str]:
    yield {
        "en": f"{len(listed)} signals wait for a decision, worst first; what may be decided: {', '.join(VERDICTS)}",
        "nl": f"{len(listed)} signalen wachten op een besluit, de ergste eerst; besloten kan worden: {', '.join(VERDICTS)}",
    }[language]
    for one in listed:
        work, signal = one.work, one.work.signal
        sector = "?" if work.enrolment is None else work.enrolment.sector
        charges = ", ".join(f"{charge.article} {charge.label}" for charge in work.charges)
        if work.report is not None:
            charges = f"{work.report.article or work.report.category}, ended {' '.join(signal.ending)}"
        days = f"{signal.days} days unscreened" if language == "en" else f"{signal.days} dagen ongescreend"
        yield words.plain(f"{signal.enrolment} {signal.message}  {sector}  {signal.case}  {work.on}  {work.kind}  {charges}  {days}")
        for option in () if one.concern.value is None else one.concern.value.options:
            yield f"    {getattr(option.what, language)} ({option.article}, {option.certainty.value})"
