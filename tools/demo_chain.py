"""Eleven organisations of the chain as processes of their own, each with its own store, on this machine: OM is cut off, everybody goes on
as far as they can, things are killed in mid-work, the links come back, and at the end it is compared.

    python tools/demo_chain.py [--scale X] [--seed N] [--directory PATH]

- Six have nodes of their own (the register of Justid, OM, the courts, CJIB, the matching authority, the police), five send with
  `tools/send.py` alone (DUO, Kiwa, Justis, IND, ECRIS). All persons and messages are synthetic: the world of `hervat rehearse letter`.
- Everything that happens is a command that an operator could give; `--directory` keeps what it leaves, to be looked at.
- Exit status: 0 where the register is that of a world in which nothing was cut and every feed is proven equal on both sides; else 1.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hervat.clock import SystemClock
from hervat.rehearsal.days import CUT, moment
from hervat.rehearsal.feeds import BVH, ECRIS, EXECUTE, GPS, GRIP, INDIGO, PRK, SKDB, TAXI, VOG, Feed
from hervat.rehearsal.world import World

ROOT = Path(__file__).parent.parent
REGISTER = "00000099000000016000"
FULL = {"matching": SKDB, "om": GPS, "courts": GRIP, "cjib": EXECUTE, "police": BVH}
LIGHT = {"duo": PRK, "kiwa": TAXI, "justis": VOG, "ind": INDIGO, "ecris": ECRIS}
SAID = ("--by", "crisis team", "--why", "demonstration")
LONG_AGO = "2020-01-01T00:00:00Z"
PATIENCE = 120
"""Seconds in which nothing goes after which it is said that nothing will."""


def oin_of(feed: Feed) -> str:
    """The organisation of a feed."""
    return feed.source.split(":")[3]


@dataclass
class Member:
    """An organisation: its folder, and for one with a node where that is served."""

    folder: Path
    oin: str
    port: int = 0
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "node.toml"

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder / 'hervat.db'}"

    @property
    def door(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


class Demo:
    """The whole of it, step by step, each told as it happens."""

    def __init__(self, folder: Path, world: World, seed: int, undo: ExitStack) -> None:
        self.folder, self.chance, self.undo = folder, random.Random(seed), undo
        self.clock = SystemClock()
        self.began = self.clock.monotonic()
        named = {feed.source for feed in (*FULL.values(), *LIGHT.values())}
        sent = [one for one in world.messages if one.source in named]
        cut = moment(CUT)
        self.before: dict[str, list[bytes]] = {source: [] for source in named}
        self.during: dict[str, list[bytes]] = {source: [] for source in named}
        for one in sent:
            (self.before if one.event_at.timestamp() < cut else self.during)[one.source].append(one.raw)
        self.lines = [one.raw for one in sent]
        self.members: dict[str, Member] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.failures: list[str] = []

    def tell(self, words: str) -> None:
        """A line of progress."""
        print(f"{self.clock.monotonic() - self.began:6.1f} s  {words}", flush=True)

    def hervat(self, *arguments: str | Path, may_say_no: bool = False) -> Any:
        """One command to its end; its JSON. Ends the demonstration where it fails."""
        command = [sys.executable, "-m", "hervat", *map(str, arguments), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode > (1 if may_say_no else 0):
            raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)

    def begin(self, name: str, *arguments: str | Path) -> None:
        """A process that goes on until it is ended."""
        log = self.undo.enter_context((self.folder / f"{name}.log").open("ab"))
        self.running[name] = subprocess.Popen([sys.executable, "-m", "hervat", *map(str, arguments)], stdout=log, stderr=log)

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        process = self.running.pop(name)
        process.send_signal(how)
        process.wait()

    def end_all(self) -> None:
        for name in list(self.running):
            self.end(name)

    # -- the steps ---------------------------------------------------------------------------------------------------------------

    def set_up(self) -> None:
        """Keys and stores for eleven, and who knows whom."""
        self.members["register"] = self._node("register", REGISTER)
        register = self.members["register"]
        for name, feed in FULL.items():
            self.members[name] = self._node(name, oin_of(feed))
        for name, feed in LIGHT.items():
            folder = self.folder / name
            made = self.hervat("init", folder, "--oin", oin_of(feed), "--key-id", "k1")
            self.members[name] = Member(folder, oin_of(feed), made=made)
        for name in (*FULL, *LIGHT):
            self._known(register, self.members[name])
        for name, feed in FULL.items():
            member = self.members[name]
            self._known(member, register, "--name", "Justid", "--no-roles", "--address", register.door)
            self.hervat("way", "open", feed.source, "--partner", REGISTER, *SAID, "--config", member.config)
        self.tell("six nodes and five light partners have keys, stores and ways")

    def _node(self, name: str, oin: str) -> Member:
        folder = self.folder / name
        made = self.hervat("init", folder, "--oin", oin, "--key-id", "k1", "--origin", f"{name}.example/demo")
        member = Member(folder, oin, _free_port(), made)
        text = member.config.read_text().replace("# port = 8025", f"port = {member.port}").replace("# daily = true", "daily = false")
        member.config.write_text(text)
        return member

    def _known(self, member: Member, other: Member, *more: str) -> None:
        given = ("--key", other.made["public_key"], "--key-id", "k1", "--key-from", LONG_AGO, "--recipient", other.made["recipient"])
        self.hervat("partner", "set", other.oin, *given, *more, *SAID, "--store", member.store)

    def serve(self) -> None:
        register = self.members["register"]
        self.begin("serve register", "serve", "--config", register.config)
        self._until("the door of the register is open", lambda: _answers(register.port))

    def work(self, name: str, feed: Feed, lines: Sequence[bytes]) -> None:
        """What an organisation decided: into its own node; a light partner's goes straight to the door."""
        path = self.folder / name / f"{feed.name}-{len(list((self.folder / name).glob('*.jsonl')))}.jsonl"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        if name in FULL:
            self.hervat("receive", path, "--store", self.members[name].store)
            return
        member = self.members[name]
        key = ("--key", str(member.folder / "exchange.pem"), "--keyid", f"{member.oin}/k1")
        command = [sys.executable, str(ROOT / "tools" / "send.py"), self.members["register"].door, str(path), *key]
        self.running[f"send {name}"] = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def sent_light(self) -> None:
        for name in LIGHT:
            process = self.running.pop(f"send {name}", None)
            if process is not None and process.wait() != 0:
                self.failures.append(f"{name} could not send everything")

    def dispatch(self, *names: str) -> None:
        for name in names:
            self.begin(f"dispatch {name}", "dispatch", "--config", self.members[name].config)

    def to_go(self, name: str) -> int:
        (way,) = self.hervat("way", "list", "--config", self.members[name].config)
        return int(way["to_go"])

    def gone(self, *names: str) -> None:
        """Wait until all is delivered: for as long as ever fewer are to go, and PATIENCE seconds more."""
        left, least, since = {name: self.to_go(name) for name in names}, sys.maxsize, self.clock.monotonic()
        while any(left.values()):
            told = ", ".join(f"{name} {count:,}" for name, count in left.items() if count)
            if sum(left.values()) < least:
                least, since = sum(left.values()), self.clock.monotonic()
            elif self.clock.monotonic() - since > PATIENCE:
                raise SystemExit(f"nothing went for {PATIENCE} seconds, and still to go is {told}; see {self.folder}")
            self.tell(f"still to go: {told}")
            time.sleep(1)
            left = {name: self.to_go(name) for name in names}

    def received(self) -> str:
        rows = self.hervat("horizon", "--store", self.members["register"].store)
        sums = [sum(row[name] for row in rows) for name in ("received", "applied", "held", "refused")]
        return "received {:,} = applied {:,} + held {:,} + refused {:,}".format(*sums)

    def _until(self, what: str, is_so: Callable[[], bool]) -> None:
        for _ in range(300):
            if is_so():
                self.tell(what)
                return
            time.sleep(0.1)
        raise SystemExit(f"waited in vain: {what}; see {self.folder}")

    def before_the_cut(self) -> None:
        """All is well: everybody sends."""
        self.serve()
        for name, feed in (*FULL.items(), *LIGHT.items()):
            self.work(name, feed, self.before[feed.source])
        self.dispatch(*FULL)
        self.gone(*FULL)
        self.sent_light()
        self.tell(f"until 17 July everything comes in: {self.received()}")

    def cut(self) -> None:
        """OM cuts itself off; it goes on working, and so do the others; the courts' dispatcher dies and nobody notices."""
        self.hervat("link", "cut", REGISTER, *SAID, "--config", self.members["om"].config)
        self.hervat("link", "cut", self.members["om"].oin, *SAID, "--config", self.members["register"].config)
        self.tell("18 July: OM is cut off; both sides say so, and nothing is tried or lost")
        self.end("dispatch courts", signal.SIGKILL)
        half = {name: len(self.during[feed.source]) // 2 for name, feed in FULL.items()}
        for name, feed in FULL.items():
            self.work(name, feed, self.during[feed.source][: half[name]])
        for name, feed in LIGHT.items():
            self.work(name, feed, self.during[feed.source])
        self.sent_light()
        self.gone("matching", "cjib")
        self.tell(f"the others work on, the police report straight to the register: {self.received()}")
        self.tell(f"OM has {self.to_go('om'):,} messages to go, the courts {self.to_go('courts'):,}: their sending was killed")
        self.half = half

    def carry(self) -> None:
        """A courier brings what OM has, and takes receipts back."""
        om, register = self.members["om"], self.members["register"]
        bundle, back = self.folder / "om.bundle", self.folder / "receipts.bundle"
        packed = self.hervat("courier", "pack", "--to", REGISTER, "--out", bundle, "--config", om.config)
        taken = self.hervat("courier", "unpack", bundle, "--config", register.config)
        self.tell(f"a courier carries {packed['batches']} batches of OM in a file of {bundle.stat().st_size:,} bytes: {taken['new']:,} new")
        again = self.hervat("courier", "unpack", bundle, "--config", register.config, may_say_no=True)
        if "unpacked before" not in again.get("error", ""):
            self.failures.append("a bundle was unpacked twice")
        self.hervat("courier", "pack", "--to", om.oin, "--out", back, "--config", register.config)
        kept = self.hervat("courier", "unpack", back, "--config", om.config)
        self.tell(f"the same file again is refused; {kept['receipts']} receipts go back by hand; OM has {self.to_go('om'):,} to go")

    def come_back(self) -> None:
        """The rest of OM's and the courts' work, the links, and a register that is killed while it drains."""
        for name, feed in FULL.items():
            self.work(name, feed, self.during[feed.source][self.half[name] :])
        om, register = self.members["om"], self.members["register"]
        self.hervat("link", "restore", om.oin, *SAID, "--config", register.config)
        offer = self.hervat("reconnect", REGISTER, "--config", om.config, may_say_no=True)
        feed = offer["feeds"][0]
        self.tell(f"OM asks to come back: {feed['first_missing']:,} is the first number that is missing, {offer['backlog']:,} to come")
        self.hervat("link", "restore", REGISTER, *SAID, "--config", om.config)
        self.dispatch("courts")
        time.sleep(self.chance.uniform(0.2, 1.0))
        self.end("serve register", signal.SIGKILL)
        self.tell("the register is killed in mid-drain (kill -9) ...")
        self.serve()
        self.gone(*FULL)
        self.tell(f"everything is there: {self.received()}")

    def compare(self) -> None:
        """Both sides of every feed, the journal against itself, and the register against a world without a cut."""
        for name in FULL:
            (told,) = self.hervat("reconcile", REGISTER, "--config", self.members[name].config, may_say_no=True)
            self.tell(f"{name}: {told['there']:,} of {told['here']:,}, {'proven equal' if told['equal'] else 'NOT EQUAL'}")
            if not told["equal"]:
                self.failures.append(f"{name} differs")
        self.end_all()
        uncut = self.folder / "uncut.jsonl"
        uncut.write_bytes(b"".join(line + b"\n" for line in self.lines))
        self.hervat("receive", uncut, "--store", f"sqlite:///{self.folder / 'uncut.db'}")
        here = self.hervat("digest", "--store", self.members["register"].store)
        there = self.hervat("digest", "--store", f"sqlite:///{self.folder / 'uncut.db'}")
        verified = self.hervat("verify", "--store", self.members["register"].store, may_say_no=True)
        sound, same = verified["ok"], here == there
        self.tell(f"{here['persons']:,} persons and {here['facts']:,} facts; verify: {'sound' if sound else 'NOT SOUND'}")
        self.tell(f"{'SAME WORLD' if same else 'ANOTHER WORLD'}: compared with a register in a world in which nothing was cut")
        if not (same and sound):
            self.failures.append("the register is not that of a world without a cut")

    def run(self) -> int:
        """All steps; the exit status."""
        for step in (self.set_up, self.before_the_cut, self.cut, self.carry, self.come_back, self.compare):
            step()
        for failure in self.failures:
            print(f"demo-chain: {failure}", file=sys.stderr)
        return 1 if self.failures else 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _folder(given: Path | None, undo: ExitStack) -> Path:
    if given is None:
        return Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="hervat-chain-")))
    shutil.rmtree(given, ignore_errors=True)
    given.mkdir(parents=True)
    return given.absolute()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Eleven organisations on this machine: cut, carried by hand, killed, back, compared.")
    parser.add_argument("--scale", type=float, default=0.05, help="1 is the nation")
    parser.add_argument("--seed", type=int, default=2025, help="the world to make")
    parser.add_argument("--directory", type=Path, help="keep the stores here; what is there is thrown away first")
    arguments = parser.parse_args()
    os.environ.pop("HERVAT_STORE", None)
    with ExitStack() as undo:
        demo = Demo(_folder(arguments.directory, undo), World(arguments.seed, arguments.scale), arguments.seed, undo)
        undo.callback(demo.end_all)
        return demo.run()


if __name__ == "__main__":
    sys.exit(main())
