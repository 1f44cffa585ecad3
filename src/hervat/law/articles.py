"""Articles of statutes as charges name them, and lists of articles as rules use them.

- An article is the short name of a law, a number, and letters: `Sr 248a`. The name is one of `LAWS`, in letters of whatever size. A
  paragraph behind it (`lid 2`, `(2)`) says nothing here.
- A list has single articles and runs: `Sr 240b-250`, both included. `Sr 250a` lies after `Sr 250`, outside that run.
- What cannot be read as one article (`Sr 45 jo 287`, or `WvSr 242`, whose law has another name here) is no member of any list and is not
  taken for a stranger either: it is not read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from hervat.law.value import TEXTS, Sort

LAWS = ("AWR", "Opiumwet", "Opw", "RVV", "Sr", "Sv", "WED", "WVW", "WWM")
"""The short names of laws that are known here. Chosen here: with another name nobody can tell whether it is a law that a list names."""
_LAWS = {name.lower(): name for name in LAWS}
_ARTICLE = re.compile(r"(?P<law>[A-Za-z]+) (?P<number>[0-9]{1,4})(?P<letters>[a-z]{0,12})(?: lid [0-9]+[a-z]*|\([0-9]+\))?")
_RUN = re.compile(r"(?P<law>[A-Z][A-Za-z]*) (?P<first>[0-9]+[a-z]*)-(?P<last>[0-9]+[a-z]*)")


class Article(NamedTuple):
    """Law, number and letters; compares in the order of the law."""

    law: str
    number: int
    letters: str


def article(text: str) -> Article | None:
    """The article that a text names; None where it cannot be read as one."""
    found = _ARTICLE.fullmatch(text)
    law = None if found is None else _LAWS.get(found["law"].lower())
    return None if found is None or law is None else Article(law, int(found["number"]), found["letters"])


@dataclass(frozen=True, slots=True)
class Articles:
    """A list of articles: the first and last of every run."""

    runs: tuple[tuple[Article, Article], ...]

    def __contains__(self, one: Article) -> bool:
        return any(first <= one <= last for first, last in self.runs)


def _read(given: Any) -> Articles:
    return Articles(tuple(map(_run, TEXTS.read(given))))


def _run(text: str) -> tuple[Article, Article]:
    run = _RUN.fullmatch(text)
    first, last = (article(text),) * 2 if run is None else (article(f"{run['law']} {run[end]}") for end in ("first", "last"))
    if first is None or last is None or last < first:
        raise ValueError(f"{text!r} is no article and no run of articles, such as Sr 248a or Sr 240b-250")
    return first, last


def _written(articles: Articles) -> Iterable[str]:
    for first, last in articles.runs:
        begins, ends = (f"{one.number}{one.letters}" for one in (first, last))
        yield f"{first.law} {begins}" if first == last else f"{first.law} {begins}-{ends}"


ARTICLES: Sort[Articles] = Sort("articles", lambda articles: list(_written(articles)), _read)
