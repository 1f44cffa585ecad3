"""The commands `disclose` and `assess disclosure`: a request for judicial data answered, as an act, or only looked at.

Exit status 1 is for whatever is not handed out: a refusal, a person whom the register does not know, or what cannot be said.
"""

from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from typing import Any

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.consumers.disclosure.handed import for_the_operator, handed_out
from hervat.consumers.disclosure.requested import Supplied
from hervat.disclosing import Disclosing
from hervat.doors import words
from hervat.doors.acts.disclosing import DisclosureGiving
from hervat.doors.acts.handing import decide
from hervat.doors.asking import asked_when, day, position_of
from hervat.doors.streams import show
from hervat.errors import Usage

_SAID = {
    "en": {
        "horizon": "Horizon at position {}, for an answer on {}: {}",
        "blind": "blind: {}",
        "asked": "request {}, of {}, on {}",
        "to": "to {} for {}; {} set",
        "for": "on behalf of {}",
        "consent": "the person concerned consented: {}",
        "because": "{}: {}",
        "nothing": "nothing is handed out",
        "empty": "no conviction is in the limited set",
        "conviction": "{} ({}): given on {}, final on {}, in the set until {}",
        "hearing": "hearing on {} in case {}",
        "as given": "the receiver reads that nothing is disclosed, and not whether the register knows the person",
        "withheld": "withheld, not handed out: {}: {}",
        "missing": "not told: {}",
        "before": "answered before, on {} by {} (act {}): {}",
        "same": "the same was handed out",
        "other": "something else was handed out; {} gone, {} new",
        "act": "recorded at position {}; receipts are in --json",
        "look": "a look: nothing is handed out, and nothing recorded",
    },
    "nl": {
        "horizon": "Horizon op positie {}, voor een antwoord op {}: {}",
        "blind": "blind: {}",
        "asked": "verzoek {}, van {}, op grond van {}",
        "to": "aan {} voor {}; gegevens: {}",
        "for": "namens {}",
        "consent": "de betrokkene heeft toegestemd: {}",
        "because": "{}: {}",
        "nothing": "er wordt niets verstrekt",
        "empty": "geen veroordeling hoort tot de beperkte gegevens",
        "conviction": "{} ({}): gegeven op {}, onherroepelijk op {}, in de gegevens tot {}",
        "hearing": "zitting op {} in zaak {}",
        "as given": "de ontvanger leest dat er niets wordt verstrekt, en niet of het register de persoon kent",
        "withheld": "achtergehouden, niet verstrekt: {}: {}",
        "missing": "niet bekend: {}",
        "before": "eerder beantwoord, op {} door {} (besluit {}): {}",
        "same": "hetzelfde werd verstrekt",
        "other": "er werd iets anders verstrekt; {} weg, {} nieuw",
        "act": "vastgelegd op positie {}; de bewijzen staan in --json",
        "look": "alleen bekeken: er is niets verstrekt en niets vastgelegd",
    },
}
_HOW = {
    "en": {
        "given": "given", "refused": "refused", "unknown": "unknown", "cannot-say": "cannot say",
        "several": "several persons", "no-request": "no request",
    },
    "nl": {
        "given": "verstrekt", "refused": "geweigerd", "unknown": "onbekend", "cannot-say": "niet te zeggen",
        "several": "meer personen", "no-request": "geen verzoek",
    },
}
_SCOPES = {"en": {"full": "the full", "limited": "the limited"}, "nl": {"full": "alle", "limited": "beperkt"}}


def disclose(arguments: Namespace) -> int:
    """Answer a request, as an act. Raises NotSo where nothing can be answered."""
    if not arguments.by.strip():
        raise Usage("--by may not be empty: somebody answers")
    act = DisclosureGiving(
        request=arguments.request, source=arguments.source, supplied=_supplied(arguments), on=_on(arguments), by=arguments.by
    )
    answer = decide(arguments.store, act)
    show(words.as_document(answer) if arguments.json else words.lines(_in_words(answer, arguments.lang)))
    return 0 if answer["operator"]["how"] == "given" else 1


def look(arguments: Namespace) -> int:
    """What the answer to a request would be."""
    supplied, on, when = _supplied(arguments), _on(arguments), asked_when(arguments)
    with Node.opened(arguments.store) as node:
        disclosing = Disclosing(node)
        row = disclosing.request(arguments.request, arguments.source)
        found = disclosing.looked(row.position, supplied, on, position_of(node, when))
    answer = {"act": None, "before": None, "disclosure": handed_out(found), "operator": for_the_operator(found)}
    show(words.as_document(answer) if arguments.json else words.lines(_in_words(answer, arguments.lang)))
    return 0 if found.how == "given" else 1


def _on(arguments: Namespace) -> date:
    return legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)


def _supplied(arguments: Namespace) -> Supplied:
    until = arguments.mandate_until
    return Supplied(
        role=arguments.role,
        purpose=arguments.purpose,
        mandate_of=arguments.mandate_of,
        mandate_from=None if arguments.mandate_from is None else day("--mandate-from", arguments.mandate_from),
        mandate_until=None if until in (None, "none") else day("--mandate-until", until),
        mandate_endless=until == "none",
        consent=None if arguments.consent is None else arguments.consent == "yes",
    )


def _in_words(answer: dict[str, Any], language: str) -> Iterator[str]:
    said, given, operator = _SAID[language], answer["disclosure"], answer["operator"]
    if operator["horizon"] is not None:
        yield said["horizon"].format(given["position"], given["on"], operator["horizon"]["text"])
    if operator["blind"]:
        yield said["blind"].format(", ".join(map(words.short, operator["blind"])))
    yield said["asked"].format(given["request"], given["requester"], given["article"])
    if given["receiver"] is not None and given["scope"] is not None:
        yield said["to"].format(given["receiver"], given["purpose"], _SCOPES[language][given["scope"]])
    if given["mandate_of"] is not None:
        yield said["for"].format(given["mandate_of"])
    if given["consent"] is not None:
        yield said["consent"].format({"en": ("no", "yes"), "nl": ("nee", "ja")}[language][given["consent"]])
    yield said["because"].format(_HOW[language][operator["how"]], operator["because"][language])
    if operator["how"] != given["how"]:
        yield said["as given"]
    yield from _set_in_words(given, language)
    yield from (said["hearing"].format(one["hearing_on"], one["case"]) for one in given["hearings"])
    if given["notice"] is not None:
        yield given["notice"][language]
    yield from (said["withheld"].format(one["key"], one["because"][language]) for one in operator["withheld"])
    if operator["missing"]:
        yield said["missing"].format(", ".join(operator["missing"]))
        yield operator["wording"][language]
    if answer["before"] is not None:
        yield _before(answer["before"], said)
    yield said["look"] if answer["act"] is None else said["act"].format(answer["act"])


def _set_in_words(given: dict[str, Any], language: str) -> Iterator[str]:
    said, handed = _SAID[language], given["set"]
    if handed is None:
        yield said["nothing"]
    elif "convictions" in handed:
        for one in handed["convictions"]:
            charge, until = one.get("charge", {}), one.get("until", "-")
            yield said["conviction"].format(one["key"], charge.get("article"), charge.get("outcome_on"), charge.get("final_on"), until)
        if not handed["convictions"]:
            yield said["empty"]
    else:
        shown = {"known": True, "purpose": None, "held": [], "emergency_reports": [], "position": given["position"]}
        # Its first line is the horizon, which was said.
        yield from list(words.person(handed | shown | {"horizon": given["horizon"]}))[1:]


def _before(before: dict[str, Any], said: dict[str, str]) -> str:
    differs = before["differs"]
    how = said["same"] if before["same"] else said["other"].format(len(differs["gone"]), len(differs["came"]))
    return said["before"].format(before["on"], before["by"], before["position"], how)
