"""What reads differently by now as the page shows it: both versions side by side, and of each only what differs.

Of who somebody is the page tells no more than that it differs: the person's own page tells that to whoever asks.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hervat.consumers.certificates.again import Entry, Reopened
from hervat.consumers.disclosure.desk import Work
from hervat.doors.pages.said import said
from hervat.doors.pages.wording import Wording

_NUMBERED = ("charge", "judgment", "order")
_ONLY_THAT = ("identity", "contradiction")
_LEFT_OUT = ("message", "prosecution_number", "key", *_NUMBERED)
Fact = dict[str, Any]


def reopened(one: Reopened, words: Wording) -> dict[str, Any]:
    """A decision on a certificate that would be proposed otherwise now."""
    difference, decided = one.difference, one.decided
    before, now = ({about: _counted(entry, words) for entry in entries for about in entry[:1]} for entries in (one.before, one.now))
    return {
        "form": f"certificate-{difference.application}",
        "place": difference.application,
        "number": one.number,
        "told_at": one.told_at,
        "decision": difference.decision,
        "outcome": decided.outcome,
        "decided_on": decided.on.isoformat(),
        "decided_blind": decided.decided_blind,
        "rule": decided.rule,
        "vulnerable": one.vulnerable,
        "rows": [
            _row(words("certificates.proposal"), words.term("proposals", difference.before), words.term("proposals", difference.now)),
            *_asked(one, words),
            *(_row(about, before.get(about, ""), now.get(about, "")) for about in dict.fromkeys([*before, *now])),
        ],
    }


def _asked(one: Reopened, words: Wording) -> Iterator[dict[str, Any]]:
    """What was asked for, and of whom, where that is another now; and the day as of which is compared, where that is not its own."""
    yield from _written(one.difference.as_of, words)
    if one.asked_before != one.asked_now:
        yield _row(words("certificates.purposes"), ", ".join(one.asked_before), ", ".join(one.asked_now))
    if one.of_another:
        yield _row(words("again.bsn"), words("again.another"), words("again.this"))


def _written(as_of: date | None, words: Wording) -> Iterator[dict[str, Any]]:
    if as_of is not None:
        yield _row(words("again.as_of"), "", as_of.isoformat())


def _counted(entry: Entry, words: Wording) -> str:
    _, counts, outcome, group = entry
    told = words("site.unsaid") if outcome == "not told" else words.term("ends", outcome)
    # An entry that does not count and is listed weighs in.
    return "; ".join((words.term("counting", "older" if counts == "no" else counts), told, words.term("groups", group)))


def _row(name: str, before: str, now: str) -> dict[str, Any]:
    return {"name": name, "cells": (before, now), "differs": before != now}


def disclosed(one: Work, row_id: str, words: Wording) -> dict[str, Any]:
    """An answer that was handed out and reads differently now."""
    told, now = one.difference, one.now
    differs = one.differs()
    how = [words.term("answered", version.how) for version in (one.before, now)]
    return {
        "form": f"disclosure-{told.request}",
        "request": told.request,
        "id": row_id,
        "told_at": one.told_at,
        "given_at": told.disclosed,
        "given_on": one.given.on.isoformat(),
        "article": one.given.article,
        "receiver": None if now.permission is None else now.permission.receiver,
        "to": told.to,
        "hearing_on": None if one.hearing_on is None else one.hearing_on.isoformat(),
        "custody": one.custody,
        "rows": [_row(words("again.answer"), *how), *_written(told.as_of, words), *_facts(differs["gone"], differs["came"], words)],
    }


def _facts(gone: Sequence[Fact], came: Sequence[Fact], words: Wording) -> Iterator[dict[str, Any]]:
    """A row for each thing that differs in a fact that both versions have, and one for each fact that only one has."""
    before, now = ({_key(fact): fact for fact in facts} for facts in (gone, came))
    for key in dict.fromkeys([*before, *now]):
        label, sort = " ".join(filter(None, (words.term("facts", key[0]), *key[1:]))), key[0]
        if sort in _ONLY_THAT:
            told = [words("again.there") if key in version else "" for version in (before, now)]
            yield {"name": label, "cells": tuple(told), "differs": True}
            continue
        lines = [_lines(version[key], sort, words) if key in version else None for version in (before, now)]
        if lines[0] is None or lines[1] is None:
            told = ["" if one is None else "; ".join(f"{name}: {text}" for name, text in one.items()) for one in lines]
            yield _row(label, *told)
            continue
        then, since = lines[0], lines[1]
        for name in dict.fromkeys([*then, *since]):
            if then.get(name) != since.get(name):
                yield _row(f"{label}: {name}", then.get(name, ""), since.get(name, ""))


def _key(fact: Fact) -> tuple[str, ...]:
    """What a fact is about: its sort, and which one of these."""
    if "key" in fact:
        return ("conviction", str(fact["key"]))
    sort = next(name for name in fact if name not in ("skn", "prosecution_number"))
    about = fact[sort]
    match sort:
        case "charge" | "judgment" | "order":
            return (sort, str(about[sort]), fact["prosecution_number"])
        case "case":
            return (sort, about["prosecution_number"])
        case "foreign_conviction":
            return (sort, f"{about['member_state']}/{about['reference']}")
        case "identity":
            return (sort, str(about["set"]))
        case _:
            return (sort,)


def _conviction(fact: Fact) -> Fact:
    """A conviction of a limited set, with what it says of its charge among the rest."""
    parts = [fact[name] for name in ("charge", "foreign_conviction") if isinstance(fact.get(name), dict)]
    return {name: value for part in (*parts, fact) for name, value in part.items() if name != "foreign_conviction"}


def _lines(fact: Fact, sort: str, words: Wording) -> dict[str, str]:
    about = _conviction(fact) if sort == "conviction" else fact[sort]
    if not isinstance(about, dict):
        return {words.term("facts", sort): str(about)}
    told = said({name: value for name, value in about.items() if name not in _LEFT_OUT}, words)
    return {name: text for name, text in told.items() if text}
