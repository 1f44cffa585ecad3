"""The commands that only ask: `person`, `held`, `horizon`, `digest` and `schema`."""

import sys
from argparse import Namespace
from datetime import date, datetime
from tempfile import TemporaryFile

import msgspec

from hervat.assemble import Node
from hervat.clock import parse_rfc3339
from hervat.doors import words
from hervat.doors.progress import bar
from hervat.doors.streams import show
from hervat.errors import Usage


def person(arguments: Namespace) -> int:
    """What is known of a person; 1 where the register does not know the person."""
    valid_on = None if arguments.valid_on is None else day("--valid-on", arguments.valid_on)
    when = asked_when(arguments)
    with Node.opened(arguments.store) as node:
        answer = node.person(arguments.skn, valid_on=valid_on, position=position_of(node, when), purpose=arguments.purpose)
    show(words.as_document(answer) if arguments.json else words.lines(words.person(answer)))
    return 0 if answer["known"] else 1


def asked_when(arguments: Namespace) -> int | datetime | None:
    """The position or the moment that is asked about; None where neither is. Raises Usage."""
    position: int | None = arguments.position
    if arguments.known_at is not None and position is not None:
        raise Usage("give --known-at or --position, not both")
    if position is not None and position < 0:
        raise Usage("--position is a position of the journal: 0 or more")
    if arguments.known_at is None:
        return position
    try:
        return parse_rfc3339(arguments.known_at)
    except ValueError as fault:
        raise Usage(f"--known-at {arguments.known_at}: {fault}") from fault


def position_of(node: Node, when: int | datetime | None) -> int | None:
    """The position that is meant; None for the head."""
    return node.position_at(when) if isinstance(when, datetime) else when


def day(flag: str, text: str) -> date:
    """A date on the command line; raises Usage naming the flag."""
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise Usage(f"{flag} {text}: not a date like 2025-09-25") from fault


def held(arguments: Namespace) -> int:
    """Everything that is held, oldest first."""
    with Node.opened(arguments.store) as node:
        if arguments.json:
            _print_list(node)
            return 0
        count = 0
        for one in node.held():
            count += 1
            line = f"{one['position']}  {words.short(one['source'])} {one['id']}  {one['kind']}  since {one['since']}: {words.why(one)}"
            print(words.plain(line))
        print(f"{count} held" if count else "nothing is held")
    return 0


def _print_list(node: Node) -> None:
    """The list as one document. There may be very many, and nothing is printed before all could be read: half a list is no document."""
    with TemporaryFile() as document:
        opening = b"[\n"
        for one in node.held():
            document.write(opening + msgspec.json.encode(one))
            opening = b",\n"
        document.write(b"[]\n" if opening == b"[\n" else b"\n]\n")
        document.seek(0)
        for line in document:
            sys.stdout.write(line.decode())


def conflicts(arguments: Namespace) -> int:
    """The conflicts that their senders have not settled."""
    with Node.opened(arguments.store) as node:
        listed = [one for one in node.conflicts() if one["open"] or arguments.all]
    if arguments.json:
        print(words.as_document(listed))
    else:
        print(words.lines(map(words.conflict, listed)) or "no conflicts are open")
    return 0


def horizon(arguments: Namespace) -> int:
    """Up to where each source is known."""
    with Node.opened(arguments.store) as node:
        rows = node.horizon()
    print(words.as_document(rows) if arguments.json else words.horizon(rows))
    return 0


def digest(arguments: Namespace) -> int:
    """One hash over all facts."""
    with Node.opened(arguments.store) as node, bar("folding", node.position) as tell:
        found = node.digest(lambda done: tell(done, f"{done:,} messages"))
    print(words.as_document(found) if arguments.json else f"{found['register']}  {found['persons']} persons, {found['facts']} facts")
    return 0


def schema(arguments: Namespace) -> int:
    """The JSON Schema of one kind or of all."""
    from hervat.kinds import schema as schema_of

    print(words.as_document(schema_of(arguments.kind)))
    return 0
