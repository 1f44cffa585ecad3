"""The report of the rehearsal `returning-intruder`, for a person to read."""

from collections.abc import Iterator
from typing import Any


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The report, line by line."""
    world, lane = found["world"], found["with_lane"]
    yield f"The returning intruder, seed {found['seed']}, scale {found['scale']}: every person and number is synthetic."
    yield f"{world['people']} people; {world['backlog']} messages come back in {world['batches']} batches, and among them, forged:"
    yield from (f"  {kind}: {count}" for kind, count in lane["forged"].items())
    yield from (f"  {place}: {count}" for place, count in lane["forged_where"].items())
    yield ""
    yield f"The lane held {lane['inside']}. Who signed them: " + ", ".join(f"{flag} {count}" for flag, count in lane["flags"].items()) + "."
    for which, when in (("first", "Laid beside their own list"), ("second", "And with what they sent to put it right")):
        one = lane[which]
        right = "those that were forged, and no other" if one["right"] else "NOT THOSE THAT WERE FORGED"
        yield f"{when}: {one['not_on_their_list']} of {one['inside']} are not on it, {right}."
    conflicts = lane["conflicts"]
    yield f"Conflicts in which a forgery stood: {conflicts['forged_stood']}; in which the true message stood: {conflicts['true_stood']};"
    yield f"  the true sender settled them, {lane['conflicts_open']} are open. What became of the forgeries:"
    yield from (f"  {end}: {count}" for end, count in lane["became"].items())
    yield f"Charges that were gone at any moment: {lane['removed'] or 'none'}."
    yield f"Forgeries that were applied, and so counted for anything: {lane['applied_unseen'] or 'none'}."
    signed = lane["signed_with_the_stolen_key"]
    every = "every forgery that came in among them" if lane["all_forged_listed"] else "NOT EVERY FORGERY THAT CAME IN AMONG THEM"
    yield f"Signed with the stolen key: {signed['listed']} listed, {every}: " + _counts(signed["states"])
    yield ""
    yield from _compared(found["compared"])
    bare = found["without_lane"]
    yield "The same arrivals without a lane. Forgeries that were applied:"
    yield from (f"  {kind}: {count}" for kind, count in bare["applied"].items())
    yield "  Charges: " + _counts(bare["charges"])
    yield "Rehearsed as it should go." if found["ok"] else "NOT AS IT SHOULD GO."


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) + "."


def _compared(compared: dict[str, Any]) -> Iterator[str]:
    equal = "equal" if compared["equal"] else "NOT EQUAL"
    yield f"Beside a register in which nobody forged, {compared['charges']} charges and every fact: {equal}."
    yield from (f"  {name}" for name in compared["differing"])
    other = compared["under_another_id"]
    yield f"  What the conflicts demand: {other} true messages have another id than there, for a forgery has theirs for ever, and is"
    yield "  read as theirs here; and the true sender's numbers go on after the last that a forgery took."
    until = "nothing" if compared["unreconciled"] else compared["complete_until"]
    yield f"  Of the source {compared['held']} are held and {compared['refused']} refused; it is complete until {until}."
    yield f"  The journal folds again to {'the same' if compared['verified'] else 'SOMETHING ELSE'}."
