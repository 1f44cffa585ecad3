"""The bench of the exchange: a feed from one node to another over loopback, durable on both sides, beside `receive` of the same lines
from a file; and eleven partners at once.

- Both nodes are processes of their own, as operators run them: `hervat dispatch --once` there, `hervat serve` here.
- End to end is from the start of the sending until the last receipt is in the journal of the sender.
- In the storm every partner has as many messages of its own; fair is how much later the last has all of them gone than the first.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from hervat.assemble import Node
from hervat.clock import Clock, SystemClock
from hervat.dispatch.ways import WayOpened
from hervat.doors.exchange.made import TABLE, make_exchange
from hervat.errors import TechnicalFault
from hervat.exchanging import Exchange
from hervat.intake.partnering import Wish, read_public_key
from hervat.message import SOURCE
from hervat.partner import PartnerKey, Partners

_RUNS = 3
_TO = "00000099000000016000"
_STORM, _EACH = 11, 3000


class _Side:
    """A node for measuring: its folder, its files, who it is."""

    def __init__(self, folder: Path, oin: str) -> None:
        folder.mkdir()
        self.folder, self.oin, self.made = folder, oin, make_exchange(folder)
        self.config = folder / "node.toml"
        node = '[node]\nstore = "sqlite:///hervat.db"\n[serve]\nport = 0\n[screening]\ndaily = false\n'
        self.config.write_text(node + TABLE.format(oin=oin, key_id="bench"), encoding="utf-8")
        self.store = f"sqlite:///{folder / 'hervat.db'}"

    def knows(self, other: "_Side", clock: Clock, address: str | None = None) -> None:
        algorithm, public = read_public_key(other.made.public.read_bytes())
        key = PartnerKey(id="bench", algorithm=algorithm, public=public, valid_from=clock.now() - timedelta(days=1))
        with Node.opened(self.store, writer=True) as node:
            known = node.roster().now.get(other.oin)
            wish = Wish(name=known.name if known else "bench", roles=known.roles if known else (), keys=(key,), address=address)
            node.set_partner(other.oin, wish, by="bench", why="to measure")

    def feeds(self, lines: Sequence[bytes], source: str, to: "_Side") -> None:
        with Node.opened(self.store, writer=True) as node:
            node.receive(lines)
            Exchange(node, self.oin).act(WayOpened(source=source, partner=to.oin, how="push", by="bench", why="to measure"))

    def run(self, *command: str) -> "subprocess.Popen[str]":
        arguments = [sys.executable, "-m", "hervat", *command, "--config", str(self.config), "--json"]
        return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command line


def measure_exchange(lines: Sequence[bytes], folder: Path) -> dict[str, Any]:
    """Messages a second of one feed end to end and from a file, interleaved, the median of three runs each; and how fair a storm is."""
    clock = SystemClock()
    source, own = _largest_feed(lines)
    timed: dict[str, list[float]] = {"exchange": [], "receive": []}
    for run in range(_RUNS):
        ground = folder / str(run)
        ground.mkdir()
        timed["receive"].append(_from_a_file(own, ground, clock))
        timed["exchange"].append(_end_to_end(own, source, ground, clock))
    median = {name: statistics.median(rates) for name, rates in timed.items()}
    return {
        "messages": len(own),
        "messages_a_second": {name: round(rate) for name, rate in median.items()},
        "all_runs": {name: [round(rate) for rate in rates] for name, rates in timed.items()},
        "of_receive": round(median["exchange"] / median["receive"], 2),
        "storm": _storm(folder / "storm", clock),
    }


def _largest_feed(lines: Sequence[bytes]) -> tuple[str, list[bytes]]:
    """The source with the most messages, and these in order of their numbers, each once."""
    found: dict[str, dict[int, bytes]] = {}
    for raw in lines:
        named = json.loads(raw)
        found.setdefault(named["source"], {})[int(named["sequence"])] = raw
    source = max(found, key=lambda name: len(found[name]))
    return source, [found[source][number] for number in sorted(found[source])]


def _from_a_file(lines: Sequence[bytes], ground: Path, clock: Clock) -> float:
    with Node.opened(f"sqlite:///{ground / 'file.db'}", writer=True) as node:
        began = clock.monotonic()
        node.receive(lines, helped=True)
        return len(lines) / (clock.monotonic() - began)


def _end_to_end(lines: Sequence[bytes], source: str, ground: Path, clock: Clock) -> float:
    named = SOURCE.fullmatch(source)
    sender, receiver = _Side(ground / "sender", named["oin"] if named else ""), _Side(ground / "receiver", _TO)
    receiver.knows(sender, clock)
    with _served(receiver) as address:
        sender.knows(receiver, clock, address)
        sender.feeds(lines, source, receiver)
        began = clock.monotonic()
        _ended(sender.run("dispatch", "--once"), len(lines))
        return len(lines) / (clock.monotonic() - began)


@contextmanager
def _served(side: _Side) -> Iterator[str]:
    with side.run("serve") as server:
        try:
            lines = [] if server.stdout is None else [server.stdout.readline() for _ in range(4)]
            yield str(json.loads("".join(lines))["door"])
        finally:
            server.terminate()


def _ended(process: "subprocess.Popen[str]", count: int) -> None:
    """Raises TechnicalFault where not everything went."""
    said, _ = process.communicate()
    told = json.loads(said)
    if process.returncode != 0 or told[0]["sent"] != count:
        raise TechnicalFault(f"the sending ended with {told}, and {count} messages were to go")


def _storm(folder: Path, clock: Clock) -> dict[str, Any]:
    """Eleven partners that begin at once with as many messages each."""
    folder.mkdir()
    oins = [partner.oin for partner in Partners.default()][:_STORM]
    receiver = _Side(folder / "receiver", _TO)
    senders = [_Side(folder / oin, oin) for oin in oins]
    for sender in senders:
        receiver.knows(sender, clock)
    with _served(receiver) as address, ExitStack() as stack:
        for sender in senders:
            source = f"urn:nld:oin:{sender.oin}:systeem:storm"
            sender.knows(receiver, clock, address)
            sender.feeds([_stock(source, number) for number in range(1, _EACH + 1)], source, receiver)
        began = clock.monotonic()
        took: list[float] = []

        def timed(process: "subprocess.Popen[str]") -> None:
            _ended(process, _EACH)
            took.append(clock.monotonic() - began)

        threads = [Thread(target=timed, args=(stack.enter_context(sender.run("dispatch", "--once")),)) for sender in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if len(took) < len(senders):
        raise TechnicalFault("not every partner of the storm sent everything")
    return {
        "partners": len(senders),
        "messages_each": _EACH,
        "messages_a_second": round(len(senders) * _EACH / max(took)),
        "first_done_seconds": round(min(took), 2),
        "last_done_seconds": round(max(took), 2),
        "last_of_first": round(max(took) / min(took), 2),
    }


def _stock(source: str, number: int) -> bytes:
    """A message that any role may send."""
    data = {"kinds": ["judgment-given"], "from": "2025-07-18", "until": "2025-09-25", "count": number, "counted_on": "2025-09-25"}
    envelope = {
        "specversion": "1.0",
        "id": f"stock-{number}",
        "source": source,
        "type": "nl.hervat.stock-declared.v1",
        "time": "2025-09-25T08:00:00Z",
        "sequence": str(number),
        "sequencetype": "Integer",
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(envelope).encode()
