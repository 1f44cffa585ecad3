"""The commands `disclosure again`, `work` and `close`: what was handed out and reads differently by now."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.consumers.disclosure.desk import Work
from hervat.disclosing import Disclosing
from hervat.doors import words
from hervat.doors.acts.disclosing import DisclosureClosing, DisclosureStep
from hervat.doors.acts.handing import decide
from hervat.doors.asking import day
from hervat.doors.streams import show
from hervat.errors import Usage

_SAID = {
    "en": {
        "count": "{} answers read differently by now and wait for somebody, the nearest hearing first",
        "one": "{}  request {}, given on {} to {} ({}), at position {}; told at position {}",
        "to": "tell {}",
        "nobody": "no ground to tell anybody was found: a person looks at it",
        "hearing": "hearing on {}",
        "custody": "in custody",
        "how": "it was {}, and is {}",
        "written": "written down later; compared as of {}",
        "gone": "gone: {}",
        "came": "new: {}",
    },
    "nl": {
        "count": "{} antwoorden luiden nu anders en wachten op iemand, de eerstvolgende zitting eerst",
        "one": "{}  verzoek {}, gegeven op {} aan {} ({}), op positie {}; gemeld op positie {}",
        "to": "vertel het aan {}",
        "nobody": "er is geen grond gevonden om het iemand te vertellen: een mens bekijkt het",
        "hearing": "zitting op {}",
        "custody": "gedetineerd",
        "how": "het was {}, en is {}",
        "written": "later vastgelegd; vergeleken naar {}",
        "gone": "weg: {}",
        "came": "nieuw: {}",
    },
}


def again(arguments: Namespace) -> int:
    """Tell what differs from what was handed out since the last time, as an act."""
    answer = decide(arguments.store, DisclosureStep(on=_on(arguments)))
    if answer["position"] is None:
        told = f"nothing changed since position {answer['through']}, so nothing is told"
    else:
        told = f"{answer['differences']} answers read differently by now; looked through position {answer['through']}, "
        told += f"in the act at position {answer['position']}; hervat disclosure work lists them"
    show(words.as_document(answer) if arguments.json else told)
    return 0


def open_differences(arguments: Namespace) -> int:
    """The differences that nobody has closed, the most urgent first, with both versions."""
    on = _on(arguments)
    with Node.opened(arguments.store) as node:
        listed = Disclosing(node).desk().work(on)
        ids = {position: row.id or "" for position, row in node.store.rows_at({one.difference.request for one in listed}).items()}
    if arguments.json:
        show(words.as_document([_document(one, ids) for one in listed]))
    else:
        show(words.lines(_in_words(listed, ids, arguments.lang)))
    return 0


def close(arguments: Namespace) -> int:
    """Close a difference. Raises NotSo where none is open."""
    if not arguments.by.strip() or not arguments.ground.strip():
        raise Usage("--by and --ground may not be empty: this is a decision of somebody, on a ground")
    act = DisclosureClosing(request=arguments.request, source=arguments.source, by=arguments.by, ground=arguments.ground)
    answer = decide(arguments.store, act)
    show(words.as_document(answer) if arguments.json else f"closed at position {answer['position']}")
    return 0


def _on(arguments: Namespace) -> date:
    return legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)


def _document(one: Work, ids: dict[int, str]) -> dict[str, Any]:
    told = one.difference
    return {
        "request": {"position": told.request, "id": ids[told.request]},
        "given": {"act": told.disclosed, "on": one.given.on, "by": one.given.by, "article": one.given.article, "at": one.given.at},
        "told_at": one.told_at,
        "as_of": told.as_of or one.given.on,
        "to": list(told.to),
        "hearing_on": one.hearing_on,
        "custody": one.custody,
        "before": {"position": told.before, "how": one.before.how, "set": msgspec.to_builtins(one.before.set())},
        "now": {"position": told.at, "how": one.now.how, "set": msgspec.to_builtins(one.now.set())},
        "differs": one.differs(),
    }


def _in_words(listed: list[Work], ids: dict[int, str], language: str) -> Iterator[str]:
    said = _SAID[language]
    yield said["count"].format(len(listed))
    for one in listed:
        told, differs = one.difference, one.differs()
        receiver = "-" if one.now.permission is None else one.now.permission.receiver
        place = (one.given.on, receiver, one.given.article, told.before, one.told_at)
        yield said["one"].format(told.request, ids[told.request], *place)
        urgent = [said["hearing"].format(one.hearing_on)] if one.hearing_on is not None else []
        urgent += [said["custody"]] if one.custody else []
        yield "  " + "; ".join([*urgent, said["to"].format(", ".join(told.to)) if told.to else said["nobody"]])
        if told.as_of is not None:
            yield "  " + said["written"].format(told.as_of)
        if one.before.how != one.now.how:
            yield "  " + said["how"].format(one.before.how, one.now.how)
        for sort in ("gone", "came"):
            yield from ("  " + said[sort].format(msgspec.json.encode(fact).decode()) for fact in differs[sort])
