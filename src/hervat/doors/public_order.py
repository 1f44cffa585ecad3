"""The commands `assess immigration` and `assess naturalisation`: what the law says of a person's record, step by step.

The horizon comes first, and the receipt last, as hervat law replay takes it. Where blindness alone keeps an answer from being said, the
interim rule that is open is shown, with what the answer would be on what is known.

Without a rule for the ground of residence, what the register may disclose of the person is shown instead. Exit status 1 is for a person
whom the register does not know: unknown is not clean.
"""

from argparse import Namespace
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.consumers.blind import blind
from hervat.consumers.immigration.recorded import known
from hervat.consumers.ruling import rules_at
from hervat.doors import words
from hervat.doors.asking import asked_when, day, position_of
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.interim import InterimRule, Question
from hervat.law.immigration.facts import GROUNDS, KINDS_OF_DECISION, Application, Residence
from hervat.law.immigration.naturalisation import NATURALISATION
from hervat.law.immigration.sliding_scale import SLIDING_SCALE, NoRule
from hervat.law.rule import Facts, Horizon, Result, Rule
from hervat.law.value import Outcome, plain

# What the police reported directly was given for another purpose, and is never seen here.
PURPOSE = "public-order"
_QUESTIONS = {SLIDING_SCALE.name: "immigration", NATURALISATION.name: "naturalisation"}

_SAID = {
    "en": {
        "text": "text of {}, {}",
        "until": "complete until {}",
        "silent": "does not say up to when it is complete",
        "blind": "blind: {}",
        "answer": "answer: {}: {}",
        "changes": "to be asked again on {}",
        "missing": "not told: {}",
        "known": "on what is known it would be: {}",
        "no rule": "no interim rule is open for it",
        "rule": "interim rule {} of {}: {} {} (until {})",
        "no end": "no end that is known",
        "disclosure": "what the register may disclose of the person:",
        "receipt": "receipt, for hervat law replay:",
        "decides": "This proposes; a person decides.",
        "horizon": "{} at position {}, for a decision on {}",
        "unknown": "{}: unknown here. Unknown is not clean.",
    },
    "nl": {
        "text": "tekst van {}, {}",
        "until": "volledig tot {}",
        "silent": "zegt niet tot wanneer zij volledig is",
        "blind": "blind: {}",
        "answer": "antwoord: {}: {}",
        "changes": "opnieuw te vragen op {}",
        "missing": "niet bekend: {}",
        "known": "op wat bekend is, zou het zijn: {}",
        "no rule": "er is geen tussentijdse regel voor open",
        "rule": "tussentijdse regel {} van {}: {} {} (tot en met {})",
        "no end": "een einde dat nog niet bekend is",
        "disclosure": "wat het register over de persoon mag verstrekken:",
        "receipt": "bewijs, voor hervat law replay:",
        "decides": "Dit is een voorstel; een mens beslist.",
        "horizon": "{} op positie {}, voor een beslissing op {}",
        "unknown": "{}: hier onbekend. Onbekend is niet schoon.",
    },
}
_OUTCOMES = {"en": {"yes": "yes", "no": "no", "cannot-say": "cannot say"}, "nl": {"yes": "ja", "no": "nee", "cannot-say": "niet te zeggen"}}

_HOLDS = {"en": {True: "yes", False: "no", None: "cannot say"}, "nl": {True: "ja", False: "nee", None: "niet te zeggen"}}


class Assessed(Struct, frozen=True, kw_only=True):
    """An assessment: what was answered about the person, where the register is blind, and what the rule says (None: unknown person);
    where blindness alone keeps it from being said, what it would be on what is known, and the interim rule that is open for it.
    """

    answer: dict[str, Any]
    on: date
    blind: tuple[str, ...]
    rule: Rule[Any]
    result: Result[Any] | None
    on_known: Result[Any] | None = None
    interim: InterimRule | None = None

    @property
    def text_of(self) -> date:
        """The first day of decision for which the text that holds does so."""
        reaches = (held.reach.decided for held in self.rule.text.versions.values)
        return next(reach.edges[0] for reach in reaches if self.on in reach)


def immigration(arguments: Namespace) -> int:
    """The sliding scale, or that there is no rule here. Raises Usage for a ground, a kind of decision or a day that cannot be."""
    _ensure_one_of("--ground", arguments.ground, GROUNDS)
    _ensure_one_of("--decision", arguments.decision, KINDS_OF_DECISION)
    since = None if arguments.since is None else day("--since", arguments.since)
    on = _on(arguments)
    if since is not None and since > on:
        raise Usage(f"--since {since} lies after the day of the decision, {on}")
    residence = Residence(ground=arguments.ground, decision=arguments.decision, since=since)
    return _show(_assessed(arguments, SLIDING_SCALE, residence.facts(), on), arguments)


def naturalisation(arguments: Namespace) -> int:
    """Whether public order stands in the way. Raises Usage for a day that cannot be."""
    applied, on = day("--applied", arguments.applied), _on(arguments)
    if applied > on:
        raise Usage(f"--applied {applied} lies after the day of the decision, {on}")
    return _show(_assessed(arguments, NATURALISATION, Application(applied_on=applied).facts(), on), arguments)


def _ensure_one_of(flag: str, given: str, names: Collection[str]) -> None:
    if given not in names:
        raise Usage(f"{flag} {given} is not known; it is one of {', '.join(names)}")


def _on(arguments: Namespace) -> date:
    return legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)


def _ensure_text(rule: Rule[Any], on: date) -> None:
    """Raises Usage where no text of a rule holds for a decision on a day."""
    reaches = [held.reach.decided for held in rule.text.versions.values]
    if not any(on in reach for reach in reaches):
        first = min(reach.edges[0] for reach in reaches)
        raise Usage(f"no text of {rule.name} is here for a decision on {on}; the first is of {first}")


def _assessed(arguments: Namespace, rule: Rule[Any], told: Facts, on: date) -> Assessed:
    _ensure_text(rule, on)
    when = asked_when(arguments)
    with Node.opened(arguments.store) as node:
        return assessed(node, arguments.skn, rule, told, on, position_of(node, when))


def assessed(node: Node, skn: str, rule: Rule[Any], told: Facts, on: date, position: int | None = None) -> Assessed:
    """What a rule says of a person as known at a position, or at the head, with what whoever asks has told."""
    person, answer = node.record(skn, valid_on=on, position=position, purpose=PURPOSE)
    unsettled = node.past.unsettled(answer["horizon"]["sources"], answer["position"], answer["skns"])
    unseen = blind(answer, unsettled, node.roster().at(answer["position"]), on)
    if person is None:
        return Assessed(answer=answer, on=on, blind=unseen, rule=rule, result=None)

    def applied(sources: tuple[str, ...]) -> Result[Any]:
        facts = known(person, lambda named: node.message(named.source, named.id).position, sources)
        return rule.apply({**told, **facts.facts()}, on=on, horizon=_horizon(answer))

    result, on_known, interim = applied(unseen), None, None
    if unseen and result.outcome is Outcome.CANNOT_SAY and (found := applied(())).outcome is not Outcome.CANNOT_SAY:
        on_known = found
        interim = rules_at(node.store, node.keys, answer["position"]).on(Question((_QUESTIONS[rule.name],)), on)
    return Assessed(answer=answer, on=on, blind=unseen, rule=rule, result=result, on_known=on_known, interim=interim)


def _horizon(answer: dict[str, Any]) -> Horizon:
    until = {row["source"]: row["complete_until"] for row in answer["horizon"]["sources"]}
    return Horizon(position=answer["position"], complete_until=until, support_lost=answer["horizon"]["support_lost"])


def _show(assessed: Assessed, arguments: Namespace) -> int:
    show(words.as_document(_document(assessed)) if arguments.json else words.lines(_in_words(assessed, arguments.lang)))
    return 0 if assessed.result is not None else 1


def _document(assessed: Assessed) -> dict[str, Any]:
    answer, result = assessed.answer, assessed.result
    about = {
        "skn": answer["skn"],
        "known": answer["known"],
        "on": assessed.on.isoformat(),
        "position": answer["position"],
        "rule": assessed.rule.name,
        "text_of": assessed.text_of.isoformat(),
        "blind": list(assessed.blind),
        "horizon": answer["horizon"],
    }
    if result is None:
        return about
    return about | {
        "outcome": result.outcome.value,
        "because": plain(result.because),
        "working": plain(result.value),
        "missing": list(result.missing),
        "unverified": list(result.unverified),
        "notice": result.document["notice"],
        "changes_on": plain(result.changes_on),
        "disclosure": _disclosure(answer) if isinstance(result.value, NoRule) else None,
        "on_known": None if assessed.on_known is None else assessed.on_known.outcome.value,
        "interim": None if assessed.interim is None else msgspec.to_builtins(assessed.interim),
        "receipt": result.receipt().decode(),
    }


def _on_known(assessed: Assessed, language: str) -> Iterator[str]:
    said, rule = _SAID[language], assessed.interim
    if assessed.on_known is not None:
        yield said["known"].format(_OUTCOMES[language][assessed.on_known.outcome.value])
        if rule is None:
            yield said["no rule"]
        else:
            yield said["rule"].format(rule.name, rule.authority, rule.does, rule.ask or "", rule.until or said["no end"]).replace("  ", " ")


def _disclosure(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("cases", "foreign_convictions")}


def _in_words(assessed: Assessed, language: str) -> Iterator[str]:
    said, answer, result = _SAID[language], assessed.answer, assessed.result
    yield said["horizon"].format(assessed.rule.name, answer["position"], assessed.on)
    yield said["text"].format(assessed.text_of, assessed.rule.text.article)
    for row in answer["horizon"]["sources"]:
        until = row["complete_until"]
        yield f"  {words.short(row['source'])}: {said['silent'] if until is None else said['until'].format(until)}"
    if assessed.blind:
        yield said["blind"].format(", ".join(map(words.short, assessed.blind)))
    if result is None:
        yield said["unknown"].format(answer["skn"])
        return
    for step in result.because.steps:
        yield f"- {getattr(step.says, language)} [{_HOLDS[language][step.holds]}]"
    yield said["answer"].format(_OUTCOMES[language][result.outcome.value], getattr(result.because.says, language))
    yield from _on_known(assessed, language)
    if result.missing:
        yield said["missing"].format(", ".join(result.missing))
    if result.document["notice"] is not None:
        yield result.document["notice"][language]
    if result.changes_on is not None:
        yield said["changes"].format(result.changes_on)
    if isinstance(result.value, NoRule):
        yield said["disclosure"]
        yield from words.person(answer | {"emergency_reports": []})
    yield said["decides"]
    yield said["receipt"]
    yield result.receipt().decode()
