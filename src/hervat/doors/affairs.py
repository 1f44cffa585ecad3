"""The state of affairs in words, in the form of a minister's *stand van zaken*: the backlog, the bottlenecks, and every source."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from hervat.consumers.bottleneck import Bottleneck, Condition
from hervat.doors.words import horizon, plain

_STATUS = {
    "en": (
        "State of affairs at position {position} ({as_of})",
        "Backlog: stock {stock} (decided, not yet a message), in transit {in_transit} (sent, not here), held {held} (here, not applied)",
        "Received {received}: applied {applied}, held {held}, refused {refused}; conflicts {conflicts}",
    ),
    "nl": (
        "Stand van zaken op positie {position} ({as_of})",
        (
            "Achterstand: voorraad {stock} (besloten, nog geen bericht), onderweg {in_transit} (verzonden, niet hier), "
            "aangehouden {held} (hier, niet verwerkt)"
        ),
        "Ontvangen {received}: verwerkt {applied}, aangehouden {held}, geweigerd {refused}; conflicten {conflicts}",
    ),
}
_BOTTLENECK = {
    "en": {
        "childcare": "Screening in childcare",
        "taxi": "Screening in the taxi trade",
        "open": "is a bottleneck, {since}; {affected}",
        "closed": "is no bottleneck; {affected}",
        "since": "everything is known up to {day} only",
        "never": "not every source says up to when it is complete",
        "affected": "{n} people screened",
        "uncounted": "nobody has counted the people screened",
        "sources-live": "every source is open",
        "horizon-now": "every source is complete up to now",
        "stock-zero": "no source has stock",
        "nothing-missing": "no message is missing",
        "nothing-held": "no message is held",
        "changes-told": "every change has been gone through",
        "signals-assessed": "every signal has been decided on",
        "yes": "yes",
        "no": "no: {against}",
    },
    "nl": {
        "childcare": "Screening in de kinderopvang",
        "taxi": "Screening in de taxibranche",
        "open": "is een knelpunt, {since}; {affected}",
        "closed": "is geen knelpunt; {affected}",
        "since": "alles is alleen bekend tot {day}",
        "never": "niet elke bron zegt tot wanneer zij volledig is",
        "affected": "{n} mensen gescreend",
        "uncounted": "niemand heeft de gescreende mensen geteld",
        "sources-live": "elke bron is open",
        "horizon-now": "elke bron is volledig tot nu",
        "stock-zero": "geen bron heeft voorraad",
        "nothing-missing": "er ontbreekt geen bericht",
        "nothing-held": "er wordt geen bericht aangehouden",
        "changes-told": "elke wijziging is doorlopen",
        "signals-assessed": "op elk signaal is besloten",
        "yes": "ja",
        "no": "nee: {against}",
    },
}
_NAMED = 3


def status(found: dict[str, Any], bottlenecks: list[Bottleneck], language: str) -> str:
    """The state of affairs in the language asked for; a bottleneck is told where somebody is screened."""
    values = {key: found[key] for key in ("position", "as_of", "received", "applied", "refused", "conflicts")} | found["backlog"]
    lines = [line.format(**values) for line in _STATUS[language]]
    told = [plain(line) for one in bottlenecks if one.affected for line in _bottleneck(one, _BOTTLENECK[language])]
    return "\n".join([*lines, *(["", *told] if told else []), "", horizon(found["feeds"])])


def _bottleneck(one: Bottleneck, words: dict[str, str]) -> Iterator[str]:
    since = words["never"] if one.since is None else words["since"].format(day=one.since)
    affected = words["uncounted"] if one.affected is None else words["affected"].format(n=one.affected)
    yield f"{words[one.name]} {words['open' if one.is_open else 'closed'].format(since=since, affected=affected)}"
    for condition in one.conditions:
        yield f"  {words[condition.name]}: {words['yes'] if condition.holds else words['no'].format(against=_against(condition))}"


def _against(condition: Condition) -> str:
    told = [", ".join(_figure(name, value) for name, value in one.items()) for one in condition.against[:_NAMED]]
    more = len(condition.against) - _NAMED
    return "; ".join(told) + (f"; +{more}" if more > 0 else "")


def _figure(name: str, value: Any) -> str:
    if isinstance(value, list):
        count = sum(one["count"] if "count" in one else one["last"] - one["first"] + 1 for one in value)
        return f"{name} {count}"
    return str(value).rpartition(":")[2] if name == "source" else f"{name} {value}"


def as_rows(bottlenecks: list[Bottleneck]) -> list[dict[str, Any]]:
    """The bottlenecks for a JSON document."""
    return [
        {"name": one.name, "open": one.is_open, "on": _day(one.on), "since": _day(one.since), "affected": one.affected}
        | {"conditions": [{"name": each.name, "holds": each.holds, "against": list(each.against)} for each in one.conditions]}
        for one in bottlenecks
    ]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
