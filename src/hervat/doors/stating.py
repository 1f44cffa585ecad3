"""The command that tells how things stand: `status`."""

from argparse import Namespace

from hervat.assemble import Node
from hervat.doors import affairs, words
from hervat.doors.asking import day
from hervat.standing import bottlenecks, entries_behind


def status(arguments: Namespace) -> int:
    """The state of affairs."""
    on = None if arguments.on is None else day("--on", arguments.on)
    with Node.opened(arguments.store) as node:
        found, narrow = node.status(on), bottlenecks(node, on)
        behind = entries_behind(node, found["position"])
    document = found | {"bottlenecks": affairs.as_rows(narrow), "entries": behind}
    print(words.as_document(document) if arguments.json else affairs.status(found, narrow, behind, arguments.lang))
    return 0
