"""The commands `retention forecast` and `retention run`."""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.doors import words
from hervat.doors.acts.handing import decide
from hervat.doors.acts.retention import ForecastRecord, RetentionRun
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
        "run": "retention on {}, at position {}",
        "stopped": "stopped before anything was hidden or went, by {}:",
        "horizon": "What is not whole here may lengthen a term: bring links, gaps, holds and stock to an end first (hervat horizon).",
        "computations": "One of the two computations is at fault: nothing goes until they agree. Keep this, and report it.",
        "forecast": "If it is right, let somebody record a new one (hervat retention forecast --record), and run again on a later day.",
        "hide": "would be hidden: {}",
        "hide_done": "hidden: {}",
        "waiting": "hidden, and not yet for 30 days (unverified value): {}",
        "rested_on": "hidden, and kept as long as the term of another rests on it: {}",
        "together": "hidden, and kept until the rest of the case may go: {}",
        "back": "was hidden, and is shown again by what came since: {}",
        "too_soon": "REMOVED TOO SOON: position {}, charge {}: removed on {}; by what came since it would be due on {}",
        "remove": "would be removed: {}",
        "remove_done": "removed: {}",
        "charge": "position {}, charge {}: {} since {}",
        "erased": "erased: {} entries, whole or in part, by the act at position {}; from the files: {}",
        "left": "left: position {}: {}",
        "horizon_is": "{}: {}",
        "horizon_link": "its link is not live",
        "horizon_gaps": "messages of it are missing",
        "horizon_held": "messages of it are held",
        "horizon_stock": "it has decisions that are no messages yet",
        "horizon_unreconciled": "what it says it sent does not agree with what is here",
        "horizon_refused": "messages of it were refused, and it has neither corrected nor retracted them",
        "horizon_conflicts": "messages of it contradict each other, and it has not said which is meant",
        "horizon_complete": "it does not say up to when it is complete",
        "not_due": "not due",
        "differs": "position {}, charge {}: the first computation says {}, the second {}",
        "forecast_none": "no forecast is recorded",
        "forecast_day": "the last forecast is of {forecast_on} and reaches until {until}; a run is of a later day within it",
        "forecast_count": "{rule}: {due} due, {forecast} forecast; they may differ by {bound} (unverified value)",
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
        "run": "bewaartermijnen op {}, op positie {}",
        "stopped": "gestopt voordat iets werd verborgen of verwijderd, door {}:",
        "horizon": "Wat hier niet volledig is kan een termijn verlengen: los eerst aansluitingen, gaten en voorraad op (hervat horizon).",
        "computations": "Een van de twee berekeningen is fout: niets gaat weg tot zij overeenstemmen. Bewaar dit en meld het.",
        "forecast": "Klopt het, laat dan iemand een nieuwe vastleggen (hervat retention forecast --record), en doe dit een latere dag.",
        "hide": "zou worden verborgen: {}",
        "hide_done": "verborgen: {}",
        "waiting": "verborgen, en nog geen 30 dagen (niet-geverifieerde waarde): {}",
        "rested_on": "verborgen, en bewaard zolang de termijn van een ander erop steunt: {}",
        "together": "verborgen, en bewaard tot de rest van de zaak weg mag: {}",
        "back": "was verborgen, en is door wat sindsdien kwam weer zichtbaar: {}",
        "too_soon": "TE VROEG VERWIJDERD: positie {}, feit {}: verwijderd op {}; door wat sindsdien kwam zou het vervallen op {}",
        "remove": "zou worden verwijderd: {}",
        "remove_done": "verwijderd: {}",
        "charge": "positie {}, feit {}: {} sinds {}",
        "erased": "gewist: {} posten, geheel of deels, door de handeling op positie {}; uit de bestanden: {}",
        "left": "gelaten: positie {}: {}",
        "horizon_is": "{}: {}",
        "horizon_link": "de aansluiting is niet open",
        "horizon_gaps": "er ontbreken berichten van",
        "horizon_held": "er worden berichten van vastgehouden",
        "horizon_stock": "er zijn beslissingen die nog geen bericht zijn",
        "horizon_unreconciled": "wat verzonden zou zijn stemt niet overeen met wat hier is",
        "horizon_refused": "er zijn berichten van geweigerd die niet zijn hersteld of ingetrokken",
        "horizon_conflicts": "er zijn berichten van die elkaar tegenspreken, en welk geldt is niet gezegd",
        "horizon_complete": "zegt niet tot wanneer zij volledig is",
        "not_due": "niet te vernietigen",
        "differs": "positie {}, feit {}: de eerste berekening zegt {}, de tweede {}",
        "forecast_none": "er is geen prognose vastgelegd",
        "forecast_day": "de laatste prognose is van {forecast_on} en reikt tot {until}; dit moet een latere dag daarbinnen zijn",
        "forecast_count": "{rule}: {due} te vernietigen, {forecast} voorzien; het verschil mag {bound} zijn (niet-geverifieerde waarde)",
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
        "out-of-order": "it ended, or the person died, on a day before that can be",
    },
    "nl": {
        "held": "iets over de persoon wordt vastgehouden",
        "support-lost": "waar het op steunde is weggenomen",
        "blind": "wat nog komt kan de termijn verlengen",
        "unclear": "het hangt af van wat niet bekend is",
        "unknown-code": "de sepotcode staat in geen lijst",
        "not-told": "niet bekend is",
        "no-rule": "er is hier geen regel",
        "out-of-order": "het eindigde, of de persoon overleed, op een dag waarop dat niet kan",
    },
}


def forecast(arguments: Namespace) -> int:
    """Count what comes due. Raises Usage for a day or a number of years that cannot be."""
    on = _on(arguments)
    if not 1 <= arguments.years <= _MOST_YEARS:
        raise Usage(f"--years {arguments.years}: give a number from 1 to {_MOST_YEARS}")
    if arguments.record:
        _ensure_somebody(arguments)
        found = decide(arguments.store, ForecastRecord(on=on, by=arguments.by, ground=arguments.ground))
    else:
        with Node.opened(arguments.store) as node, bar("asking the law", node.position) as tell:
            found = desk_of(node).forecast(on, arguments.years, lambda done: tell(done, f"{done:,} messages"))
    show(words.as_document(found) if arguments.json else words.lines(_forecast(found, arguments.lang)))
    return 0


def run(arguments: Namespace) -> int:
    """Hide and remove, or tell what would be; 1 where the breaker stops it or something may still lie in the files."""
    on = _on(arguments)
    if arguments.dry_run:
        with Node.opened(arguments.store) as node, bar("working it out twice", 2 * node.position) as tell:
            found = desk_of(node).run(on, by="", ground="", dry=True, progress=lambda done: tell(done, f"{done:,} messages"))
    else:
        _ensure_somebody(arguments)
        found = decide(arguments.store, RetentionRun(on=on, by=arguments.by, ground=arguments.ground))
    show(words.as_document(found) if arguments.json else words.lines(_run(found, arguments.lang)))
    erasure = found.get("erasure")
    return 0 if not found["stopped"] and (erasure is None or erasure["scrubbed"] == "done") else 1


def _ensure_somebody(arguments: Namespace) -> None:
    """An act has somebody who decides, and a ground. Raises Usage."""
    if not (arguments.by or "").strip() or not (arguments.ground or "").strip():
        raise Usage("give --by NAME and --ground TEXT: this is an act of somebody, on a ground")


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


def _run(found: Mapping[str, Any], language: str) -> Iterator[str]:
    said = _SAID[language]
    yield said["run"].format(found["on"], found["position"])
    if found["stopped"]:
        yield said["stopped"].format(found["obstacles"])
        yield from (f"- {obstacle(one, language)}" for one in found["stopped"])
        yield from (said[check] for check in dict.fromkeys(one["check"] for one in found["stopped"]))
        return
    for one in found["too_soon"]:
        yield said["too_soon"].format(one["position"], one["charge"], one["removed_on"], one["would_be_due_on"])
    for name in ("hide", "waiting", "rested_on", "together", "back", "remove"):
        done = not found["dry_run"] and name in ("hide", "remove")
        yield said[f"{name}_done" if done else name].format(_counts(found[name]["charges"], said))
        for one in found[name]["first"]:
            yield "  " + said["charge"].format(one["position"], one["charge"], one["rule"], one["since"] or "?")
    yield from (said["left"].format(one["position"], one["reason"]) for one in found["left"])
    if found.get("erasure"):
        yield said["erased"].format(len(found["erasure"]["erased"]), found["erasure"]["position"], found["erasure"]["scrubbed"])
    if found["unverified"]:
        yield said["unverified"].format(", ".join(found["unverified"]))


def obstacle(one: Mapping[str, Any], language: str) -> str:
    """What stands against a run, in words."""
    said = _SAID[language]
    match one["check"]:
        case "horizon":
            return said["horizon_is"].format(words.short(one["source"]), said[f"horizon_{one['what']}"])
        case "computations":
            first, second = (said["not_due"] if each is None else f"{each[0]} {each[1]}" for each in (one["first"], one["second"]))
            return said["differs"].format(one["position"], one["charge"], first, second)
        case _:
            return said[f"forecast_{one['what']}"].format(**one)


def reason(why: str, language: str) -> str:
    """Why it cannot be said, in words."""
    sort, colon, rest = why.partition(":")
    return f"{_WHY[language][sort]}{colon}{rest}"
