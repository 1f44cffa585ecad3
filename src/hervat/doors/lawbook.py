"""The commands on the law: `law list`, `law show`, `law gaps` and `law replay`. What they print is made from the rules themselves."""

import json
from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from hervat.assemble import Node
from hervat.doors import words
from hervat.doors.asking import day
from hervat.errors import Usage
from hervat.journal.store import WHOLE, Row
from hervat.law.book import RULES, replay, rule_named
from hervat.law.dated import Span
from hervat.law.gaps import Gap, exists, gaps
from hervat.law.receipt import reach_of
from hervat.law.rule import Input, Origin, Rule
from hervat.law.text import Parameter
from hervat.law.value import Certainty

_ORIGINS = {
    Origin.ACT: "an act in the journal",
    Origin.JOURNAL: "the journal itself",
    Origin.ASKED: "whoever asks",
    Origin.RULE: "another rule, by its answer",
}


def list_rules(arguments: Namespace) -> int:
    """Every rule, with its article."""
    rules = [whole(rule, None) for rule in RULES.values()]
    if arguments.json:
        print(words.as_document([{key: rule[key] for key in ("name", "article", "certainty", "title", "versions")} for rule in rules]))
    else:
        print(words.table(("rule", "article", "what it answers"), ((r["name"], r["article"], r["title"]["en"]) for r in rules)))
    return 0


def show_rule(arguments: Namespace) -> int:
    """One rule: its text, explanation, inputs, and values."""
    rule = rule_named(arguments.rule)
    on = None if arguments.on is None else day("--on", arguments.on)
    print(words.as_document(whole(rule, on)) if arguments.json else "\n".join(shown(rule, on)))
    return 0


def list_gaps(arguments: Namespace) -> int:
    """The inputs that no message can tell yet."""
    found = gaps()
    if arguments.json:
        print(words.as_document([gap_told(gap) for gap in found]))
    else:
        print("\n".join(_gap_in_words(gap) for gap in found) or "a message can tell every input of every rule")
    return 0


def replay_receipt(arguments: Namespace) -> int:
    """Whether a receipt, computed again, is the same; 1 where it is not."""
    path = Path(arguments.receipt)
    try:
        given = path.read_bytes().removesuffix(b"\n")
    except OSError as fault:
        raise Usage(f"{path}: {fault.strerror}; give the file of a receipt") from fault
    try:
        again = replay(given)
    except Usage as fault:
        raise Usage(f"{path}: {fault}") from fault
    same, gone = again == given, _gone(arguments.store, json.loads(given)) if arguments.facts else None
    if arguments.json:
        print(words.as_document({"same": same, "again": again.decode()} | ({} if gone is None else {"gone": gone})))
    else:
        print("the same, byte for byte" if same else f"not the same; computed again it is\n{again.decode()}")
        for one in gone or ():
            print(f"{one['fact']} (position {one['position']}): {_BECAME[one['became']]}")
    return 0 if same else 1


_BECAME = {
    "erased": "its entry was erased; the receipt alone still tells it",
    "erased-in-part": "a part of its entry was erased; the receipt may be all that still tells it",
    "not-here": "no message lies there in this journal; is it the receipt of another node?",
}


def _gone(store: str, receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts of a receipt whose entry was erased, or is none of this journal; each with the position."""
    told = [(fact["name"], at) for fact in receipt["facts"] for at in sorted(set(_positions(fact)))]
    with Node.opened(store) as node:
        rows = node.store.rows_at({at for _, at in told})
    return [{"fact": name, "position": at, "became": became} for name, at in told if (became := _became(rows.get(at))) is not None]


def _positions(told: Any) -> Iterator[int]:
    """Every position in a fact: its own, and those of what it lists."""
    if isinstance(told, dict):
        at = told.get("position")
        yield from [at] if isinstance(at, int) else []
        yield from (one for value in told.values() for one in _positions(value))
    elif isinstance(told, list):
        yield from (one for value in told for one in _positions(value))


def _became(row: Row | None) -> str | None:
    if row is None:
        return "not-here"
    return None if not row.erased else "erased" if row.erased >= WHOLE else "erased-in-part"


def whole(rule: Rule[Any], on: date | None) -> dict[str, Any]:
    """All of a rule as JSON has it; with a day, only the versions and values that hold for decisions on it."""
    text = rule.text
    return {
        "name": rule.name,
        "article": text.article,
        "certainty": text.certainty.value,
        "source": text.source,
        "title": text.title._asdict(),
        "explanation": text.explanation._asdict(),
        "versions": [{"version": held.value, **reach_of(held.reach)} for held in text.versions.values if _holds(held.reach.decided, on)],
        "inputs": [_input(one) for one in rule.inputs],
        "parameters": [_parameter(name, one, on) for name, one in text.parameters.items()],
    }


def _input(one: Input[Any]) -> dict[str, Any]:
    told_in = [place for place in one.told_in if exists(place)]
    return {"name": one.name, "sort": one.sort.name, "what": one.words._asdict(), "origin": one.origin.value, "told_in": told_in}


def _parameter(name: str, one: Parameter, on: date | None) -> dict[str, Any]:
    values = [
        {"value": held.value.json, "certainty": held.value.certainty.value, "source": held.value.source, **reach_of(held.reach)}
        for held in one.values.values
        if _holds(held.reach.decided, on)
    ]
    return {"name": name, "about": one.about._asdict(), "values": values}


def gap_told(gap: Gap) -> dict[str, Any]:
    """An input that no message can tell, as JSON has it."""
    return {
        "input": gap.input.name,
        "what": gap.input.words._asdict(),
        "rules": list(gap.rules),
        "would_be_told_in": list(gap.input.told_in),
    }


def _gap_in_words(gap: Gap) -> str:
    return f"{gap.input.name}: {gap.input.words.en}; asked by {', '.join(gap.rules)}, told by no message. What turns on it is cannot-say."


def _holds(decided: Span, on: date | None) -> bool:
    return on is None or on in decided


def shown(rule: Rule[Any], on: date | None) -> Iterator[str]:
    """A rule in Markdown, in both languages; with a day, only what holds for decisions on it."""
    as_json = whole(rule, on)
    yield f"# {rule.name}\n"
    yield f"{as_json['title']['en']} / *{as_json['title']['nl']}*\n"
    yield f"- Article: {as_json['article']}"
    yield f"- Certainty: {_certain(as_json)}"
    for version in as_json["versions"]:
        yield f"- Version {version['version']}: {_reach(version)}"
    if not as_json["versions"]:
        yield f"- No text of this rule holds for a decision on {on}."
    yield f"\n## What it says\n\n{as_json['explanation']['en']}\n\n*{as_json['explanation']['nl']}*\n"
    yield "## What it asks\n"
    for one in as_json["inputs"]:
        yield f"- `{one['name']}` ({one['sort']}): {one['what']['en']} / *{one['what']['nl']}*. Told by {_told_by(one)}."
    yield "\n## Its values"
    for parameter in as_json["parameters"]:
        yield f"\n### {parameter['name']}\n\n{parameter['about']['en']} / *{parameter['about']['nl']}*\n"
        for value in parameter["values"]:
            yield from _value(value)


def _value(value: dict[str, Any]) -> Iterator[str]:
    given = value["value"]
    if not isinstance(given, list) or not isinstance(given[0], dict):
        told = ", ".join(given) if isinstance(given, list) else str(given).lower() if isinstance(given, bool) else str(given)
        yield f"- **{told}**: {_reach(value)}; {_certain(value)}"
        return
    yield f"- {_reach(value)}; {_certain(value)}:"
    for one in given:
        sector = f"{one['sector']}: " if "sector" in one else ""
        yield f"  - {sector}**{one['what']['en']}** / *{one['what']['nl']}*; {one['article']}; {_certain(one)}"


def _certain(of: dict[str, Any]) -> str:
    certain = "quoted" if of["certainty"] == Certainty.QUOTED else f"unverified value ({of['certainty']})"
    return f"{certain}; {of['source']}"


def _told_by(one: dict[str, Any]) -> str:
    if one["origin"] != Origin.MESSAGE:
        return _ORIGINS[Origin(one["origin"])]
    return ", ".join(f"`{place}`" for place in one["told_in"]) or "no message yet: a gap"


def _reach(of: dict[str, Any]) -> str:
    return f"decisions {_span(of['decided'])}, facts {_span(of['facts'])}"


def _span(span: dict[str, str | None]) -> str:
    first, until = span["from"], span["until"]
    if first is None and until is None:
        return "of any day"
    if first is None:
        return f"of before {until}"
    return f"from {first}" if until is None else f"from {first} to before {until}"


def pages() -> dict[str, str]:
    """The pages of docs/law, by file name."""
    rows = [f"| [{name}]({name}.md) | {rule.text.article} | {rule.text.title.en} |" for name, rule in RULES.items()]
    open_ones = [f"- {_gap_in_words(gap)}" for gap in gaps()]
    index = [
        "# The law, rule by rule\n",
        "Made by `make law` from the rules themselves; a test says when it is stale. Why rules are built so: *Justified law* in the",
        "[decisions](../adr). A value that is not *quoted* is unverified: every decision that turns on it says so.\n",
        "| rule | article | what it answers |\n|---|---|---|",
        *rows,
        "\n## What no message can tell yet\n",
        *open_ones,
    ]
    texts = {f"{name}.md": "\n".join(shown(rule, None)) + "\n" for name, rule in RULES.items()}
    return {"README.md": "\n".join(index) + "\n", **texts}
