"""The commands `timeline show`, `add`, `correct`, `import` and `consider`."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.considered import Considered
from hervat.doors import words
from hervat.doors.acts.handing import decide
from hervat.doors.acts.recording import Consideration, TimelineAddition, TimelineCorrection, TimelineImport
from hervat.doors.asking import asked_when, position_of
from hervat.doors.pages.recorded import recorded_in_words
from hervat.doors.pages.wording import wording
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.oversight.entries import TimelineEntry
from hervat.oversight.importing import ensure_kind, knowing_of, timeline_in
from hervat.oversight.when import parse_when
from hervat.recording import Recording


def show_timeline(arguments: Namespace) -> int:
    """What was on record."""
    when = asked_when(arguments)
    with Node.opened(arguments.store) as node:
        moment = when if isinstance(when, datetime) else None
        found = Recording(node).show(position_of(node, when), arguments.known_by, moment)
    show(words.as_document(found) if arguments.json else words.lines(recorded_in_words(found, wording(arguments.lang))))
    return 0


def add(arguments: Namespace) -> int:
    """Put an entry on record."""
    answer = decide(arguments.store, TimelineAddition(entry=_entry(arguments), by=arguments.by))
    show(words.as_document(answer) if arguments.json else f"on record at position {answer['position']}")
    return 0


def correct(arguments: Namespace) -> int:
    """Put an entry in the place of another."""
    act = TimelineCorrection(corrects=arguments.entry, entry=_entry(arguments), by=arguments.by, why=arguments.why)
    answer = decide(arguments.store, act)
    show(words.as_document(answer) if arguments.json else f"position {answer['position']} takes the place of {answer['corrects']}")
    return 0


def take_in(arguments: Namespace) -> int:
    """Put all entries of a file on record."""
    path = Path(arguments.file)
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise Usage(f"{path}: cannot be read: {fault.strerror}") from fault
    file = timeline_in(raw, str(path)).tied(arguments.same_act)
    answer = decide(arguments.store, TimelineImport(entries=file.entries, ties=file.ties, by=arguments.by)) | {"alike": file.alike()}
    show(words.as_document(answer) if arguments.json else words.lines(_taken_in(answer)))
    return 0


def _taken_in(answer: dict[str, Any]) -> Iterator[str]:
    yield f"{answer['added']} entries put on record; {answer['known']} were there already"
    if answer["tied"]:
        yield f"{answer['tied']} of those that were there were corrected to say of which act they are another moment"
    for earlier, later in answer["alike"]:
        yield f"lines {earlier} and {later} look as if they were two moments of one act; where they are, give --same-act {later}={earlier}"


def consider(arguments: Namespace) -> int:
    """Put on record what was weighed in a decision."""
    considered = Considered(known=arguments.known, options=tuple(arguments.option), risks=tuple(arguments.accepts))
    answer = decide(arguments.store, Consideration(about=arguments.decision, considered=considered, by=arguments.by))
    show(words.as_document(answer) if arguments.json else f"on record at position {answer['position']}, beside {answer['about']}")
    return 0


def _entry(arguments: Namespace) -> TimelineEntry:
    """The entry that was typed; raises Usage for what cannot be read."""
    parse_when(arguments.when)
    made = {
        "kind": ensure_kind(arguments.kind),
        "actor": arguments.actor,
        "what": arguments.what,
        "when": arguments.when,
        "known": [knowing_of(one) for one in arguments.known],
        "certainty": arguments.certainty,
        "source": arguments.source,
        "same_act": arguments.same_act,
    }
    try:
        return msgspec.convert(made, TimelineEntry)
    except msgspec.ValidationError as fault:
        raise Usage(f"this is no entry: {fault}") from fault
