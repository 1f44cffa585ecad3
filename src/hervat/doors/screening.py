"""The commands `screening run`, `check`, `day`, `doubts` and `told`: telling what changed, proving that all was told, what is doubtful
about enrolments, and what was known when.
"""

from argparse import Namespace

import msgspec

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.consumers.screening.daily import checked_act
from hervat.consumers.screening.doubts import doubts
from hervat.consumers.screening.known import counted, known
from hervat.doors import words
from hervat.doors.acts.handing import decide
from hervat.doors.acts.screening import ScreeningRecord, ScreeningStep
from hervat.doors.asking import asked_when, day, position_of
from hervat.doors.progress import bar
from hervat.doors.streams import show
from hervat.screening import screening_of


def run_step(arguments: Namespace) -> int:
    """Take a step: what differs from what was told is told, as an act."""
    on = legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)
    answer = decide(arguments.store, ScreeningStep(on=on, canaries=tuple(arguments.canary)))
    show(words.as_document(answer) if arguments.json else words.screened(answer))
    return 0


def check(arguments: Namespace) -> int:
    """Compare what was told with the second computation; 1 where they differ."""
    with Node.opened(arguments.store) as node, bar("working out again", node.position) as tell:
        checked = screening_of(node, arguments.canary).check(lambda done: tell(done, f"{done:,} entries"))
    show(words.as_document(checked.as_dict()) if arguments.json else "\n".join(words.checked(checked.as_dict())))
    return 0 if checked.ok else 1


def take_day(arguments: Namespace) -> int:
    """A step, the check after it, and an act that tells what the check found; 1 where the two computations differ."""
    on = legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)
    step = decide(arguments.store, ScreeningStep(on=on, canaries=tuple(arguments.canary)))
    with Node.opened(arguments.store) as node, bar("working out again", node.position) as tell:
        checked = screening_of(node, arguments.canary).check(lambda done: tell(done, f"{done:,} entries"))
    recorded = None if checked.is_about_nobody else decide(arguments.store, ScreeningRecord(checked=checked_act(checked, on)))
    position = None if recorded is None else recorded["position"]
    document = {"on": on.isoformat(), "position": position, "step": step, "check": checked.as_dict()}
    lines = [words.screened(step), *words.checked(checked.as_dict())]
    show(words.as_document(document) if arguments.json else "\n".join(lines))
    return 0 if checked.ok else 1


def show_doubts(arguments: Namespace) -> int:
    """The enrolments of which something does not go together with something else, and where that is said."""
    with Node.opened(arguments.store) as node, bar("reading enrolments", None) as tell:
        found = doubts(node.store, node.keys, lambda done: tell(done, f"{done:,} enrolments"))
        listed = msgspec.to_builtins(found)
    show(words.as_document(listed) if arguments.json else "\n".join(map(words.doubt, listed)) or "nothing is doubtful")
    return 0


def told(arguments: Namespace) -> int:
    """What the receiver knew at a position or a moment."""
    when = asked_when(arguments)
    with Node.opened(arguments.store) as node:
        asked = position_of(node, when)
        position = node.position if asked is None else min(asked, node.position)
        at = screening_of(node).told_at(position)
        listed = known(node.store, at)
        if arguments.json:
            show(words.as_document({"position": position, "through": at.through, **counted(at), "told": list(listed)}))
        else:
            print("\n".join(words.told(position, at.through, counted(at), listed)))
    return 0
