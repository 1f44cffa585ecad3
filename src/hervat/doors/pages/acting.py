"""Doing acts from the pages, one at a time, here or by the node that serves; and what is told where one was not done.

- An act goes the way of the commands (`doors/acts`): the same answer, the same words.
- What hinders acts at all is known before a form is shown: then there is no form, and the page says why.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Any

from litestar.exceptions import ServiceUnavailableException

from hervat.doors.acts.handing import decide
from hervat.doors.acts.line import Act
from hervat.doors.pages.rendering import ABSENT
from hervat.errors import HervatError, NotSo, StoreBusy, Usage
from hervat.stores.opening import place_of

_FLAG = re.compile(r"--(?P<name>[a-z]+)")


@dataclass(frozen=True, slots=True)
class NotDone:
    """Why an act was not done: the name of the text that says so, the words of the error, and the field that they begin with."""

    text: str
    status: int
    detail: str = ""
    field: str = ""

    @property
    def is_refusal(self) -> bool:
        """Whether the node looked at it and would not; otherwise nobody did."""
        return self.text in ("acts.not_so", "acts.usage")


@dataclass(frozen=True, slots=True)
class Acts:
    """Does acts on the store at `url`; `read_only` where it was served so. `keys` and `socket` as in `decide`."""

    url: str
    keys: Path | None
    socket: Path | None
    read_only: bool
    _one: Lock

    def hindrance(self) -> str | None:
        """The name of the text that says why nothing can be done here; None where acts can be done."""
        if self.read_only:
            return "acts.read_only"
        return None if place_of(self.url).is_writable() else "acts.not_writable"

    def attempt(self, act: Act) -> dict[str, Any] | NotDone:
        """Do an act; returns what the command would answer. Raises ServiceUnavailableException where there is no store."""
        hindrance = self.hindrance()
        if hindrance is not None:
            return NotDone(hindrance, HTTPStatus.FORBIDDEN)
        # Who clicks twice finds the first act done, and not the store in use by ourselves.
        with self._one:
            if not place_of(self.url).is_there():
                raise ServiceUnavailableException(detail=ABSENT)
            try:
                return decide(self.url, act, keys=self.keys, given=self.socket)
            except HervatError as fault:
                return not_done(fault)


def not_done(fault: HervatError) -> NotDone:
    """What an error comes to on a page."""
    detail = str(fault)
    match fault:
        case NotSo():
            return NotDone("acts.not_so", HTTPStatus.CONFLICT, detail)
        case Usage():
            flag = _FLAG.match(detail)
            return NotDone("acts.usage", HTTPStatus.BAD_REQUEST, detail, "" if flag is None else flag["name"])
        case StoreBusy():
            return NotDone("acts.busy", HTTPStatus.SERVICE_UNAVAILABLE, detail)
        case _:
            return NotDone("acts.technical", HTTPStatus.SERVICE_UNAVAILABLE, detail)
