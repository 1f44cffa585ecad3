"""The report of the rehearsal `justis`, for a person to read, with a bar for each working day."""

from collections.abc import Iterator
from typing import Any

from hervat.rehearsal.report import bars

_NAMES = {"first_come": "first come", "postponed": "postponed"}


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The report, line by line."""
    forecast, invented = found["forecast"], found["invented"]
    yield f"Certificates after an outage, seed {found['seed']}, scale {found['scale']}: synthetic, but for what was published:"
    yield "  " + "; ".join(f"{name}: {number:,}" for name, number in found["published"].items())
    share, work = (invented[name] for name in ("share_with_something_in_the_register", "work_of_what_is_to_be_assessed"))
    yield f"  invented: {share:.0%} of applicants have something in the register; assessing that is {work} times the work of a grant"
    yield ""
    yield f"Forecast on the first morning of the recovery: {forecast['waiting']} wait, {forecast['arriving']} come in and"
    gone = f"gone in {forecast['working_days']} working days, on {forecast['gone_on']}"
    yield f"  {forecast['deciding']} are decided on a working day: {gone}."
    yield ""
    yield from _pictures(found["policies"])
    yield ""
    yield from _side_by_side(found)
    yield ""
    yield from _verdict(found)


def _pictures(policies: dict[str, Any]) -> Iterator[str]:
    days = policies["first_come"]["days"]
    yield f"Waiting in the evening, {days[0]['day']} to {days[-1]['day']}, a column a working day:"
    for name, title in _NAMES.items():
        yield from bars(title.split()[0], [day["waiting"] for day in policies[name]["days"]])


def _side_by_side(found: dict[str, Any]) -> Iterator[str]:
    policies = [found["policies"][name] for name in _NAMES]
    yield f"{'the same applications':<44}{'first come':>14}{'postponed':>14}"
    rows: list[tuple[str, list[Any]]] = [
        ("backlog gone, working days of recovery", [one["working_days"] or "never" for one in policies]),
        ("  on", [one["gone_on"] or "" for one in policies]),
        ("  foretold after three days, at their pace", [one["foretold_meanwhile"]["gone_on"] or "never" for one in policies]),
    ]
    for key, title in (("mean_days", "days waited, mean"), ("longest_days", "longest wait, days"), ("late", "decided after the last day")):
        rows += [(f"{title}: {sort}", [one[key][sort] for one in policies]) for sort in ("simple", "complex")]
    for title, (first, second) in rows:
        yield f"{title:<44}{first:>14}{second:>14}"


def _verdict(found: dict[str, Any]) -> Iterator[str]:
    first, second = (found["policies"][name] for name in _NAMES)
    simple, complex_ = ((first["mean_days"][sort], second["mean_days"][sort]) for sort in ("simple", "complex"))
    yield "Postponing is no less work, only work for others first:"
    many = found["received"] - found["to_be_assessed"]
    yield f"  {many} with nothing that counts waited {simple[1]} days on average, and {simple[0]} where who came first was helped first;"
    yield f"  {found['to_be_assessed']} whom a person had to assess waited {complex_[1]} days, and {complex_[0]}."
    yield f"Received = decided + waiting, every evening, by the journal: {'yes' if found['balanced'] else 'NO'}."
    same = "yes" if found["same_decided_and_same_outcomes"] else "NO"
    yield f"In the end both decided on all of them, with the same outcomes: {same}."
    yield "Rehearsed as it should go." if found["ok"] else "NOT AS IT SHOULD GO."
