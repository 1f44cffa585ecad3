"""A person's record as the page shows it: the horizon in words first, then what is known, each with where it comes from."""

from collections.abc import Iterator
from typing import Any

from hervat.assemble import Node
from hervat.doors.pages.entries import positions_of
from hervat.doors.pages.givers import Givers
from hervat.doors.pages.held import keys_of, told_key
from hervat.doors.pages.process import line
from hervat.doors.pages.question import Question
from hervat.doors.pages.timeline import timeline
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short

_TURNS_OF_ORDER = (("opposed_on", "opposed"), ("withdrawn_on", "withdrawn"), ("final_on", "is_final"), ("executed_on", "executed"))
_MEASURES = ("years", "months", "weeks", "days", "hours")


def person_page(node: Node, question: Question, words: Wording) -> dict[str, Any]:
    """What the register answers to a question without faults."""
    position = question.position if question.known_at is None else node.position_at(question.known_at)
    # A page is asked with a purpose: without one it shows no reports by the police.
    skn, purpose = question.filled["skn"], question.filled["purpose"]
    answer, givers = node.person(skn, valid_on=question.valid_on, position=position, purpose=purpose), Givers(node)
    shown = {
        "asked": question.filled["skn"],
        "answer": answer,
        "horizon": list(_horizon(answer, question, node.position, words)),
        "sources": [_source(row, givers) for row in answer["horizon"]["sources"]],
        "held": [one | {"system": short(one["source"]), "waits": _waits(one, words, givers)} for one in answer["held"]],
        "command": _command(question),
    }
    if not answer["known"]:
        return shown
    return shown | {
        "identities": [identity(one, words) for one in answer["identities"]],
        "cases": [_case(case, words) for case in answer["cases"]],
        "foreign": [_foreign(one, words) for one in answer["foreign_convictions"]],
        "reports": [_report(one, words) for one in answer["emergency_reports"]],
        "timeline": timeline(answer, words),
        "entries": positions_of(node, set(_named(answer))),
    }


def _horizon(answer: dict[str, Any], question: Question, head: int, words: Wording) -> Iterator[dict[str, Any]]:
    """The horizon in sentences; the grave ones are marked."""
    found, last = answer["horizon"], answer["position"]
    yield _sentence(words("person.seen_now" if last == head else "person.seen_then", position=last, head=head))
    purpose = question.filled["purpose"]
    yield _sentence(words("person.for_purpose", purpose=purpose) if purpose else words("person.for_no_purpose"))
    if question.valid_on is not None:
        yield _sentence(words("person.valid_then", day=question.valid_on.isoformat()))
    yield from horizon_said(found, words)


def horizon_said(found: dict[str, Any], words: Wording) -> Iterator[dict[str, Any]]:
    """How far is known, in sentences: what sources say, what is held or missing, what was taken away."""
    sources = found["sources"]
    known = [row["complete_until"] for row in sources if row["complete_until"] is not None]
    if known:
        yield _sentence(words("person.complete", n=len(known), all=len(sources), until=words.moment(min(known))))
        if len(known) < len(sources):
            yield _sentence(words("person.silent", n=len(sources) - len(known)))
    else:
        yield _sentence(words("person.complete_none" if sources else "person.no_sources"))
    for name, text in (("held", "person.held_about"), ("unattributed", "person.unattributed")):
        if found[name]:
            yield _sentence(words(text, n=found[name]), grave=True)
    if found["support_lost"]:
        yield _sentence(words("person.support_lost"), grave=True)


def _sentence(text: str, *, grave: bool = False) -> dict[str, Any]:
    return {"text": text, "grave": grave}


def _command(question: Question) -> list[str]:
    """The words of the command that gives the same answer."""
    words = ["person", question.filled["skn"], "--purpose", question.filled["purpose"]]
    if question.valid_on is not None:
        words += ["--valid-on", question.valid_on.isoformat()]
    if question.known_at is not None:
        words += ["--known-at", question.known_at.isoformat()]
    if question.position is not None:
        words += ["--position", str(question.position)]
    return words


def _source(row: dict[str, Any], givers: Givers) -> dict[str, Any]:
    return row | {"partner": givers.sender(row["source"]), "system": short(row["source"])}


def _waits(told: dict[str, Any], words: Wording, givers: Givers) -> list[dict[str, str]]:
    return [told_key(key, words, givers) for key in keys_of(told)]


def identity(one: dict[str, Any], words: Wording) -> dict[str, Any]:
    """A set of identity as it is shown: the name in one line, the number of which only the end is."""
    names = (one.get("given_names"), one.get("prefix"), one["surname"])
    bsn = one.get("bsn")
    return one | {
        "name": " ".join(name for name in names if name),
        "born": one.get("birth", ""),
        "place": " ".join(filter(None, (one.get("birth_place"), one.get("birth_country")))),
        "nationality": ", ".join(one.get("nationalities", ())),
        "bsn": words("person.bsn_ends", end=bsn[-3:]) if bsn else "",
    }


def _case(case: dict[str, Any], words: Wording) -> dict[str, Any]:
    about = [words("person.registered", office=case["office"], day=case["registered_on"])]
    if case.get("police_report"):
        about.append(words("person.police_report", number=case["police_report"]))
    if case["joined_into"]:
        about.append(words("person.joined", pn=case["joined_into"]))
    return case | {
        "about": "; ".join(about),
        "charges": [_charge(one, words) for one in case["charges"]],
        "judgments": [_judgment(one, words) for one in case["judgments"]],
        "orders": [_order(one, words) for one in case["orders"]],
        "process": [{"line": line(one, words), "message": one["message"]} for one in case["process"]],
    }


def _charge(charge: dict[str, Any], words: Wording) -> dict[str, Any]:
    first, last = charge["period"]["from"], charge["period"]["to"]
    outcome = words.term("outcomes", charge["outcome"])
    return charge | {
        "period": first if first == last else words("person.to", first=first, last=last),
        "outcome": f"{outcome} ({words('person.code', code=charge['code'])})" if charge["code"] else outcome,
    }


def _judgment(one: dict[str, Any], words: Wording) -> dict[str, Any]:
    about = [words("person.number", number=one["judgment"]), words("person.instance", n=one["instance"])]
    if one.get("on_appeal_of"):
        about.append(words("person.on_appeal_of", judgment=one["on_appeal_of"]))
    about += [one[name] for name in ("appeal_number", "ecli") if one.get(name)]
    about.append(words("person.is_final", day=one["final_on"]) if one["final_on"] else words("person.is_not_final"))
    if one.get("annulled_on"):
        about.append(words("person.annulled_on", day=one["annulled_on"]))
    verdicts = [_verdict(verdict, words) for verdict in one["verdicts"]]
    return one | {
        "title": words("person.judgment", court=one["court"], day=one["given_on"]),
        "about": "; ".join(about),
        "lines": verdicts + [sentenced(it, words) for it in one["sentences"]] + [_appeal(it, words) for it in one["appeals"]],
    }


def _verdict(verdict: dict[str, Any], words: Wording) -> str:
    told = words("person.verdict", n=verdict["charge"], verdict=words.term("outcomes", verdict["verdict"]))
    return f"{told} ({verdict['label']})" if verdict.get("label") else told


def _appeal(appeal: dict[str, Any], words: Wording) -> str:
    remedy, by = words.term("remedies", appeal["remedy"]), words.term("parties", appeal["by"])
    told = words("person.appeal", remedy=remedy, by=by, day=appeal["lodged_on"])
    if appeal.get("withdrawn_on"):
        told += "; " + words("person.appeal_withdrawn", day=appeal["withdrawn_on"])
    return told[:1].upper() + told[1:]


def _order(order: dict[str, Any], words: Wording) -> dict[str, Any]:
    about = [words("person.of_charges", numbers=", ".join(map(str, order["charges"])))]
    about += [words(f"person.{text}", day=order[name]) for name, text in _TURNS_OF_ORDER if order.get(name)]
    return order | {
        "title": words("person.order", number=order["order"], day=order["issued_on"]),
        "about": "; ".join(about),
        "lines": [sentenced(one, words) for one in order["sentences"]],
    }


def sentenced(one: dict[str, Any], words: Wording) -> str:
    """A sentence in words, with how it was carried out."""
    parts = [" ".join(filter(None, (words.term("sentences", one["kind"]), measure(one, words))))]
    if one.get("conditional"):
        parts.append(words("person.conditional", what=measure(one["conditional"], words)))
        if one["conditional"].get("probation_years"):
            parts.append(words("person.probation", n=one["conditional"]["probation_years"]))
    parts += [words(f"person.{name}", day=one[f"{name}_on"]) for name in ("started", "ended") if one.get(f"{name}_on")]
    parts += [words("person.enforced", n=it["days"], day=it["decided_on"]) for it in one.get("enforced", ())]
    for it in one.get("remitted", ()):
        what = measure(it, words)
        told = words("person.remitted" if what else "person.remitted_all", what=what, day=it["decided_on"], decree=it["decree"])
        parts.append(told)
    return words("person.sentence", n=one["sentence"], what=", ".join(parts))


def measure(one: dict[str, Any], words: Wording) -> str:
    """How long or how much, in words; empty where nothing is said of it."""
    parts = [words(f"measures.{unit}", n=one[unit]) for unit in _MEASURES if one.get(unit)]
    if one.get("life"):
        parts.append(words("measures.life"))
    if one.get("amount_eur"):
        parts.append(words("measures.amount_eur", amount=_amount(one["amount_eur"], words)))
    return " ".join(parts)


def _amount(text: str, words: Wording) -> str:
    euros, _, cents = text.partition(".")
    return f"{words.number(int(euros))}{',' if words.language == 'nl' else '.'}{cents}"


def _foreign(one: dict[str, Any], words: Wording) -> dict[str, Any]:
    state, final = one["member_state"], one.get("final_on") or words("site.unsaid")
    offences = [_labelled(words("person.offence", ecris=it["ecris"]), it, words) for it in one["offences"]]
    sanctions = [_labelled(words("person.sanction", ecris=it["ecris"]), it, words) for it in one["sanctions"]]
    title = words("person.foreign_one", state=state, reference=one["reference"], day=one["decided_on"], final=final)
    return {"title": title, "lines": offences + sanctions}


def _labelled(told: str, one: dict[str, Any], words: Wording) -> str:
    more = ", ".join(filter(None, (one.get("label"), one.get("date"), measure(one, words))))
    told = f"{told}: {more}" if more else told
    return told[:1].upper() + told[1:]


def _report(one: dict[str, Any], words: Wording) -> dict[str, str]:
    category = words.term("categories", one["category"])
    title = words("person.emergency_one", number=one["police_report"], category=category, day=one["reported_on"])
    first, last = one["period"]["from"], one["period"]["to"]
    period = first if first == last else words("person.to", first=first, last=last)
    committed = f"{words('person.period').lower()} {period}"
    about = (one.get("article"), committed, words("person.emergency_on", authority=one["authority"]))
    return {"title": title, "about": "; ".join(filter(None, about))}


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """Every message that an answer names as where a value comes from."""
    if isinstance(value, dict):
        message = value.get("message")
        if isinstance(message, dict):
            yield message["source"], message["id"]
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)
