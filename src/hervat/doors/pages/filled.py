"""A form as it was filled in: kept as it was typed, with what is wrong in it field by field, and why the act was not done."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from hervat.doors.pages.acting import NotDone
from hervat.procedure import Word

_LONGEST = 1000
"""Characters of a text, as `message.Text` has it."""


@dataclass(slots=True)
class Filled:
    """`form` names the form on its page, `typed` is what stands in each field, `faults` has for each wrong field the name of a text;
    `places` has for some of those where in it, or why, as the error says it.
    """

    form: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    refused: NotDone | None = None
    places: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: str, given: Mapping[str, str], names: Iterable[str]) -> "Filled":
        """Read the fields of a form; what is not a field of it is left alone."""
        return cls(form, {name: given.get(name, "").strip() for name in names})

    def need(self, *names: str) -> None:
        """These may not be empty."""
        for name in names:
            if not self.typed[name]:
                self.faults.setdefault(name, "acts.empty")

    def among(self, name: str, choices: Collection[str]) -> None:
        """One of a set must be chosen."""
        if self.typed[name] not in choices:
            self.faults.setdefault(name, "acts.choose")

    def word(self, *names: str) -> None:
        """These must have the form of a name in acts."""
        for name in names:
            if not fits(self.typed[name], Word):
                self.faults.setdefault(name, "procedures.bad_word")

    def lines(self, name: str) -> tuple[str, ...]:
        """What stands in a field line by line, each once; what is empty is none."""
        return tuple(dict.fromkeys(filter(None, map(str.strip, self.typed[name].splitlines()))))

    def bearable(self, name: str, *texts: str) -> None:
        """What stands in a field, or each of the texts in it, may not be longer than a text in an act is."""
        if any(len(text) > _LONGEST for text in texts or (self.typed[name],)):
            self.faults.setdefault(name, "procedures.too_long")

    def day(self, name: str, today: date = date.max) -> date | None:
        """The day in a field; None where it is empty or wrong. Of an act it may not lie after `today`."""
        if not self.typed[name]:
            return None
        try:
            day = date.fromisoformat(self.typed[name])
        except ValueError:
            self.faults.setdefault(name, "acts.bad_day")
            return None
        if day > today:
            self.faults.setdefault(name, "acts.not_come")
        return day

    def fail(self, name: str, text: str, place: str) -> None:
        """A field is wrong, at a place in it or for a reason that the error names."""
        if name not in self.faults:
            self.faults[name], self.places[name] = text, place

    def refuse(self, refused: NotDone, fields: Mapping[str, tuple[str, str]]) -> None:
        """The act was not done; `fields` has, for each name that an error of the commands begins with, the field and a text."""
        self.refused = refused
        if refused.field in fields:
            field, text = fields[refused.field]
            self.faults.setdefault(field, text)

    def get(self, form: str, name: str, otherwise: Any = "") -> Any:
        """What was typed in a field of a form; something else where another form was sent."""
        return self.typed.get(name, otherwise) if form == self.form else otherwise

    def place(self, form: str, name: str) -> str:
        """Where in a field something is wrong, as the error says it; empty where that is not said."""
        return self.places.get(name, "") if form == self.form else ""

    def fault(self, form: str, name: str) -> str | None:
        """The name of the text that says what is wrong with a field."""
        return self.faults.get(name) if form == self.form else None


def fits(text: str, form: Any) -> bool:
    """Whether a text has the form that a sort of texts has in acts."""
    try:
        msgspec.convert(text, form)
    except msgspec.ValidationError:
        return False
    return True
