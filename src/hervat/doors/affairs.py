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
        "certificates": "The certificate of conduct",
        "immigration": "The use of the register by IND",
        "hearings": "The extract for a hearing",
        "open": "is a bottleneck, {since}; {affected}",
        "closed": "is no bottleneck; {affected}",
        "since": "everything is known up to {day} only",
        "never": "not every source says up to when it is complete",
        "affected": "{n} people screened",
        "affected one": "1 person screened",
        "applications": "{n} applications wait, for a decision or to be looked at again",
        "applications one": "1 application waits, for a decision or to be looked at again",
        "answers": "{n} answers given blind, or that read differently now",
        "answers one": "1 answer given blind, or that reads differently now",
        "uncounted": "nobody has counted the people screened",
        "sources-live": "every source is open",
        "horizon-now": "every source is complete up to now",
        "stock-zero": "no source has stock",
        "nothing-missing": "no message is missing",
        "nothing-held": "no message is held",
        "changes-told": "every change has been gone through",
        "signals-assessed": "every signal has been decided on",
        "changes-compared": "every change has been laid beside what was decided or handed out",
        "decisions-seen-again": "every decision that would be proposed otherwise now was looked at again",
        "answers-closed": "every answer that reads differently now was closed by somebody",
        "yes": "yes",
        "no": "no: {against}",
        "link": "is",
        "complete_until": "complete until",
        "stock": "stock",
        "gaps": "missing",
        "held": "held",
        "undecided": "entries not gone through:",
        "unassessed": "signals that wait:",
        "uncompared": "entries not laid beside it:",
        "reopened": "decisions to be looked at again:",
        "differing": "answers that read differently:",
        "unsaid": "not said",
    },
    "nl": {
        "childcare": "Screening in de kinderopvang",
        "taxi": "Screening in de taxibranche",
        "certificates": "De verklaring omtrent het gedrag",
        "immigration": "Het gebruik van het register door de IND",
        "hearings": "Het uittreksel voor een zitting",
        "open": "is een knelpunt, {since}; {affected}",
        "closed": "is geen knelpunt; {affected}",
        "since": "alles is alleen bekend tot {day}",
        "never": "niet elke bron zegt tot wanneer zij volledig is",
        "affected": "{n} mensen gescreend",
        "affected one": "1 mens gescreend",
        "applications": "{n} aanvragen wachten, op een besluit of om opnieuw te worden bekeken",
        "applications one": "1 aanvraag wacht, op een besluit of om opnieuw te worden bekeken",
        "answers": "{n} antwoorden blind gegeven, of die nu anders luiden",
        "answers one": "1 antwoord blind gegeven, of dat nu anders luidt",
        "uncounted": "niemand heeft de gescreende mensen geteld",
        "sources-live": "elke bron is open",
        "horizon-now": "elke bron is volledig tot nu",
        "stock-zero": "geen bron heeft voorraad",
        "nothing-missing": "er ontbreekt geen bericht",
        "nothing-held": "er wordt geen bericht aangehouden",
        "changes-told": "elke wijziging is doorlopen",
        "signals-assessed": "op elk signaal is besloten",
        "changes-compared": "elke wijziging is gelegd naast wat is besloten of verstrekt",
        "decisions-seen-again": "elk besluit waarop nu anders zou worden voorgesteld, is opnieuw bekeken",
        "answers-closed": "elk antwoord dat nu anders luidt, is door iemand afgesloten",
        "yes": "ja",
        "no": "nee: {against}",
        "link": "is",
        "complete_until": "volledig tot",
        "stock": "voorraad",
        "gaps": "ontbreekt",
        "held": "aangehouden",
        "undecided": "inschrijvingen niet doorlopen:",
        "unassessed": "signalen die wachten:",
        "uncompared": "inschrijvingen niet ernaast gelegd:",
        "reopened": "besluiten opnieuw te bekijken:",
        "differing": "antwoorden die anders luiden:",
        "unsaid": "niet gezegd",
    },
}
_BEHIND = {
    "en": {
        "nothing": "nothing received",
        "title": "Entries behind these figures (hervat prove POSITION proves one):",
        "received": "received: messages among entries 1 to {position}",
        "stock": "stock, declared in",
        "in_transit": "in transit, missing before",
        "held": "held",
        "refused": "refused",
        "conflicts": "conflicts",
        "unassessed": "signals not decided on, told in",
        "more": "and {n} more",
    },
    "nl": {
        "nothing": "niets ontvangen",
        "title": "Inschrijvingen achter deze cijfers (hervat prove POSITIE bewijst er een):",
        "received": "ontvangen: berichten onder inschrijving 1 tot en met {position}",
        "stock": "voorraad, opgegeven in",
        "in_transit": "onderweg, ontbreekt voor",
        "held": "aangehouden",
        "refused": "geweigerd",
        "conflicts": "conflicten",
        "unassessed": "signalen zonder besluit, gemeld in",
        "more": "en {n} andere",
    },
}
# Which command tells more than there is room for.
_TOLD_BY = {"held": "hervat held", "conflicts": "hervat conflicts", "unassessed": "hervat screening work"}
COUNTED = {"certificates": "applications", "immigration": "answers", "hearings": "answers"}
"""What is counted of those whom a bottleneck affects, where it is not the people screened."""
_NAMED = 3
_ENTRIES = 8


def status(found: dict[str, Any], bottlenecks: list[Bottleneck], behind: dict[str, list[int]], language: str) -> str:
    """The state of affairs in the language asked for, with the entries behind it. A bottleneck is told where it affects
    anybody."""
    values = {key: found[key] for key in ("position", "as_of", "received", "applied", "refused", "conflicts")} | found["backlog"]
    values["as_of"] = values["as_of"] or _BEHIND[language]["nothing"]
    lines = [line.format(**values) for line in _STATUS[language]]
    told = [plain(line) for one in bottlenecks if one.affected for line in _bottleneck(one, _BOTTLENECK[language])]
    entries = list(_entries(behind, found["position"], _BEHIND[language])) if found["position"] else []
    return "\n".join([*lines, *(["", *told] if told else []), "", horizon(found["feeds"]), *(["", *entries] if entries else [])])


def _entries(behind: dict[str, list[int]], position: int, words: dict[str, str]) -> Iterator[str]:
    """For each figure the first entries that it rests on; of a figure of nothing there are none."""
    yield words["title"]
    yield "  " + words["received"].format(position=position)
    for name, positions in behind.items():
        more = len(positions) - _ENTRIES
        if positions:
            told = ", ".join(map(str, positions[:_ENTRIES]))
            rest = f" {words['more'].format(n=more)}" if more > 0 else ""
            yield f"  {words[name]} {told}{rest}" + (f" ({_TOLD_BY[name]})" if more > 0 and name in _TOLD_BY else "")


def _bottleneck(one: Bottleneck, words: dict[str, str]) -> Iterator[str]:
    since = words["never"] if one.since is None else words["since"].format(day=one.since)
    counted = COUNTED.get(one.name, "affected") + (" one" if one.affected == 1 else "")
    affected = words["uncounted"] if one.affected is None else words[counted].format(n=one.affected)
    yield f"{words[one.name]} {words['open' if one.is_open else 'closed'].format(since=since, affected=affected)}"
    for condition in one.conditions:
        yield f"  {words[condition.name]}: {words['yes'] if condition.holds else words['no'].format(against=_against(condition, words))}"


def _against(condition: Condition, words: dict[str, str]) -> str:
    told = [" ".join(_figure(name, value, words) for name, value in one.items()) for one in condition.against[:_NAMED]]
    more = len(condition.against) - _NAMED
    return "; ".join(told) + (f"; +{more}" if more > 0 else "")


def _figure(name: str, value: Any, words: dict[str, str]) -> str:
    if name == "source":
        return str(value).rpartition(":")[2]
    if isinstance(value, list):
        value = sum(one["count"] if "count" in one else one["last"] - one["first"] + 1 for one in value)
    return f"{words[name]} {words['unsaid'] if value is None else value}"


def as_rows(bottlenecks: list[Bottleneck]) -> list[dict[str, Any]]:
    """The bottlenecks for a JSON document."""
    return [
        {"name": one.name, "open": one.is_open, "on": _day(one.on), "since": _day(one.since), "affected": one.affected}
        | {"conditions": [{"name": each.name, "holds": each.holds, "against": list(each.against)} for each in one.conditions]}
        for one in bottlenecks
    ]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
