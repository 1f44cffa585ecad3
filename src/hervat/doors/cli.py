"""The command line: parse, call, render.

Exit status: 0 done, 1 the answer is no, 2 wrong use, 3 a technical fault. With `--json` exactly one JSON document goes to standard
output, also when something is wrong; words and progress go to standard error. Modules are loaded by the command that needs them, so
that every command starts at once.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

from hervat.cycles import look_seldom
from hervat.doors.commands import COMMANDS, GROUPS
from hervat.doors.streams import let_go, open_streams, say
from hervat.errors import HervatError, TechnicalFault, Usage

DEFAULT_STORE = "sqlite:///hervat.db"
INTERRUPTED = 130
_FILES = {"files", "receipt", "receipts", "witness", "directory", "store", "key", "backup", "config", "copy", "against", "passphrase_file"}


class Parser(argparse.ArgumentParser):
    """An argument parser whose refusals are ours to print, and that takes no option for another one that begins like it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> None:  # type: ignore[override]
        raise Usage(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    look_seldom()
    open_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may be no text, and a terminal may know few letters; neither is a reason to say nothing. JSON is UTF-8.
        sys.stdout.reconfigure(encoding="utf-8" if as_json else None, errors="backslashreplace")
    try:
        parsed = parser(given).parse_args(given)
        _ensure_text(parsed)
        status: int = parsed.run(parsed)
        sys.stdout.flush()
        return status
    except HervatError as error:
        return _tell(str(error), error.exit_status, as_json)
    except KeyboardInterrupt:
        return _tell("stopped; whatever was acknowledged is on disk, run the same command again to go on", INTERRUPTED, as_json)
    except BrokenPipeError:
        let_go(sys.stdout)
        let_go(sys.stderr)
        return 0
    except OSError as fault:
        where = "" if fault.filename is None else f"{fault.filename}: "
        let_go(sys.stdout)
        return _tell(f"{where}{fault.strerror}; see to that and run the same command again", TechnicalFault.exit_status, as_json)


def _tell(what: str, status: int, as_json: bool) -> int:
    from hervat.doors.words import as_document, plain

    say(plain(f"hervat: {what}"), sys.stderr)
    if as_json:
        say(as_document({"error": what.encode(errors="backslashreplace").decode(), "status": status}), sys.stdout)
    return status


def _ensure_text(parsed: argparse.Namespace) -> None:
    """Raises Usage for an argument that is no text and should be; the names of files may be any bytes."""
    for name, value in vars(parsed).items():
        if isinstance(value, str) and name not in _FILES and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError as fault:
                raise Usage(f"{name} is no text in UTF-8: {value!a}; see how the terminal or the script that gives it is set") from fault


def parser(given: Sequence[str] | None = None) -> Parser:
    """The whole command line; or of it what these arguments can be about, as telling all of it takes longer than most commands do."""

    def named(words: str) -> bool:
        return given is None or set(words.split()) <= set(given)

    top = Parser(prog="hervat", description="The register of a criminal justice chain, and the restart of what feeds it.")
    commands: dict[str, Any] = {"": top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)}
    for name, (arguments, run, words) in COMMANDS.items():
        group, _, last = name.rpartition(" ")
        family = _family(commands, group)
        if not named(group):
            continue
        command = family.add_parser(last, help=words, description=words)
        if not named(name):
            continue
        for flags, options in arguments:
            command.add_argument(*flags, **options)
        command.add_argument("--store", default=os.environ.get("HERVAT_STORE", DEFAULT_STORE), metavar="URL", help="which store")
        command.add_argument("--json", action="store_true", help="one JSON document on standard output")
        command.set_defaults(run=run)
    return top


def _family(commands: dict[str, Any], group: str) -> Any:
    """Where the commands of a group are added; a group may be part of another."""
    if group not in commands:
        above, _, last = group.rpartition(" ")
        family = _family(commands, above).add_parser(last, help=GROUPS[group], description=GROUPS[group])
        commands[group] = family.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    return commands[group]
