"""The command `subject report`: what is recorded about a person, in plain words, for whom it is about.

Exit status 1 is for a person whom the register does not know: unknown is not clean. That somebody asked is recorded all the same.
"""

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from hervat.clock import SystemClock, legal_day
from hervat.doors import words
from hervat.doors.acts.handing import decide
from hervat.doors.acts.inspecting import SubjectInspection
from hervat.doors.asking import day
from hervat.doors.pages.process import lines
from hervat.doors.pages.wording import wording
from hervat.doors.streams import show

_SAID = {
    "en": {
        "title": "What the register records about {}, on {} (position {})",
        "horizon": "How far the register knows:",
        "until": "  {}: complete until {}",
        "silent": "  {}: does not say up to when it is complete",
        "blind": "It may not know everything from: {}",
        "unknown": "The register does not know this number. That is not the same as clean.",
        "who": "You are known as: {}",
        "born": "born",
        "died": "Died on {}",
        "entries": "What is recorded, and for how long it is kept:",
        "entry": "  {} charge {}, {}: {} on {}",
        "abroad": "  conviction abroad {}",
        "final": ", final on {}",
        "kept": "    {}",
        "would": "    if nothing else ended it: until {}",
        "process": "What is recorded of the course of your cases:",
        "disclosures": "To whom it was disclosed:",
        "disclosure": "  on {} to {} ({}), on {}: {}",
        "mandate": ", for {}",
        "signals": "What screening was told:",
        "signal": "  on {}, for {}: {} of {}",
        "none": "  nobody",
        "nothing": "  nothing",
        "withheld": "What is not in this report:",
        "act": "This inspection is recorded at position {}.",
    },
    "nl": {
        "title": "Wat het register over {} vastlegt, op {} (positie {})",
        "horizon": "Hoe ver het register weet:",
        "until": "  {}: volledig tot {}",
        "silent": "  {}: zegt niet tot wanneer zij volledig is",
        "blind": "Mogelijk weet het niet alles van: {}",
        "unknown": "Het register kent dit nummer niet. Dat is niet hetzelfde als schoon.",
        "who": "U bent bekend als: {}",
        "born": "geboren",
        "died": "Overleden op {}",
        "entries": "Wat is vastgelegd, en hoe lang het wordt bewaard:",
        "entry": "  {} feit {}, {}: {} op {}",
        "abroad": "  buitenlandse veroordeling {}",
        "final": ", onherroepelijk op {}",
        "kept": "    {}",
        "would": "    als niets anders er een eind aan maakte: tot {}",
        "process": "Wat van het verloop van uw zaken is vastgelegd:",
        "disclosures": "Aan wie het is verstrekt:",
        "disclosure": "  op {} aan {} ({}), op grond van {}: {}",
        "mandate": ", namens {}",
        "signals": "Wat aan de screening is gemeld:",
        "signal": "  op {}, voor {}: {} van {}",
        "none": "  niemand",
        "nothing": "  niets",
        "withheld": "Wat niet in dit overzicht staat:",
        "act": "Deze inzage is vastgelegd op positie {}.",
    },
}
_SCOPES = {"en": {"full": "all of it", "limited": "the limited set"}, "nl": {"full": "alles", "limited": "de beperkte gegevens"}}


def report(arguments: Namespace) -> int:
    """What is recorded about a person, as an act."""
    on = legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)
    answer = decide(arguments.store, SubjectInspection(skn=arguments.skn, on=on, by=arguments.by))
    show(words.as_document(answer) if arguments.json else words.lines(_in_words(answer, arguments.lang)))
    return 0 if answer["known"] else 1


def _in_words(answer: dict[str, Any], language: str) -> Iterator[str]:
    said = _SAID[language]
    yield said["title"].format(answer["skn"], answer["on"], answer["position"])
    yield said["horizon"]
    for row in answer["horizon"]["sources"]:
        until = row["complete_until"]
        yield (said["silent"] if until is None else said["until"]).format(words.short(row["source"]), until)
    if answer["blind"]:
        yield said["blind"].format(", ".join(map(words.short, answer["blind"])))
    yield from _record(answer, language) if answer["known"] else [said["unknown"]]
    yield said["withheld"]
    yield from (f"  {one[language]}" for one in answer["withheld"])
    yield said["act"].format(answer["act"])


def _record(answer: dict[str, Any], language: str) -> Iterator[str]:
    said, terms = _SAID[language], wording(language)
    yield said["who"].format("; ".join(words.name(one, said["born"]) for one in answer["identities"]))
    if answer["died_on"] is not None:
        yield said["died"].format(answer["died_on"])
    yield said["entries"]
    charges = {(case["prosecution_number"], one["charge"]): one for case in answer["cases"] for one in case["charges"]}
    for entry in answer["entries"]:
        yield from _entry(entry, charges.get((entry["case"], entry["charge"])), language)
    if not answer["entries"]:
        yield said["nothing"]
    if found := list(lines(answer["cases"], terms)):
        yield said["process"]
        yield from (f"  {one}" for one in found)
    yield said["disclosures"]
    for one in answer["disclosures"]:
        acting = "" if one["mandate_of"] is None else said["mandate"].format(one["mandate_of"])
        yield said["disclosure"].format(one["on"], one["to"] + acting, one["purpose"], one["article"], _SCOPES[language][one["scope"]])
    if not answer["disclosures"]:
        yield said["none"]
    yield said["signals"]
    for one in answer["signals"]:
        kind, sector = terms.term("kinds", one["kind"]), terms.term("sectors", one["sector"])
        yield said["signal"].format(one["on"], sector, kind, one["of"])
    if not answer["signals"]:
        yield said["nothing"]


def _entry(entry: dict[str, Any], charge: dict[str, Any] | None, language: str) -> Iterator[str]:
    said = _SAID[language]
    if charge is None:
        yield said["abroad"].format(entry["case"])
    else:
        outcome = wording(language).term("outcomes", charge["outcome"])
        named = f"{charge['article']} {charge['label']}"
        line = said["entry"].format(entry["case"], entry["charge"], named, outcome, charge["outcome_on"])
        yield line + ("" if charge["final_on"] is None else said["final"].format(charge["final_on"]))
    yield said["kept"].format(entry["kept"][language])
    if entry["over"] == "cannot-say" and entry["due_on"] is not None:
        yield said["would"].format(entry["due_on"])
    if entry["notice"] is not None:
        yield said["kept"].format(entry["notice"][language])
