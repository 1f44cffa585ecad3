"""Whether keys are those of a store or of a backup of it: before they are put in its place."""

from collections.abc import Iterable

from hervat.errors import HervatError, KeysFault
from hervat.intake.rotated import ensure_not_from_later
from hervat.journal.checkpoint import verify_own
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Head


def closed_boxes(keys: NodeKeys, head: Head, boxes: Iterable[tuple[int, bytes]], shown: str) -> int:
    """How many of a journal's boxes do not open with keys that are those of its head: they signed its checkpoint and open its last box.

    Raises KeysFault where they did not or do not: then these are the keys of another node, or of another time.
    """
    ensure_not_from_later(keys, head.size)
    try:
        verify_own(head.checkpoint, keys)
    except HervatError as fault:
        what = f"did not sign the checkpoint of {shown}, or are from before a rotation"
        raise KeysFault(f"these keys of {keys.origin} {what}: {fault}") from fault
    closed, last = 0, 0
    for last, box in boxes:
        try:
            keys.open(last, box)
        except KeysFault:
            if last == head.size:
                raise
            closed += 1
    if last != head.size:
        raise KeysFault(f"{shown} ends at {last} and its head says {head.size}: it is damaged, so nothing can be tried on it")
    return closed
