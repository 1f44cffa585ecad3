"""The commands `custody due`, `check` and `differences`.

The horizon comes first: where it is blind, a day that has passed tells nothing of what became of somebody.
"""

from argparse import Namespace
from datetime import date

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.consumers.custody.checked import Found
from hervat.consumers.custody.worklist import WITHIN
from hervat.detaining import Detaining
from hervat.doors import words
from hervat.doors.acts.custody import CustodyCheck
from hervat.doors.acts.handing import decide
from hervat.doors.asking import day
from hervat.doors.pages.detained import differences_in_words, due_in_words
from hervat.doors.pages.wording import wording
from hervat.doors.streams import show
from hervat.errors import Usage


def due(arguments: Namespace) -> int:
    """Who comes due."""
    with Node.opened(arguments.store) as node:
        within = WITHIN.days if arguments.within is None else arguments.within
        answer = Detaining(node).due(_day_or_today("--on", arguments.on), within)
    show(words.as_document(answer) if arguments.json else words.lines(due_in_words(answer, wording(arguments.lang))))
    return 0


def check(arguments: Namespace) -> int:
    """Put down what was found by hand, as an act."""
    found: dict[Found, str | None] = {
        "released": arguments.released_on,
        "prolonged": arguments.prolonged_until,
        "held": arguments.held,
    }
    given = [(sort, said) for sort, said in found.items() if said is not None]
    if len(given) != 1:
        raise Usage("say what was found: one of --released-on DATE, --prolonged-until DATE and --held TITLE")
    ((sort, said),) = given
    act = CustodyCheck(
        message=arguments.message,
        found=sort,
        day=None if sort == "held" else day("--released-on" if sort == "released" else "--prolonged-until", said),
        title=said if sort == "held" else None,
        on=_day_or_today("--on", arguments.on),
        source=arguments.source,
        by=arguments.by,
        why=arguments.why,
    )
    answer = decide(arguments.store, act)
    show(words.as_document(answer) if arguments.json else f"position {answer['position']}: case {answer['case']}, {answer['found']}")
    return 0


def differences(arguments: Namespace) -> int:
    """What was found by hand beside what messages say; the lengths that were not those of the last title."""
    since, until = day("--since", arguments.since), _day_or_today("--until", arguments.until)
    if until < since:
        raise Usage(f"--until {until} lies before --since {since}")
    with Node.opened(arguments.store) as node:
        answer = Detaining(node).differences(since, until)
    show(words.as_document(answer) if arguments.json else words.lines(differences_in_words(answer, wording(arguments.lang))))
    return 0


def _day_or_today(flag: str, text: str | None) -> date:
    return legal_day(SystemClock().now()) if text is None else day(flag, text)
