"""The process traffic of a case in words: a line for each thing that is told, with its day."""

from collections.abc import Iterator
from typing import Any

from hervat.doors.pages.wording import Wording

_DAYS = {
    "custody-started": "from",
    "custody-prolonged": "decided_on",
    "custody-ended": "released_on",
    "hearing-scheduled": "on",
    "file-released": "released_on",
    "advice-requested": "due_on",
    "advice-delivered": "delivered_on",
    "supervision-started": "from",
    "victim-informed": "informed_on",
}


def day_of(told: dict[str, Any]) -> str:
    """The day that a line is about: of a hearing that on which it is, of an advice that is asked for the last."""
    day: str = told[_DAYS[told["kind"]]]
    return day


def line(told: dict[str, Any], words: Wording) -> str:
    """What is told, in words."""
    text = words(f"process.{told['kind']}", **told)
    if told["kind"] != "custody-started":
        return text
    due = told.get("release_due")
    return f"{text}; {words('process.no_due') if due is None else words('process.due', release_due=due)}"


def lines(cases: list[dict[str, Any]], words: Wording) -> Iterator[str]:
    """Every line of several cases, each with the number of its case."""
    yield from (f"{case['prosecution_number']}: {line(told, words)}" for case in cases for told in case["process"])
