"""Passphrases come from a file, from the environment or from the terminal, and never from the command line, which others can read."""

import os
import sys
from argparse import Namespace
from getpass import getpass
from pathlib import Path

from hervat.errors import Usage

VARIABLE = "HERVAT_PASSPHRASE"
_NONE_GIVEN = f"give a passphrase: in {VARIABLE}, in a file (--passphrase-file FILE), or on a terminal"


def is_wanted(arguments: Namespace) -> bool:
    """Whether somebody who makes a copy means it to be sealed: whoever gives a passphrase does."""
    return bool(arguments.passphrase or arguments.passphrase_file or os.environ.get(VARIABLE))


def passphrase(file: str | None, *, new: bool = False) -> str:
    """The passphrase: the first line of a file, the variable, or what is typed; a `new` one is typed twice. Raises Usage."""
    if file is not None:
        try:
            lines = Path(file).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as fault:
            raise Usage(f"{file}: {fault}; give a file whose first line is the passphrase") from fault
        if not lines or not lines[0]:
            raise Usage(f"{file} is empty; its first line should be the passphrase")
        return lines[0]
    given = os.environ.get(VARIABLE)
    return given or _typed(new=new)


def _typed(*, new: bool) -> str:
    if not sys.stdin.isatty():
        raise Usage(_NONE_GIVEN)
    try:
        first = getpass("Passphrase: ")
        if new and getpass("The same again: ") != first:
            raise Usage("these are two passphrases; nothing was done")
    except EOFError as fault:
        raise Usage(_NONE_GIVEN) from fault
    return first
