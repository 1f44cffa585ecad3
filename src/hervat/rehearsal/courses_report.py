"""What the cut did to the parties that the letter names and to who was in custody, in words."""

from collections.abc import Iterator
from typing import Any

from hervat.rehearsal import meanwhile_report


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """Line by line, the parties first."""
    yield from _parties(found["parties"])
    yield ""
    yield from meanwhile_report.in_words(found["meanwhile"])
    yield ""
    yield from _custody(found["custody"])


def _parties(parties: list[dict[str, Any]]) -> Iterator[str]:
    yield "The parties at the end of the cut (volumes invented but for the courts and CJIB), and when the last of that was applied here:"
    yield f"{'party':<16}{'done in the cut':>16}{'stock':>7}{'under way':>11}{'held':>6}   caught up on"
    for one in parties:
        counts = f"{one['done_in_the_cut']:>16}{one['stock']:>7}{one['under_way']:>11}{one['held']:>6}"
        yield f"{one['party']:<16}{counts}   {one['caught_up_on'] or 'nothing waited'}"


def _custody(found: dict[str, Any]) -> Iterator[str]:
    yield f"Custody: {found['due_in_the_window']} came due for release or prolongation between the cut and the return of all links."
    for one in found["lists"]:
        unknown = one["unknown"] + one["no-day"]
        yield f"  list of {one['on']}: {one['due']} due, {unknown} unknown; of {one['waits']} in all every message was held"
    checks = found["checks"]
    yield f"  looked into by hand {checks['made']} times; what was found last is said by messages too of {checks['agrees']}, otherwise of"
    yield f"  {checks['differs']}; nothing came since of {checks['waits']}, and of {checks['lost']} no custody is told any more"
    for name, words in (("held_too_long", "held too long"), ("released_too_early", "released too early")):
        yield f"  {words}: {found[name]['releases']} releases, {found[name]['days']} days in all, by the last title"
    equal = "equal" if found["equal"] else "NOT EQUAL"
    yield f"Custody and the course of cases beside the world's own truth: {equal}; {found['courses_compared']} cases compared."
    yield from (f"  differs: {line}" for line in found["differences"])
