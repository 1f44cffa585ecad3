"""The question about a person as it comes from the form: read with care, and told back what is wrong with it, field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hervat.clock import AMSTERDAM, parse_rfc3339

FIELDS = ("skn", "purpose", "valid_on", "known_at", "position")
_SKN = re.compile(r"[0-9A-Za-z-]{1,32}")
_PURPOSE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_POSITION = re.compile(r"[0-9]{1,15}")


@dataclass(slots=True)
class Question:
    """What was filled in, what it means, and the name of the text that says what is wrong with each field that is."""

    filled: dict[str, str]
    valid_on: date | None = None
    known_at: datetime | None = None
    position: int | None = None
    faults: dict[str, str] = field(default_factory=dict)


EMPTY = Question(dict.fromkeys(FIELDS, ""))


def is_skn(text: str) -> bool:
    """Whether a text can be an SKN."""
    return _SKN.fullmatch(text) is not None


def read_question(form: Mapping[str, str]) -> Question:
    """Read the form; what is not a field of it is left alone."""
    question = Question({name: form.get(name, "").strip() for name in FIELDS})
    filled = question.filled
    if not is_skn(filled["skn"]):
        question.faults["skn"] = "person.no_skn"
    if filled["purpose"] and not _PURPOSE.fullmatch(filled["purpose"]):
        question.faults["purpose"] = "person.bad_purpose"
    if filled["valid_on"]:
        try:
            question.valid_on = date.fromisoformat(filled["valid_on"])
        except ValueError:
            question.faults["valid_on"] = "person.bad_day"
    if filled["known_at"]:
        question.known_at = moment_of(filled["known_at"])
        if question.known_at is None:
            question.faults["known_at"] = "person.bad_moment"
    if filled["position"]:
        if _POSITION.fullmatch(filled["position"]):
            question.position = int(filled["position"])
        else:
            question.faults["position"] = "person.bad_position"
    if filled["known_at"] and filled["position"]:
        question.faults.setdefault("position", "person.both")
    return question


def moment_of(text: str) -> datetime | None:
    """A moment with a zone, or one on the clock in Amsterdam; a minute is meant whole, so up to its end."""
    try:
        return parse_rfc3339(text)
    except ValueError:
        pass
    try:
        moment = datetime.strptime(text.replace("T", " "), "%Y-%m-%d %H:%M").replace(tzinfo=AMSTERDAM)
    except ValueError:
        return None
    return moment.replace(second=59, microsecond=999_999) if 1 < moment.year < 9999 else None
