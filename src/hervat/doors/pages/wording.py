"""The words of the pages in one language, and how numbers, moments and ages are written in it.

- A text is named by its table and key: `affairs.title`. A table with `one` and `other` is chosen from by `n`.
- Numbers are written with the language's separator; moments in Amsterdam time, to the minute; days as they are.
- A term that the texts do not know (a new kind, a party) is shown as it came.
"""

import tomllib
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any

from hervat.clock import AMSTERDAM, parse_rfc3339

LANGUAGES = ("nl", "en")
_SEPARATOR = {"nl": ".", "en": ","}
_UNITS = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1)))


class Wording:
    """The texts of one language; calling it with a name gives the text, filled in."""

    def __init__(self, language: str, texts: dict[str, dict[str, Any]]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, text_name: str, **values: Any) -> str:
        table, _, key = text_name.partition(".")
        text = self._texts[table][key]
        if isinstance(text, dict):
            text = text["one" if values["n"] == 1 else "other"]
        written = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return str(text.format(**written))

    def term(self, table: str, name: str | None) -> str:
        """What the texts call something, or the thing itself."""
        return str(self._texts[table].get(name or "", name or ""))

    def number(self, value: int) -> str:
        """A whole number with its thousands set apart."""
        return f"{value:,}".replace(",", _SEPARATOR[self.language])

    def moment(self, text: str | None) -> str:
        """A moment (RFC 3339) in Amsterdam, to the minute; where there is none, that it is not said."""
        if text is None:
            return self("site.unsaid")
        return parse_rfc3339(text).astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M")

    def age(self, age: timedelta) -> str:
        """How long, in the largest unit of which there is one whole; at least a minute."""
        for unit, size in _UNITS:
            if age >= size:
                return self(f"ages.{unit}", n=age // size)
        return self("ages.minutes", n=1)


@cache
def wording(language: str) -> Wording:
    """The words of a language."""
    files = resources.files("hervat.doors.pages")
    texts = [files.joinpath(f"texts/{language}{part}.toml").read_text(encoding="utf-8") for part in ("", ".terms")]
    return Wording(language, tomllib.loads("\n".join(texts)))
