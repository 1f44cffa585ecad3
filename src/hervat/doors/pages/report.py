"""What is recorded about a person, in the words of its page, for whom it is about."""

from typing import Any

from hervat.assemble import Node
from hervat.doors.pages.entries import positions_of
from hervat.doors.pages.process import lines
from hervat.doors.pages.record import horizon_said, identity
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short


def report_shown(node: Node, answer: dict[str, Any], words: Wording) -> dict[str, Any]:
    """The answer to an inspection, line by line."""
    charges = {(case["prosecution_number"], one["charge"]): one for case in answer["cases"] for one in case["charges"]}
    places = positions_of(node, {(one["message"]["source"], one["message"]["id"]) for one in charges.values()})
    return {
        "skn": answer["skn"],
        "known": answer["known"],
        "on": answer["on"],
        "position": answer["position"],
        "act": answer["act"],
        "horizon": list(horizon_said(answer["horizon"], words)),
        "blind": [short(one) for one in answer["blind"]],
        "names": [identity(one, words) for one in answer["identities"]],
        "died_on": answer.get("died_on"),
        "entries": [_entry(one, charges.get((one["case"], one["charge"])), places, words) for one in answer["entries"]],
        "process": list(lines(answer["cases"], words)),
        "disclosures": answer["disclosures"],
        "signals": answer["signals"],
        "withheld": [one[words.language] for one in answer["withheld"]],
    }


def _entry(
    entry: dict[str, Any], charge: dict[str, Any] | None, places: dict[tuple[str, str], int], words: Wording
) -> dict[str, Any]:
    notice = entry["notice"]
    told = {
        "case": entry["case"],
        "kept": entry["kept"][words.language],
        "would": entry["due_on"] if entry["over"] == "cannot-say" else None,
        "notice": None if notice is None else notice[words.language],
        "rule": entry["rule"],
    }
    if charge is None:
        return told | {"charge": None, "name": words("disclosures.abroad"), "ended": "", "final_on": None, "at": None}
    return told | {
        "charge": entry["charge"],
        "name": f"{charge['article']} {charge['label']}",
        "ended": f"{words.term('outcomes', charge['outcome'])} {charge['outcome_on']}",
        "final_on": charge["final_on"],
        "at": places.get((charge["message"]["source"], charge["message"]["id"])),
    }
