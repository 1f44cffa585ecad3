"""The report of the rehearsal `wrong-name`, for a person to read."""

from collections.abc import Iterator
from typing import Any

_SHOWN = 8


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The report, line by line."""
    world, days = found["world"], found["wrong_days"]
    yield f"The wrong name, seed {found['seed']}, scale {found['scale']}: every person and number is synthetic."
    yield f"{world['pairs']} pairs of people, {world['messages']:,} messages, {world['days']} days. What was told wrongly:"
    yield from (f"  {kind}: {count}" for kind, count in world["mistakes"].items())
    yield f"It stood under the wrong name for {days['median']:.0f} days (the median), {days['longest']} at the longest."
    yield "Meanwhile, on what was not so: " + "; ".join(f"{what}: {count}" for what, count in found["while_wrong"].items()) + "."
    yield "All that the consumers told, and opened again or took back:"
    yield from (f"  {what}: {count}" for what, count in found["told"].items())
    yield ""
    yield f"Some of the {len(found['persons'])} under whose name it was put, the longest first:"
    for one in found["persons"][:_SHOWN]:
        yield from _person(one)
    yield ""
    yield from _compared(found["compared"])
    yield "Rehearsed as it should go." if found["ok"] else "NOT AS IT SHOULD GO."


def _person(one: dict[str, Any]) -> Iterator[str]:
    signals = ", ".join(f"{count} {says}" for says, count in one["signals"].items()) or "none"
    yield f"  {one['skn']}  {one['days']} days, {one['since']} to {one['until']}: {one['how']}; it is of {one['truly']}"
    yield f"    signals of screening: {signals}"
    for deed in one["meanwhile"]:
        again = "rested on nothing wrong" if deed["again_on"] is None else f"opened again {deed['again_on']}"
        whose = "" if deed["about"] == one["skn"] else f" about {deed['about']}"
        how = deed["how"] if deed["what"] == "certificate" else f"to {deed['how']}"
        yield f"    {deed['on']}  {deed['what']}{whose} {how}; {again}"


def _compared(compared: dict[str, Any]) -> Iterator[str]:
    yield f"Beside the world's own book, evening by evening, {compared['must_be_told']} things that must be told:"
    for key, words in (("missing", "not told"), ("not_asked_for", "told and not to be told"), ("told_once_more", "told once more")):
        yield f"  {words}: {len(compared[key]) or 'none'}"
        yield from (f"    {line}" for line in compared[key])
    charges = compared["charges"]
    where = "in the register, in the book, and in a register that was told rightly from the start"
    yield f"{charges['compared']} charges at the end, {where}: {'equal' if charges['equal'] else 'NOT EQUAL'}."
    yield from (f"  {line}" for line in charges["differences"])
