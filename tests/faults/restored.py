"""A journal with a bit of everything in it, and restoring in this process."""

from pathlib import Path

from hervat.stores.opening import place_of
from hervat.stores.restoring import Restoring
from tests.faults.processes import EXAMPLES


def tangled() -> list[bytes]:
    """Messages of which some are held, some refused, and one in conflict."""
    lines = EXAMPLES.read_bytes().splitlines()
    return [b"no message at all", *lines[9:], *lines[2:7], lines[3].replace(b"Bakkers", b"Bakker")]


def restored(backup: Path, store: str, keys: Path, *witnesses: str) -> None:
    Restoring.prepared(place_of(store), backup, keys, witnesses).done(lambda what, position: None)
