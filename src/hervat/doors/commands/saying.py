"""How a command is told: its arguments, where it lives, and what it does in one line; and the arguments that many of them take."""

from argparse import Namespace
from collections.abc import Callable
from importlib import import_module
from typing import Any

Argument = tuple[tuple[str, ...], dict[str, Any]]
Run = Callable[[Namespace], int]
Command = tuple[list[Argument], Run, str]


def argument(*flags: str, **options: Any) -> Argument:
    """One argument of a command."""
    return flags, options


def lazy(module: str, name: str) -> Run:
    """A function of a module of `doors`, which is loaded when the command is given."""

    def run(arguments: Namespace) -> int:
        status: int = getattr(import_module(f"hervat.doors.{module}"), name)(arguments)
        return status

    return run


APPLICATION = (
    argument("application", metavar="APPLICATION", help="the number of the application"),
    argument("--source", metavar="SOURCE", help="the application of that number of this source, where others gave it as well"),
    argument("--place", type=int, metavar="P", help="the procedure at this place, where there are several; hervat certificate show says"),
)
SKN = argument("skn", metavar="SKN", help="the person's number in the chain")
WHEN = argument("--on", metavar="DATE", help="as it was at the end of that day, in Amsterdam")
LANG = argument("--lang", choices=("nl", "en"), default="en", help="the language of the words")
KNOWN = (
    argument("--known-at", metavar="TIME", help="as known at that moment"),
    argument("--position", type=int, metavar="P", help="as known at that position of the journal"),
)
WEIGHED = (
    argument("--known", metavar="TEXT", help="what was known when this was decided"),
    argument("--option", action="append", default=[], metavar="TEXT", help="an option that there was; may be given again"),
    argument("--accepts", action="append", default=[], metavar="TEXT", help="a risk that was accepted; may be given again"),
)
SIGNED = (
    argument("--by", required=True, metavar="NAME", help="who decides"),
    argument("--why", required=True, metavar="TEXT", help="on what ground"),
)
DECIDED = (*SIGNED, *WEIGHED)
