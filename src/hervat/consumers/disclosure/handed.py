"""What is handed out, as a document: the horizon first (Wjsg 3(5)), then the ground, then the set; and what is for whoever answers."""

from typing import Any

import msgspec

from hervat.consumers.disclosure.answer import Answer
from hervat.law import disclosure as law
from hervat.law.receipt import notice
from hervat.law.value import Words, plain

SAID: dict[str, Words] = {
    "unknown": Words(
        en="the register knows nobody under that number; unknown is not clean",
        nl="het register kent niemand onder dat nummer; onbekend is niet schoon",
    ),
    "several": Words(
        en="several persons have that number; nothing is disclosed until it is known who is meant",
        nl="meer personen hebben dat nummer; er wordt niets verstrekt voordat bekend is wie is bedoeld",
    ),
    "no-request": Words(en="the request does not stand", nl="het verzoek staat niet"),
}


def handed_out(found: Answer) -> dict[str, Any]:
    """What the receiver gets: never what was withheld, nor a receipt that tells of it."""
    permission, request, unseen = found.permission, found.request, found.told_unseen
    scope = found.scope if found.told_how == found.how else law.Scope.LIMITED
    return {
        "how": found.told_how,
        "on": found.on.isoformat(),
        "position": found.position,
        "horizon": None if unseen is None else unseen.horizon,
        "blind": [] if unseen is None else list(unseen.blind),
        "because": plain(_because(found, found.told_how)),
        "request": None if request is None else request.request,
        "requester": None if request is None else request.requester,
        "article": None if request is None else request.article,
        "receiver": None if permission is None else permission.receiver,
        "mandate_of": None if permission is None else permission.mandate_of,
        "purpose": None if permission is None else permission.purpose,
        "consent": None if found.asked is None else found.asked.request.consent,
        "scope": None if scope is None else scope.value,
        "hearings": msgspec.to_builtins(list(found.hearings)),
        "set": msgspec.to_builtins(found.set()),
        "unverified": found.unverified(),
        "notice": _notice(found),
        "receipts": list(found.receipts()),
    }


def for_the_operator(found: Answer) -> dict[str, Any]:
    """What stays here: how it is, what the register does not know of this person, the convictions that are withheld, each with the reason;
    what is not told; and how many persons there are.
    """
    return {
        "how": found.how,
        "because": plain(_because(found, found.how)),
        "horizon": None if found.answer is None else found.answer["horizon"],
        "blind": list(found.blind),
        "persons": found.persons,
        "missing": found.missing(),
        "wording": None if found.asked is None else plain(found.asked.wording.because.says),
        "withheld": [{"key": one.candidate.key, "because": plain(one.deciding.because.says)} for one in found.withheld],
    }


def _because(found: Answer, how: str) -> Words | None:
    return SAID.get(how) or (None if found.ground is None else found.ground.because.says)


def _notice(found: Answer) -> dict[str, str] | None:
    """What is said where values that are not quoted decided: of the ground, and of the convictions that are disclosed."""
    documents = [result.document for result in found.decided()]
    values = {(one["name"], one["certainty"]) for document in documents for one in document["unverified"]}
    said = notice(sorted(values))
    return None if said is None else said._asdict()
