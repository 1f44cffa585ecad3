"""The real program in a process of its own, worlds for it to receive, and what is looked at when it has ended, however it ended."""

import base64
import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hervat.assemble import Node
from hervat.journal.receipt import verify_receipt
from hervat.rehearsal.world import World
from tests.loaded import PROGRAM, run

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "tests" / "contract" / "data" / "examples.jsonl"
BESIDE = ("", "-wal", ".key")
PATIENCE = 120


@dataclass(slots=True, frozen=True)
class Ended:
    """How a process ended, and all that it said."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output; fails where there is another number of them."""
        return json.loads(self.out)


def command(*arguments: str | bytes | Path) -> list[str | bytes]:
    return [*PROGRAM, *(os.fspath(argument) for argument in arguments)]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HERVAT_")}
    return kept | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"} | more


def hervat(
    *arguments: str | bytes | Path, store: Path | str | None = None, stdin: bytes = b"", cwd: Path | None = None, **more: str
) -> Ended:
    """Run one command to its end; a traceback is never a way to end."""
    given = command(*arguments, *(() if store is None else ("--store", url(store))))
    done = run(given, input=stdin, cwd=cwd, env=environment(**more), timeout=PATIENCE)
    ended = Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ended.err, ended.err
    return ended


def url(store: Path | str) -> str:
    """The address of a store: a file's, or the one that is given."""
    return store if isinstance(store, str) else f"sqlite:///{store}"


def lines_of(seed: int, scale: float) -> list[bytes]:
    """A world's messages in an order in which much is held and comes back."""
    lines = [sent.raw for sent in World(seed, scale).messages]
    rng = random.Random(seed)
    order = {index: index + rng.randrange(len(lines) // 4) for index in range(len(lines))}
    return [lines[index] for index in sorted(order, key=lambda index: order[index])]


def write_lines(path: Path, lines: Sequence[bytes]) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def copy_store(store: Path, to: Path) -> Path:
    """A copy as a power cut would leave it: the file, the WAL and the keys; what is in memory alone is lost."""
    to.parent.mkdir(parents=True, exist_ok=True)
    for end in BESIDE:
        source = store.with_name(store.name + end)
        if source.exists():
            shutil.copyfile(source, to.with_name(to.name + end))
    return to


def whole_receipts(path: Path) -> list[dict[str, Any]]:
    """The receipts that were written to their end: each line with its line end."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def examine(store: Path | str, receipts: Sequence[dict[str, Any]] = ()) -> int:
    """See that a store is sound, that its counts balance, and that whatever has a receipt is in it; returns its size."""
    with Node.opened(url(store)) as node:
        found = node.verify()
        assert found.ok, found.difference
        for row in node.horizon():
            assert row["received"] == row["applied"] + row["held"] + row["refused"]
        entries = node.store.entries_at({receipt["position"] for receipt in receipts})
        for receipt in receipts:
            text = json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            assert verify_receipt(text, node.keys.public_key)["position"] in entries
            entry = entries[receipt["position"]]
            meta = json.loads(entry.meta)
            assert entry.leaf.hex() == receipt["leaf"]
            assert (meta["source"], meta["id"], meta["received_at"]) == (receipt["source"], receipt["id"], receipt["received_at"])
        return node.position


def digest_of(store: Path | str) -> str:
    with Node.opened(url(store)) as node:
        return str(node.digest()["register"])


def public_key_of(store: Path) -> str:
    with Node.opened(url(store)) as node:
        return base64.b64encode(node.keys.public_key).decode()


def children(parent: int) -> list[int]:
    """The processes that a process began and that help it."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
            command = path.with_name("cmdline").read_text()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == parent and "resource_tracker" not in command:
            found.append(int(path.parent.name))
    return found


def members_of(group: int) -> list[int]:
    """The processes of a group that live."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = status.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state not in "ZX":
            found.append(int(status.parent.name))
    return found


def kill_and_see_helpers_end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process that leads its group; none that helps it may go on for long."""
    process.kill()
    process.communicate(timeout=60)
    until = time.monotonic() + 20
    while members_of(process.pid):
        assert time.monotonic() < until, "a helper outlives the process that it helps"
        time.sleep(0.05)
