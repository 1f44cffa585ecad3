"""Nothing stands in the house that nobody calls. What only a test calls is dead as well.

vulture compares names, so a method lives when any method of that name is called: it finds less than there is, and what
it finds is dead. What is called from outside Python is allowed by name, with the reason; an allowance that is no longer
needed fails too.
"""

from vulture import Vulture

from tests.tidy.tree import ROOT

CALLED_FROM_OUTSIDE = {
    "FixedClock": "the clock of tests",
    "show_doubts": "a command: doors.commands finds it by its name",
    "back_up_keys": "a command: doors.commands finds it by its name",
    "bench": "a command: doors.commands finds it by its name",
    "close_procedure": "a command: doors.commands finds it by its name",
    "disclose": "a command: doors.commands finds it by its name",
    "doctor": "a command: doors.commands finds it by its name",
    "init": "a command: doors.commands finds it by its name",
    "list_interim": "a command: doors.commands finds it by its name",
    "open_interim": "a command: doors.commands finds it by its name",
    "close_interim": "a command: doors.commands finds it by its name",
    "consult": "a command: doors.commands finds it by its name",
    "intend": "a command: doors.commands finds it by its name",
    "hear": "a command: doors.commands finds it by its name",
    "decide_certificate": "a command: doors.commands finds it by its name",
    "forecast_certificates": "a command: doors.commands finds it by its name",
    "object_to": "a command: doors.commands finds it by its name",
    "suspend": "a command: doors.commands finds it by its name",
    "resume": "a command: doors.commands finds it by its name",
    "show_certificate": "a command: doors.commands finds it by its name",
    "certificate_work": "a command: doors.commands finds it by its name",
    "run_again": "a command: doors.commands finds it by its name",
    "list_again": "a command: doors.commands finds it by its name",
    "close_again": "a command: doors.commands finds it by its name",
    "list_gaps": "a command: doors.commands finds it by its name",
    "list_partners": "a command: doors.commands finds it by its name",
    "list_procedures": "a command: doors.commands finds it by its name",
    "list_quarantine": "a command: doors.commands finds it by its name",
    "list_suspects": "a command: doors.commands finds it by its name",
    "show_quarantined": "a command: doors.commands finds it by its name",
    "open_quarantine": "a command: doors.commands finds it by its name",
    "release_quarantined": "a command: doors.commands finds it by its name",
    "close_quarantine": "a command: doors.commands finds it by its name",
    "look": "a command: doors.commands finds it by its name",
    "open_differences": "a command: doors.commands finds it by its name",
    "open_procedure": "a command: doors.commands finds it by its name",
    "list_rules": "a command: doors.commands finds it by its name",
    "rehearse": "a command: doors.commands finds it by its name",
    "replay_receipt": "a command: doors.commands finds it by its name",
    "restore": "a command: doors.commands finds it by its name",
    "restore_keys": "a command: doors.commands finds it by its name",
    "rotate_keys": "a command: doors.commands finds it by its name",
    "show_keys": "a command: doors.commands finds it by its name",
    "show_rule": "a command: doors.commands finds it by its name",
    "run_step": "a command: doors.commands finds it by its name",
    "take_day": "a command: doors.commands finds it by its name",
    "verify_receipt": "for a partner who checks a receipt",
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
    assert [where for name, where in dead.items() if name not in CALLED_FROM_OUTSIDE] == []
    assert sorted(CALLED_FROM_OUTSIDE.keys() - dead.keys()) == []
