"""The command `assess certificate`: what is proposed on an application for a certificate of conduct, and why.

The horizon comes first and the receipts last, as hervat law replay takes them. Exit status 1 is for an application that is not known.
"""

from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.clock import SystemClock, legal_day
from hervat.consumers.certificates.blindness import TOLERATED, Blindness
from hervat.consumers.certificates.proposing import Proposed
from hervat.doors import words
from hervat.doors.asking import asked_when, day, position_of
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.law.certificates.proposal import PROPOSAL
from hervat.law.rule import Result, Step
from hervat.law.value import Outcome, plain

_SAID = {
    "en": {
        "horizon": "application {} for {}, of {}: as known at position {}, for a decision on {}",
        "until": "complete until {}",
        "silent": "does not say up to when it is complete",
        "let be": "{} is silent since {}: let be for {} days (unverified value: {})",
        "blind": "blind: {} ({}), {}",
        "whole": "for the whole calendar",
        "since": "from {} on",
        "persons": "persons with this BSN: {}",
        "proposal": "proposal: {}: {}",
        "known": "on what is known it would be: {}",
        "no rule": "no interim rule is open for it",
        "rule": "interim rule {} of {}, from {} until {}: {}",
        "no end": "no end that is known",
        "wait": "it says: wait, until {} or until nothing is blind",
        "decide": "it says: decide on what is known; the decision is marked as taken blind, and is looked at again later",
        "ask": "it says: ask {1} first",
        "term": "decide by {}",
        "no term": "until when it must be decided cannot be said",
        "decides": "This proposes, and never refuses; a person decides.",
        "receipts": "receipts, each for hervat law replay:",
    },
    "nl": {
        "horizon": "aanvraag {} voor {}, van {}: zoals bekend op positie {}, voor een beslissing op {}",
        "until": "volledig tot {}",
        "silent": "zegt niet tot wanneer zij volledig is",
        "let be": "{} zwijgt sinds {}: dat mag {} dagen (ongeverifieerde waarde: {})",
        "blind": "blind: {} ({}), {}",
        "whole": "voor de hele kalender",
        "since": "vanaf {}",
        "persons": "personen met dit BSN: {}",
        "proposal": "voorstel: {}: {}",
        "known": "op wat bekend is, zou het zijn: {}",
        "no rule": "er is geen tussentijdse regel voor open",
        "rule": "tussentijdse regel {} van {}, van {} tot en met {}: {}",
        "no end": "een einde dat nog niet bekend is",
        "wait": "die zegt: wacht, tot en met {} of tot niets meer blind is",
        "decide": "die zegt: beslis op wat bekend is; het besluit wordt als blind genomen gemerkt, en later opnieuw bekeken",
        "ask": "die zegt: vraag eerst {1}",
        "term": "beslissen uiterlijk op {}",
        "no term": "tot wanneer moet worden beslist, is niet te zeggen",
        "decides": "Dit is een voorstel, en nooit een weigering; een mens beslist.",
        "receipts": "bewijzen, elk voor hervat law replay:",
    },
}
_PROPOSED = {
    "en": {"grant": "grant", "assess": "assess: a person decides", "cannot-say": "cannot say"},
    "nl": {"grant": "verlenen", "assess": "beoordelen: een mens beslist", "cannot-say": "niet te zeggen"},
}
_WHY = {
    "en": {
        "silent": "does not say how far it is complete",
        "behind": "complete until before then",
        "gap": "messages are missing",
        "unreconciled": "not the same as its sender says it sent",
        "held": "something about the applicant is held",
        "held-and-may-be-about-anyone": "something is held that may be about anyone",
        "refused": "something was refused that may be about the applicant, and its sender has not put it right",
        "conflict": "two messages contradict each other under one id or place, and their sender has not put it right",
        "not-sent-here": "nobody here sends it",
    },
    "nl": {
        "silent": "zegt niet tot wanneer zij volledig is",
        "behind": "volledig tot daarvoor",
        "gap": "berichten ontbreken",
        "unreconciled": "niet gelijk aan wat de afzender zegt te hebben gestuurd",
        "held": "iets over de aanvrager wordt vastgehouden",
        "held-and-may-be-about-anyone": "iets wordt vastgehouden dat over wie ook kan gaan",
        "refused": "iets dat over de aanvrager kan gaan, is geweigerd, en de afzender heeft het niet hersteld",
        "conflict": "twee berichten spreken elkaar tegen onder één id of plaats, en de afzender heeft het niet hersteld",
        "not-sent-here": "niemand stuurt het hier",
    },
}
_HOLDS = {"en": {True: "yes", False: "no", None: "cannot say"}, "nl": {True: "ja", False: "nee", None: "niet te zeggen"}}
_COUNTS = {Outcome.YES: True, Outcome.NO: False, Outcome.CANNOT_SAY: None}


def assess(arguments: Namespace) -> int:
    """What is proposed on an application. Raises Usage for a day that cannot be, NotSo for an application that is not known."""
    on = legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)
    ensure_text(on)
    when = asked_when(arguments)
    with Node.opened(arguments.store) as node:
        meant = {"source": arguments.source, "place": arguments.place}
        found = Certificates(node).proposed(arguments.application, on, position_of(node, when), **meant)
    show(words.as_document(document(found)) if arguments.json else words.lines(in_words(found, arguments.lang)))
    return 0


def ensure_text(on: date) -> None:
    """Raises Usage where no text of the law of certificates is here for a decision on a day."""
    reaches = [held.reach.decided for held in PROPOSAL.text.versions.values]
    if not any(on in reach for reach in reaches):
        first = min(reach.edges[0] for reach in reaches)
        raise Usage(f"no text of {PROPOSAL.name} is here for a decision on {on}; the first is of {first}")


def document(found: Proposed) -> dict[str, Any]:
    """A proposal as JSON."""
    looked, working, whole, term = found.looked, found.working, found.whole.whole, found.term
    results: list[Result[Any]] = [working.lookback, *working.groups, *working.entries, whole, found.risk, term]
    return {
        "application": looked.requested.number,
        "source": looked.requested.source,
        "place": looked.place,
        "purposes": list(looked.requested.asked_for),
        "applied_on": looked.requested.applied_on.isoformat(),
        "on": looked.on.isoformat(),
        "position": looked.position,
        "persons": list(looked.skns),
        "horizon": looked.horizon,
        "held": looked.held,
        "blind": _blind(looked.blindness),
        "proposal": found.proposal.value,
        "is_blind": found.is_blind,
        "on_known": None if found.on_known is None else found.on_known.proposal.value,
        "interim": None if found.rule is None else msgspec.to_builtins(found.rule),
        "vulnerable": found.risk.outcome.value,
        "because": plain(whole.because),
        "lookback": {"outcome": working.lookback.outcome.value, "windows": plain(working.lookback.value)}
        | {"because": plain(working.lookback.because)},
        "entries": [
            {"about": entry.about, "group": plain(group.value), "counts": one.outcome.value, "because": plain(one.because)}
            for entry, group, one in zip(looked.entries, working.groups, working.entries, strict=True)
        ],
        "missing": sorted({name for one in results for name in one.missing}),
        "unverified": sorted({name for one in results for name in one.unverified}),
        "changes_on": plain(whole.changes_on),
        "term": {"outcome": term.outcome.value, "last_day": None if term.value is None else term.value.last_day.isoformat()}
        | {"because": plain(term.because)},
        "receipts": [one.decode() for one in _receipts(found)],
    }


def _receipts(found: Proposed) -> tuple[bytes, ...]:
    """All of them; where what is known is assessed beside what is blind, only the proposal differs."""
    on_known = () if found.on_known is None else (found.on_known.whole.receipt(),)
    return (*found.whole.receipts, *on_known, found.risk.receipt(), found.term.receipt())


def _blind(blindness: Blindness) -> dict[str, Any]:
    return {
        "spots": [{"why": one.why, "of": one.of, "first": plain(one.span.first)} for one in blindness.spots],
        "let_be": [{"source": source, "complete_on": last.isoformat()} for source, last in blindness.let_be],
        "tolerated": {"days": TOLERATED.days, "certainty": TOLERATED.certainty, "source": TOLERATED.source},
    }


def in_words(found: Proposed, language: str, *, in_first_term: bool = True) -> Iterator[str]:
    """A proposal for people; without the term where that was for a decision which was taken before."""
    said, looked, working = _SAID[language], found.looked, found.working
    asked = looked.requested
    yield said["horizon"].format(asked.number, ", ".join(asked.asked_for), asked.applied_on, looked.position, looked.on)
    yield from _horizon(found, language)
    yield said["persons"].format(", ".join(looked.skns) or "0")
    yield from _steps(working.lookback, language)
    for entry, one in zip(looked.entries, working.entries, strict=True):
        yield f"{entry.about}: {getattr(one.because.says, language)} [{_HOLDS[language][_COUNTS[one.outcome]]}]"
        yield from (f"  {line}" for line in _steps(one, language))
    whole = found.whole.whole
    yield from _steps(whole, language)
    yield said["proposal"].format(_PROPOSED[language][found.proposal], getattr(whole.because.says, language))
    yield from _on_known(found, language)
    deadline = found.term.value
    if in_first_term:
        yield said["no term"] if deadline is None else said["term"].format(deadline.last_day)
    decides = (whole, found.term) if in_first_term else (whole,)
    yield from dict.fromkeys(one.document["notice"][language] for one in decides if one.document["notice"] is not None)
    yield said["decides"]
    yield said["receipts"]
    yield from (receipt.decode() for receipt in _receipts(found))


def _on_known(found: Proposed, language: str) -> Iterator[str]:
    """What is proposed where the register is blind, and by which interim rule."""
    said, rule = _SAID[language], found.rule
    if not found.is_blind:
        return
    if found.on_known is not None:
        yield said["known"].format(_PROPOSED[language][found.on_known.proposal])
    if rule is None:
        yield said["no rule"]
        return
    yield said["rule"].format(rule.name, rule.authority, rule.from_, rule.until or said["no end"], rule.ground)
    yield said[rule.does].format(rule.until or said["no end"], rule.ask)


def _horizon(found: Proposed, language: str) -> Iterator[str]:
    said, looked = _SAID[language], found.looked
    for row in looked.horizon["sources"]:
        until = row["complete_until"]
        yield f"  {words.short(row['source'])}: {said['silent'] if until is None else said['until'].format(until)}"
    for source, last in looked.blindness.let_be:
        yield "  " + said["let be"].format(words.short(source), last, TOLERATED.days, TOLERATED.certainty)
    for spot in looked.blindness.spots:
        span = said["whole"] if spot.span.first is None else said["since"].format(spot.span.first)
        yield said["blind"].format(words.short(spot.of), _WHY[language][spot.why], span)


def _steps(result: Result[Any], language: str) -> Iterator[str]:
    yield from (_step(step, language) for step in result.because.steps)


def _step(step: Step, language: str) -> str:
    return f"- {getattr(step.says, language)} [{_HOLDS[language][step.holds]}] ({step.article})"
