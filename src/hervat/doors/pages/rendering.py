"""What every page shares: the store opened for reading, the templates, and what was worked out for the journal as it stands.

- A store that is not there is told, never made.
- What takes long to work out is kept until the journal changes, and then for ten times as long as it took: a page that asks every
  few seconds never fills the machine.
"""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from litestar.exceptions import ServiceUnavailableException

from hervat.assemble import Node
from hervat.clock import Clock
from hervat.doors.pages.wording import LANGUAGES, Wording, wording
from hervat.stores.opening import place_of

ABSENT = "absent"
STATIC = Path(__file__).parent / "static"
_HTMX = STATIC / "vendor" / "htmx.min.js"
_PATIENCE = 10.0
_DEFAULT = LANGUAGES[0]

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """One answer, kept as the module says; `of` is called with what it would be worked out from."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answer: tuple[str, float, Value] | None = None

    def of(self, node: Node, work_out: Callable[[], Value], *, fresh: bool = False) -> Value:
        """The answer for the journal as it stands, or a recent one where it is dear and need not be `fresh`."""
        seal, began = node.store.head().checkpoint, self._clock.monotonic()
        kept = self._answer
        if kept is not None and (kept[0] == seal or (began < kept[1] and not fresh)):
            return kept[2]
        value = work_out()
        ended = self._clock.monotonic()
        self._answer = seal, ended + _PATIENCE * (ended - began), value
        return value


class Pages:
    """The store, the templates and the clock behind the pages."""

    def __init__(self, url: str, clock: Clock, keys: Path | None, hindrance: Callable[[], str | None]) -> None:
        """`hindrance` names the text that says why no act can be done, where none can."""
        self.url = url
        self._hindrance = hindrance
        self._keys = keys
        self._place = place_of(url)
        self.clock = clock
        self._templates = Environment(
            loader=PackageLoader("hervat.doors.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @contextmanager
    def node(self) -> Iterator[Node]:
        """The node, opened for reading; raises ServiceUnavailableException where there is no store yet."""
        if not self._place.is_there():
            raise ServiceUnavailableException(detail=ABSENT)
        with Node.opened(self.url, clock=self.clock, keys=self._keys) as node:
            yield node

    def command(self, *words: str) -> str:
        """A command line on this store, to be copied and pasted."""
        return shlex.join(["hervat", *words, "--store", self._place.shown])

    def render(self, language: str, template: str, path: str, status: int = 200, **values: Any) -> Response[str]:
        """A page; `path` is its address without the language, for the switch to the other one."""
        words = wording(language)
        shown: dict[str, Any] = {
            "t": words,
            "command": self.command,
            "hindrance": self._hindrance(),
            "htmx": _HTMX.is_file(),
            "link": lambda path: address(language, path),
            "other": {"language": other(language), "address": address(other(language), path)},
            "path": path,
            "store": str(self._place.file or self._place.shown),
        }
        text = self._templates.get_template(template).render(shown | values)
        return Response(text, status_code=status, media_type="text/html", headers={"Content-Language": language})

    def words(self, language: str) -> Wording:
        """The words of a language."""
        return wording(language)


def other(language: str) -> str:
    """The other language."""
    return next(one for one in LANGUAGES if one != language)


def address(language: str, path: str) -> str:
    """The address of a page in a language: Dutch is first and has no prefix."""
    return path if language == _DEFAULT else f"/{language}{path}".rstrip("/")


def language_of(path: str) -> str:
    """The language that an address is in."""
    first = path.strip("/").split("/")[0]
    return first if first in LANGUAGES else _DEFAULT
