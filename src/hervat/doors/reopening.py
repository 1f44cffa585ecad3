"""The commands `certificate run`, `again` and `close`: decisions on certificates that would be proposed otherwise now."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.consumers.certificates.again import VERDICTS, Entry, Reopened
from hervat.doors import words
from hervat.doors.acts.certifying import CertificateClosing, CertificatesLookedAgain
from hervat.doors.acts.handing import decide as hand_or_do
from hervat.doors.asking import day
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.reopening import Reopening

_SAID = {
    "en": {
        "all": "{} decisions would be proposed otherwise now, worst first; what may be decided: {}",
        "one": "{}  decided {} ({}{})  proposed then: {}, now: {}",
        "blind": ", blind",
        "appeared": "counts now: {}",
        "gone": "counts no more: {}",
        "vulnerable": "vulnerable people are, or may be, concerned",
        "asked": "it was asked for {}, and is asked for {}",
        "another": "it was asked for another BSN",
        "written": "written down later; compared as of {}",
    },
    "nl": {
        "all": "{} besluiten zouden nu anders worden voorgesteld, de ergste eerst; besloten kan worden: {}",
        "one": "{}  besloten {} ({}{})  toen voorgesteld: {}, nu: {}",
        "blind": ", blind",
        "appeared": "telt nu: {}",
        "gone": "telt niet meer: {}",
        "vulnerable": "het gaat, of kan gaan, om kwetsbare personen",
        "asked": "gevraagd was {}, en nu {}",
        "another": "het was voor een ander BSN gevraagd",
        "written": "later vastgelegd; vergeleken naar {}",
    },
}


def run_again(arguments: Namespace) -> int:
    """Tell what would be proposed otherwise with what came since the last time."""
    on = legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)
    answer = hand_or_do(arguments.store, CertificatesLookedAgain(on=on))
    line = f"opened again {answer['opened']}, withdrawn {answer['withdrawn']}; looked through position {answer['through']}"
    show(words.as_document(answer) if arguments.json else line)
    return 0


def list_again(arguments: Namespace) -> int:
    """The decisions that somebody has to look at again, worst first."""
    with Node.opened(arguments.store) as node:
        listed = Reopening(node).listing()
    shown = words.as_document([_shown(one) for one in listed]) if arguments.json else words.lines(_in_words(listed, arguments.lang))
    show(shown)
    return 0


def close_again(arguments: Namespace) -> int:
    """Close a decision that was opened again."""
    if not arguments.by.strip() or not arguments.ground.strip():
        raise Usage("--by and --ground may not be empty: this is a decision of somebody, on a ground")
    act = CertificateClosing(
        application=arguments.application,
        source=arguments.source,
        place=arguments.place,
        verdict=arguments.verdict,
        by=arguments.by,
        ground=arguments.ground,
    )
    answer = hand_or_do(arguments.store, act)
    line = f"application {answer['application']} closed at position {answer['position']}: {answer['verdict']}"
    show(words.as_document(answer) if arguments.json else words.plain(line))
    return 0


def _shown(one: Reopened) -> dict[str, Any]:
    return {
        "application": one.number,
        "source": one.source,
        "place": one.difference.application,
        "decision": one.difference.decision,
        "told_at": one.told_at,
        "outcome": one.decided.outcome,
        "decided_on": one.decided.on.isoformat(),
        "decided_blind": one.decided.decided_blind,
        "rule": one.decided.rule,
        "vulnerable": one.vulnerable,
        "before": {"proposal": one.difference.before.value, "counting": _entries(one.before), "asked_for": list(one.asked_before)},
        "now": {"proposal": one.difference.now.value, "counting": _entries(one.now), "asked_for": list(one.asked_now)},
        "of_another": one.of_another,
        "as_of": (one.difference.as_of or one.decided.on).isoformat(),
        "appeared": _entries(one.appeared),
        "gone": _entries(one.gone),
    }


def _entries(entries: Sequence[Entry]) -> list[dict[str, str]]:
    return [dict(zip(("about", "counts", "outcome", "group"), one, strict=True)) for one in entries]


def _in_words(listed: Sequence[Reopened], language: str) -> Iterator[str]:
    said = _SAID[language]
    yield said["all"].format(len(listed), ", ".join(VERDICTS))
    for one in listed:
        blind = said["blind"] if one.decided.decided_blind else ""
        yield said["one"].format(one.number, one.decided.on, one.decided.outcome, blind, one.difference.before, one.difference.now)
        for name, entries in (("appeared", one.appeared), ("gone", one.gone)):
            if entries:
                yield "  " + said[name].format("; ".join(f"{about} ({group}, {outcome})" for about, _, outcome, group in entries))
        if one.difference.as_of is not None:
            yield "  " + said["written"].format(one.difference.as_of)
        if one.of_another:
            yield "  " + said["another"]
        if one.asked_before != one.asked_now:
            yield "  " + said["asked"].format(*(", ".join(asked) or "-" for asked in (one.asked_before, one.asked_now)))
        if one.vulnerable:
            yield "  " + said["vulnerable"]
