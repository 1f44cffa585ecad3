"""What a gate lacks, or a step comes to next: a code with its values, and the sentence for it in each language that people read.

The code and its values are what is kept and handed on. A sentence of the journal, or of JSON, is the English one.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct


class Lack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is lacking, by its code in `SENTENCES`, and the values that its sentence has: numbers, positions, ids, moments in RFC 3339, and
    under `who` those who did not sign, each with `role` and `oin`.
    """

    code: str
    values: dict[str, Any]


def lack(code: str, **values: Any) -> Lack:
    """What is lacking, with its values."""
    return Lack(code=code, values=values)


SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "stock-not-counted": "the source has not counted its stock; that nothing lies there must be said as well",
        "stock-left:one": "1 decision that the source counted is no message yet",
        "stock-left": "{n} decisions that the source counted are no messages yet",
        "no-watermark": "the source has sent no watermark; it says up to where it sent everything",
        "watermark-differs": "the watermark at position {position} is not what is here",
        "watermark-ahead": "the watermark at position {position} claims {through}, and {here} are here without a gap",
        "no-statement": "no statement of the partner about this feed was handed in; hervat restart check --statement FILE",
        "statement-differs": "what the partner signed that it sent (position {position}) is not what is here",
        "statement-revoked": "the key {key} under the statement (position {position}) is revoked; the partner signs anew",
        "statement-behind": "the statement is of 1 to {through}, and the watermark of 1 to {claimed}",
        "quarantined:one": "1 message of the partner lies in quarantine; two people let it through, or not",
        "quarantined": "{n} messages of the partner lie in quarantine; two people let them through, or not",
        "check-not-done": "the check {step} is not done; hervat restart done {step} says so, with its evidence",
        "old-key": "the key {key} of the partner is of before its isolation and still counts; revoke it",
        "not-approved": "not approved yet by {who}",
        "not-rehearsed": "no exercise of this very plan within {hours} hours: none that came through was handed in; "
        "hervat restart exercise PLAN makes one",
        "rehearsed-too-long-ago": "no exercise of this very plan within {hours} hours: the last that came through is too old; "
        "hervat restart exercise PLAN makes one",
        "held-for-it:one": "1 message, at position {first}, is held for what an open link should have given; hervat held shows it",
        "held-for-it": "{n} messages, the first at position {first}, are held for what an open link should have given; "
        "hervat held shows them",
        "more-held-for-it": "more than {n} messages, the first at position {first}, are held for what an open link should have given; "
        "hervat held shows them",
        "more-than-looked-at": "of more than {looked} messages that may be held for what an open link should have given the oldest "
        "{looked} were looked at, and {n} are; hervat held shows them, and two people may let this be",
        "nothing-let-through": "nothing of the link is let through yet",
        "soaking": "not long enough since it was let through: until {until}",
        "soaking-again": "not long enough since position {position}, where something was refused or in conflict: until {until}",
        "to-be-looked-at": "passed by what is known now; hervat restart check says so",
        "waits": "waits for {steps}",
        "two-people": "two people let it go on (hervat restart done)",
        "next-gate": "its next gate is {gate}",
        "moves-on": "hervat restart check moves it on",
    },
    "nl": {
        "stock-not-counted": "de bron heeft haar voorraad niet geteld; ook dat er niets ligt moet worden gezegd",
        "stock-left:one": "1 beslissing die de bron telde is nog geen bericht",
        "stock-left": "{n} beslissingen die de bron telde zijn nog geen bericht",
        "no-watermark": "de bron heeft geen watermerk gestuurd; dat zegt tot waar zij alles stuurde",
        "watermark-differs": "het watermerk op positie {position} is niet wat hier is",
        "watermark-ahead": "het watermerk op positie {position} noemt {through}, en hier zijn er {here} zonder gat",
        "no-statement": "er is geen opgave van de partner over deze stroom ingeleverd; hervat restart check --statement BESTAND",
        "statement-differs": "wat de partner tekende dat hij stuurde (positie {position}) is niet wat hier is",
        "statement-revoked": "de sleutel {key} onder de opgave (positie {position}) is ingetrokken; de partner ondertekent opnieuw",
        "statement-behind": "de opgave gaat over 1 tot en met {through}, en het watermerk over 1 tot en met {claimed}",
        "quarantined:one": "1 bericht van de partner ligt in quarantaine; twee mensen laten het door, of niet",
        "quarantined": "{n} berichten van de partner liggen in quarantaine; twee mensen laten ze door, of niet",
        "check-not-done": "de controle {step} is niet gedaan; hervat restart done {step} zegt dat, met het bewijs",
        "old-key": "de sleutel {key} van de partner is van voor zijn afzondering en geldt nog; trek die in",
        "not-approved": "nog niet goedgekeurd door {who}",
        "not-rehearsed": "geen oefening van precies dit plan binnen {hours} uur: er is geen geslaagde ingeleverd; "
        "hervat restart exercise PLAN maakt er een",
        "rehearsed-too-long-ago": "geen oefening van precies dit plan binnen {hours} uur: de laatste geslaagde is te oud; "
        "hervat restart exercise PLAN maakt er een",
        "held-for-it:one": "1 bericht, op positie {first}, is aangehouden om wat een open koppeling had moeten geven; "
        "hervat held toont het",
        "held-for-it": "{n} berichten, het eerste op positie {first}, zijn aangehouden om wat een open koppeling had moeten geven; "
        "hervat held toont ze",
        "more-held-for-it": "meer dan {n} berichten, het eerste op positie {first}, zijn aangehouden om wat een open koppeling had moeten "
        "geven; hervat held toont ze",
        "more-than-looked-at": "van meer dan {looked} berichten die misschien zijn aangehouden om wat een open koppeling had moeten "
        "geven zijn de oudste {looked} bekeken, en {n} zijn dat; hervat held toont ze, en twee mensen kunnen dit laten rusten",
        "nothing-let-through": "van de koppeling is nog niets doorgelaten",
        "soaking": "nog niet lang genoeg sinds zij werd opengezet: tot {until}",
        "soaking-again": "nog niet lang genoeg sinds positie {position}, waar iets werd geweigerd of botste: tot {until}",
        "to-be-looked-at": "gepasseerd naar wat nu bekend is; hervat restart check legt dat vast",
        "waits": "wacht op {steps}",
        "two-people": "twee mensen laten haar verdergaan (hervat restart done)",
        "next-gate": "haar volgende poort is {gate}",
        "moves-on": "hervat restart check brengt haar verder",
    },
}
"""The sentence of each code; with `:one` behind it, where `n` is one."""
_OF = {"en": "{role} of {oin}", "nl": "{role} van {oin}"}
_MOMENTS = ("until",)


def sentence(one: Lack, language: str = "en", moment: Callable[[str], str] = str, name: Callable[[str], str] = str) -> str:
    """What is lacking, in words; `moment` writes a moment, `name` an organisation."""
    written = {key: _written(key, value, language, moment, name) for key, value in one.values.items()}
    sentences = SENTENCES[language]
    return sentences.get(f"{one.code}:one" if one.values.get("n") == 1 else one.code, sentences[one.code]).format(**written)


def _written(key: str, value: Any, language: str, moment: Callable[[str], str], name: Callable[[str], str]) -> Any:
    if key == "who":
        return ", ".join(_OF[language].format(role=who["role"], oin=name(who["oin"] or "")) for who in value)
    if key == "steps":
        return ", ".join(value)
    return moment(value) if key in _MOMENTS else value
