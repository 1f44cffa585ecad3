"""Print the messages in a store, one a line, in the order in which they came, so that another store can receive them.

    python messages.py sqlite:///PATH

Acts are left out: they are this node's own. The content of a message that was refused is printed as it came.
"""

import sys
from collections.abc import Iterator

from hervat.assemble import Node
from hervat.errors import HervatError
from hervat.journal.entry import MESSAGE, open_entry


def messages(node: Node) -> Iterator[bytes]:
    """The messages in the journal, opened."""
    for entry in node.store.entries(1, node.position):
        opened = open_entry(node.keys, entry)
        if opened.meta.sort == MESSAGE:
            yield opened.payload


def main() -> int:
    """Print them; returns the exit status."""
    if len(sys.argv) != 2:
        print("usage: messages.py sqlite:///PATH", file=sys.stderr)
        return 2
    try:
        with Node.opened(sys.argv[1]) as node:
            for message in messages(node):
                sys.stdout.buffer.write(message + b"\n")
    except HervatError as error:
        print(f"messages.py: {error}", file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
