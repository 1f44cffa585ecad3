"""Nothing stands in the house that nobody calls. What only a test calls is dead as well.

vulture compares names, so a method lives when any method of that name is called: it finds less than there is, and what
it finds is dead. What is called from outside Python is allowed by name, with the reason; an allowance that is no longer
needed fails too. Commands are found by their names, which stand in `doors.commands`.
"""

import re

from vulture import Vulture

from tests.tidy.tree import ROOT

CALLED_FROM_OUTSIDE = {
    "FixedClock": "the clock of tests",
    "verify_receipt": "for a partner who checks a receipt",
    "find_spec": "Python's import system",
    "get_code": "Python's import system",
    "pytest_collection_modifyitems": "pytest",
    "pytest_runtest_call": "pytest",
    "pytest_collection": "pytest",
}
COMMANDS = {
    name
    for path in sorted((ROOT / "src/hervat/doors/commands").glob("*.py"))
    for name in re.findall(r'lazy\("[a-z_.]+", "([a-z_]+)"\)', path.read_text(encoding="utf-8"))
}
ROUTES = ["@get*", "@post*", "@get", "@post"]


def test_nothing_is_dead() -> None:
    reader = Vulture(ignore_decorators=ROUTES)
    reader.scavenge([str(ROOT / room) for room in ("src", "tools")])
    # Fields are left out: those of a message are read by msgspec and shown by name.
    dead = {
        item.name: f"{item.filename.relative_to(ROOT)}:{item.first_lineno} {item.typ} {item.name}"
        for item in reader.get_unused_code(min_confidence=60)
        if item.typ not in ("variable", "attribute")
    }
    assert len(COMMANDS) > 50
    assert [where for name, where in dead.items() if name not in CALLED_FROM_OUTSIDE.keys() | COMMANDS] == []
    assert sorted(CALLED_FROM_OUTSIDE.keys() - dead.keys()) == []
