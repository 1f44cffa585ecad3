"""Custody in words: the work list, how far is known, checks beside messages, and lengths; for the page and the commands alike."""

from collections.abc import Iterator
from typing import Any

from hervat.doors.pages.wording import Wording
from hervat.doors.words import short


def due_in_words(answer: dict[str, Any], said: Wording) -> Iterator[str]:
    """The answer of `hervat custody due`, line by line."""
    yield said("custody.heading", day=answer["on"], within=answer["within"], position=answer["position"])
    yield from horizon_in_words(answer["horizon"], said)
    for one in answer["due"]:
        yield f"{one['clock'] or said('custody.no_clock')}  {named_in_words(one, said)}: {state_in_words(one, said)}"
        if one["held"]:
            yield "  " + said("custody.held", n=len(one["held"]))
    for one in answer["released_by_hand"]:
        yield f"{one['clock']}  {named_in_words(one, said)}: {said('custody.released_by_hand')}"
    if not answer["due"] and not answer["released_by_hand"]:
        yield said("custody.none")


def horizon_in_words(horizon: dict[str, Any], said: Wording) -> Iterator[str]:
    """How far the sources that tell of custody are known."""
    for row in horizon["sources"]:
        until = row["complete_until"]
        yield "  " + said("custody.silent" if until is None else "custody.until", source=short(row["source"]), until=said.moment(until))
    if horizon["blind"]:
        yield said("custody.blind", sources=", ".join(map(short, horizon["blind"])))


def named_in_words(one: dict[str, Any], said: Wording) -> str:
    """Of whom a custody is, in which case, and where it lies."""
    return said("custody.named", skn=one["skn"] or "?", case=one["case"], place=str(one["place"]))


def state_in_words(one: dict[str, Any], said: Wording) -> str:
    """What is known of a custody on the list."""
    parts = [said.term("custody_states", one["state"])]
    parts += [said(f"custody.{name}") for name in ("by_hand", "waits", "of_another") if one[name]]
    if one["check"] is not None and one["check"]["found"] == "held":
        parts.append(said("custody.found_held", title=one["check"]["title"], day=one["check"]["on"]))
    return "; ".join(parts)


def differences_in_words(answer: dict[str, Any], said: Wording) -> Iterator[str]:
    """The answer of `hervat custody differences`, line by line."""
    yield said("custody.differing", since=answer["since"], until=answer["until"], position=answer["position"])
    yield from horizon_in_words(answer["horizon"], said)
    for one in answer["checks"]:
        yield f"{named_in_words(one, said)}: {compared_in_words(one, said)}"
    if answer["lost"]:
        yield said("custody.lost", n=len(answer["lost"]))
    for name in ("held_too_long", "released_too_early"):
        found = answer[name]
        yield said(f"custody.{name}", n=found["releases"], days=said.number(found["days"]))
        yield from ("  " + length_in_words(one, said) for one in found["each"])
    yield said("custody.lawful")


def compared_in_words(one: dict[str, Any], said: Wording) -> str:
    """What was found by hand, and whether messages say the same."""
    check = one["check"]
    found = said.term("custody_found", check["found"])
    text = said("custody.found", found=found, what=check["day"] or check["title"], day=check["on"], source=check["source"])
    says = said.term("custody_says", one["says"])
    what = "" if one["what"] is None else f" ({said.term('custody_whats', one['what'])})"
    return f"{text}; {says}{what}"


def length_in_words(one: dict[str, Any], said: Wording) -> str:
    """A release beside the day of the title."""
    text = said("custody.length", n=one["days"], released=one["released_on"], title=one["title_until"])
    return f"{named_in_words(one, said)}: {text}" + (f"; {said('custody.by_hand')}" if one["by_hand"] else "")
