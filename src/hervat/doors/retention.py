"""The commands `retention forecast` and `retention run`."""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.doors import words
from hervat.doors.asking import day
from hervat.doors.progress import bar
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.retaining import desk_of

_MOST_YEARS = 100
_SAID = {
    "en": {
        "head": "retention on {}, at position {}: {} persons with an entry",
        "until": "the register is complete before {}",
        "blind": "the register is not complete, so nothing is due: {}",
        "due": "due now: {} ({} messages with them)",
        "period": "from {} until {}: {} ({} messages)",
        "later": "later: {}",
        "no_end": "no end is known: {}",
        "unknown": "cannot be said:",
        "unverified": "unverified value: {}",
        "nothing": "nothing",
    },
    "nl": {
        "head": "bewaartermijnen op {}, op positie {}: {} personen met gegevens",
        "until": "het register is volledig tot {}",
        "blind": "het register is niet volledig, dus niets is te vernietigen: {}",
        "due": "nu te vernietigen: {} ({} berichten daarbij)",
        "period": "van {} tot {}: {} ({} berichten)",
        "later": "later: {}",
        "no_end": "geen einde bekend: {}",
        "unknown": "niet te zeggen:",
        "unverified": "niet-geverifieerde waarde: {}",
        "nothing": "niets",
    },
}
_WHY = {
    "en": {
        "held": "something about the person is held",
        "support-lost": "what it rested on was taken away",
        "blind": "what comes late may lengthen the term",
        "unclear": "it turns on what is not told",
        "unknown-code": "the code of the dismissal is in no list",
        "not-told": "it is not told",
        "no-rule": "there is no rule here",
    },
    "nl": {
        "held": "iets over de persoon wordt vastgehouden",
        "support-lost": "waar het op steunde is weggenomen",
        "blind": "wat nog komt kan de termijn verlengen",
        "unclear": "het hangt af van wat niet bekend is",
        "unknown-code": "de sepotcode staat in geen lijst",
        "not-told": "niet bekend is",
        "no-rule": "er is hier geen regel",
    },
}


def forecast(arguments: Namespace) -> int:
    """Count what comes due. Raises Usage for a day or a number of years that cannot be."""
    on = _on(arguments)
    if not 1 <= arguments.years <= _MOST_YEARS:
        raise Usage(f"--years {arguments.years}: give a number from 1 to {_MOST_YEARS}")
    with Node.opened(arguments.store) as node, bar("asking the law", node.position) as tell:
        found = desk_of(node).forecast(on, arguments.years, lambda done: tell(done, f"{done:,} messages"))
    show(words.as_document(found) if arguments.json else words.lines(_forecast(found, arguments.lang)))
    return 0


def _on(arguments: Namespace) -> date:
    return legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)


def _forecast(found: Mapping[str, Any], language: str) -> Iterator[str]:
    said = _SAID[language]
    yield said["head"].format(found["on"], found["position"], found["persons"])
    yield _horizon(found, language)
    yield said["due"].format(_counts(found["due"]["charges"], said), found["due"]["messages"])
    for one in found["coming"]:
        if one["charges"] or one["messages"]:
            yield said["period"].format(one["from"], one["until"], _counts(one["charges"], said), one["messages"])
    yield said["later"].format(_counts(found["later"], said))
    yield said["no_end"].format(_counts(found["no_end"], said))
    if found["unknown"]:
        yield said["unknown"]
        yield from (f"  {count} {reason(why, language)}" for why, count in found["unknown"].items())
    if found["unverified"]:
        yield said["unverified"].format(", ".join(found["unverified"]))


def _horizon(found: Mapping[str, Any], language: str) -> str:
    if found["blind"]:
        return _SAID[language]["blind"].format(", ".join(map(words.short, found["blind"])))
    return _SAID[language]["until"].format(found["complete_until"])


def _counts(counts: Mapping[str, int], said: Mapping[str, str]) -> str:
    return ", ".join(f"{count} {rule}" for rule, count in counts.items()) or said["nothing"]


def reason(why: str, language: str) -> str:
    """Why it cannot be said, in words."""
    sort, colon, rest = why.partition(":")
    return f"{_WHY[language][sort]}{colon}{rest}"
