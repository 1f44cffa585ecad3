"""What whoever decided had before them: what was known, which options there were, which risks were accepted. An inquiry asks it of every
decision.
"""

from typing import Annotated

from msgspec import Meta, Struct

_Said = Annotated[str, Meta(max_length=1000)]


class Considered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was said of one decision when it was taken. What is empty was not said, and is shown as not recorded."""

    known: _Said = ""
    options: tuple[_Said, ...] = ()
    risks: tuple[_Said, ...] = ()
