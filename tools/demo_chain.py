"""Eleven organisations of the chain as processes of their own, each with its own store, on this machine: OM is cut off, everybody goes on
as far as they can, things are killed in mid-work, the links come back through the gates of a plan, and at the end it is compared.

    python -m tools.demo_chain [--scale X] [--seed N] [--directory PATH]

- Six have nodes of their own (the register of Justid, OM, the courts, CJIB, the matching authority, the police), five send with
  `tools/send.py` alone (DUO, Kiwa, Justis, IND, ECRIS). All persons and messages are synthetic: the world of `hervat rehearse letter`.
- The plan is that of `examples/demo/chain.toml`. Its hours are the plan's; on this machine a step is done when somebody says so.
- Everything that happens is a command that an operator could give; `--directory` keeps what it leaves, to be looked at.
- Exit status: 0 where the run is completed, the register is that of a world in which nothing was cut, and every feed is proven equal on
  both sides; else 1.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from hervat.clock import rfc3339
from hervat.rehearsal.days import CUT, moment
from hervat.rehearsal.feeds import BVH, ECRIS, EXECUTE, GPS, GRIP, INDIGO, PRK, SKDB, TAXI, VOG, Feed
from hervat.rehearsal.world import World
from hervat.restart.run import OPENED
from tools.demo_declaring import all_of_it
from tools.demo_stage import ROOT, Member, Stage, free_port

REGISTER = "00000099000000016000"
FULL = {"matching": SKDB, "om": GPS, "courts": GRIP, "cjib": EXECUTE, "police": BVH}
LIGHT = {"duo": PRK, "kiwa": TAXI, "justis": VOG, "ind": INDIGO, "ecris": ECRIS}
SAID = ("--by", "crisis team", "--why", "demonstration")
LONG_AGO = "2020-01-01T00:00:00Z"
CHAIN = ROOT / "examples" / "demo" / "chain.toml"
GOVERNED = {"om": "open-om-jds", "courts": "open-courts-jds"}
"""The links that the plan opens, by whose they are."""
SIGNS = {"matching": "chief of operations"}
"""In which role an organisation approves; all others as chief information officer."""


def oin_of(feed: Feed) -> str:
    """The organisation of a feed."""
    return feed.source.split(":")[3]


class Demo(Stage):
    """The whole of it, step by step, each told as it happens."""

    def __init__(self, folder: Path, world: World, seed: int, undo: ExitStack) -> None:
        super().__init__(folder, seed, undo)
        self.seed = seed
        self.plan, self.report = folder / "plan.json", folder / "exercise.json"
        named = {feed.source for feed in (*FULL.values(), *LIGHT.values())}
        sent = [one for one in world.messages if one.source in named]
        cut = moment(CUT)
        self.before: dict[str, list[bytes]] = {source: [] for source in named}
        self.during: dict[str, list[bytes]] = {source: [] for source in named}
        for one in sent:
            (self.before if one.event_at.timestamp() < cut else self.during)[one.source].append(one.raw)
        self.said = all_of_it([*self.before[GPS.source], *self.during[GPS.source]])
        self.lines = [*(one.raw for one in sent), *self.said]

    # -- as it was ---------------------------------------------------------------------------------------------------------------

    def set_up(self) -> None:
        """Keys and stores for eleven, and who knows whom."""
        self.members["register"] = self._node("register", REGISTER)
        self.each(self._join, (*FULL, *LIGHT))
        for name in (*FULL, *LIGHT):
            address = ("--address", self.members[name].door) if name in FULL else ()
            self._known(self.members["register"], self.members[name], *address)
        for name in GOVERNED:
            way = (FULL[name].source, "--partner", self.members[name].oin, "--how", "fetch")
            self.hervat("way", "open", *way, *SAID, "--config", self.members["register"].config)
        self.tell("six nodes and five light partners have keys, stores and ways")

    def _join(self, name: str) -> None:
        if name in LIGHT:
            folder, oin = self.folder / name, oin_of(LIGHT[name])
            self.members[name] = Member(folder, oin, made=self.hervat("init", folder, "--oin", oin, "--key-id", "k1"))
            return
        feed, register = FULL[name], self.members["register"]
        member = self.members[name] = self._node(name, oin_of(feed))
        self._known(member, register, "--name", "Justid", "--no-roles", "--address", register.door)
        self.hervat("way", "open", feed.source, "--partner", REGISTER, *SAID, "--config", member.config)

    def _node(self, name: str, oin: str) -> Member:
        folder = self.folder / name
        made = self.hervat("init", folder, "--oin", oin, "--key-id", "k1", "--origin", f"{name}.example/demo")
        member = Member(folder, oin, free_port(), made)
        member.set(port=str(member.port), daily="false", look_seconds="1")
        return member

    def _known(self, member: Member, other: Member, *more: str) -> None:
        key = ("--key", other.made["public_key"], "--key-id", other.key_id, "--key-from", LONG_AGO)
        self.hervat("partner", "set", other.oin, *key, "--recipient", other.made["recipient"], *more, *SAID, "--store", member.store)

    def work(self, name: str, lines: Sequence[bytes]) -> None:
        """What an organisation decided: into its own node; a light partner's goes straight to the door."""
        feed = FULL.get(name) or LIGHT[name]
        path = self.folder / name / f"{feed.name}-{len(list((self.folder / name).glob('*.jsonl')))}.jsonl"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        if name in FULL:
            self.hervat("receive", path, "--store", self.members[name].store)
            return
        member = self.members[name]
        key = ("--key", str(member.private), "--keyid", f"{member.oin}/{member.key_id}")
        command = [sys.executable, str(ROOT / "tools" / "send.py"), self.members["register"].door, str(path), *key]
        self.running[f"send {name}"] = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def sent_light(self) -> None:
        for name in LIGHT:
            process = self.running.pop(f"send {name}", None)
            if process is not None and process.wait() != 0:
                self.failures.append(f"{name} could not send everything")

    def horizon(self, source: str | None = None) -> dict[str, int]:
        """What the register received, applied, holds and refused; of one source, or of all."""
        rows = [row for row in self.hervat("horizon", "--store", self.members["register"].store) if source in (None, row["source"])]
        return {name: sum(row[name] for row in rows) for name in ("received", "applied", "held", "refused")}

    def received(self) -> str:
        return "received {received:,} = applied {applied:,} + held {held:,} + refused {refused:,}".format(**self.horizon())

    def before_the_cut(self) -> None:
        """All is well: everybody sends."""
        self.serve("register")
        self.each(lambda name: self.work(name, self.before[(FULL.get(name) or LIGHT[name]).source]), (*FULL, *LIGHT))
        self.dispatch(*FULL)
        self.sent_light()
        self.gone(*FULL)
        self.tell(f"until 17 July everything comes in: {self.received()}")

    # -- the cut -----------------------------------------------------------------------------------------------------------------

    def cut(self) -> None:
        """OM cuts itself off, the register lets nothing of it through; all work on; the courts' dispatcher dies and nobody notices."""
        om, register = self.members["om"], self.members["register"]
        self.hervat("link", "cut", REGISTER, *SAID, "--config", om.config)
        self.hervat("link", "cut", om.oin, *SAID, "--config", register.config)
        self.hervat("isolate", om.oin, *SAID, "--store", register.store)
        self.applied_before = self.horizon(GPS.source)["applied"]
        self.tell("18 July: OM is cut off; both sides say so, nothing is tried or lost, and whatever comes of OM is kept and not applied")
        self.end("dispatch courts", signal.SIGKILL)
        self.half = {name: len(self.during[feed.source]) // 2 for name, feed in FULL.items()}
        self.each(lambda name: self.work(name, self.during[FULL[name].source][: self.half[name]]), FULL)
        for name, feed in LIGHT.items():
            self.work(name, self.during[feed.source])
        self.sent_light()
        self.gone("matching", "cjib")
        self.tell(f"the others work on, the police report straight to the register: {self.received()}")
        self.tell(f"OM has {self.to_go('om'):,} messages to go, the courts {self.to_go('courts'):,}: their sending was killed")

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

    # -- the way back ------------------------------------------------------------------------------------------------------------

    def rehearse(self) -> None:
        """The order in which what was cut comes back, gone through once with partners that do not exist."""
        self.hervat("plan", CHAIN, "--draws", "0", "--out", self.plan)
        self.steps: dict[str, Any] = {step["id"]: step for step in json.loads(self.plan.read_bytes())["steps"]}
        told = f"{len(self.steps)} steps, {max(step['end'] for step in self.steps.values()):,.0f} hours (of the plan, not of this machine)"
        self.tell(f"a plan is made of the chain's map: {told}: {', '.join(self.steps)}")
        exercise = ("--seed", str(self.seed), "--out", self.report, "--store", self.members["register"].store)
        found = self.hervat("restart", "exercise", self.plan, *exercise, may_say_no=True)
        came = "it comes through" if found["passed"] else "IT DOES NOT COME THROUGH"
        self.tell(f"exercised with partners that do not exist, faults by seed {self.seed} ({', '.join(found['faults'])}): {came}")
        if not found["passed"]:
            self.failures.append("the exercise did not come through")

    def restart(self, *arguments: str | Path, may_say_no: bool = False) -> Any:
        """A command of the restart at the register."""
        return self.hervat("restart", *arguments, "--store", self.members["register"].store, may_say_no=may_say_no)

    def begin_restart(self) -> None:
        """The run is begun, OM's keys are replaced, the crews do their work, and the links carry again; nothing is let through by that."""
        self.each(lambda name: self.work(name, self.during[FULL[name].source][self.half[name] :]), FULL)
        begun = self.restart("begin", self.plan, *SAID, "--second", "steering group", "--rehearsed", self.report)
        self.there = ("--node", "register.example/demo", "--of-run", begun["run"], "--hash", begun["plan"])
        self.tell(f"the register begins {begun['run']}: the courts are closed as OM is, until their gates open")
        self._rotate()
        for step in sorted(self.steps.values(), key=lambda step: float(step["start"])):
            if step["act"] != "open":
                self.restart("done", step["id"], "--by", step["crew"], "--evidence", "as the plan asks")
                self.tell(f"crew {step['crew']} says: {step['name']}: done")
        om, register = self.members["om"], self.members["register"]
        self.hervat("link", "restore", om.oin, *SAID, "--config", register.config)
        offer = self.hervat("reconnect", REGISTER, "--config", om.config, may_say_no=True)
        feed = offer["feeds"][0]
        self.tell(f"OM asks to come back: {feed['first_missing']:,} is the first number that is missing, {offer['backlog']:,} to come")
        self.hervat("link", "restore", REGISTER, *SAID, "--config", om.config)

    def _rotate(self) -> None:
        """OM gets a new key; at the register the one of before the cut is revoked."""
        om = self.members["om"]
        self.end("dispatch om")
        om.made, om.key_id = self.hervat("init", self.folder / "om-k2", "--oin", om.oin, "--key-id", "k2"), "k2"
        om.set(key=json.dumps(str(om.private)), key_id='"k2"')
        keys = ("--key", om.made["public_key"], "--key-id", "k2", "--revoke-key", "k1")
        self.hervat("partner", "set", om.oin, *keys, *SAID, "--store", self.members["register"].store)

    def ready_the_courts(self) -> None:
        """The courts send, state and approve; their link waits for OM's all the same. The register is killed while it drains."""
        self.dispatch("courts")
        time.sleep(self.chance.uniform(0.2, 1.0))
        self.end("serve register", signal.SIGKILL)
        self.tell("the register is killed in mid-drain (kill -9) ...")
        self.serve("register", "courts")
        self.gone("matching", "courts", "cjib", "police")
        self.stated("courts")
        for who in ("courts", "matching"):
            self.approve("courts", who)
        if (state := self.state("courts")) != "cut":
            self.failures.append(f"the courts' link is {state} before OM's is live")
        self.tell(f"the courts have sent, stated and approved; their link is {state}, for a judgment needs its case")

    def lose_and_find(self) -> None:
        """OM's statement is asked for while its node is killed, and differs while something of it is on its way still."""
        self.serve("om")
        asking = self.begin("reconcile om", "reconcile", self.members["om"].oin, "--config", self.members["register"].config)
        time.sleep(self.chance.uniform(0.3, 0.6))
        self.end("serve om", signal.SIGKILL)
        answered = asking.wait()
        self.running.pop("reconcile om")
        came = "it had answered" if answered < 2 else "no answer came"
        self.tell(f"OM's node is killed (kill -9) while its statement is asked for: {came}; begun anew")
        self.serve("om")
        if self.stated("om"):
            self.failures.append("a statement of more than is there was found equal")
        self.tell(f"OM's gate `reconciled` fails: {self.missing('om')['reconciled']}")
        self.dispatch("om")
        self.gone("om")
        if not self.stated("om"):
            self.failures.append("OM's statement is not equal")
        om = self.horizon(GPS.source)
        if om["applied"] != self.applied_before:
            self.failures.append(f"{om['applied'] - self.applied_before} of OM's messages were applied before its link was open")
        self.tell(f"what was missing is sent, and stated anew: equal; {om['held']:,} of OM's {om['received']:,} wait behind the switch")

    def stated(self, name: str) -> bool:
        """Ask an organisation what it signs that it sent, and hand that in; whether it is what is here."""
        register, path = self.members["register"], self.folder / f"{name}-statement.json"
        (told,) = self.hervat("reconcile", self.members[name].oin, "--config", register.config, may_say_no=True)
        path.write_text(json.dumps(told["statement"]))
        self.restart("check", "--statement", path, may_say_no=True)
        return bool(told["equal"])

    def signed(self, link: str, who: str) -> Path:
        """The approval of a link that an organisation signs at its own node, with its own key."""
        member, path = self.members[who], self.folder / f"{link}-by-{who}.json"
        role = SIGNS.get(who, "chief information officer")
        signing = ("--role", role, "--oin", member.oin, "--key-id", member.key_id, "--key", member.private)
        self.hervat("restart", "approve", GOVERNED[link], *signing, *self.there, "--out", path, "--store", member.store)
        return path

    def approve(self, link: str, who: str) -> None:
        self.restart("approve", GOVERNED[link], *SAID, "--approval", self.signed(link, who))

    def open_om(self) -> None:
        """Two organisations approve OM's link, and the register is killed between them; it opens when OM has counted what lies there."""
        self.approve("om", "om")
        self.tell(f"OM approves its link; {self.missing('om')['approved']}")
        self.end("serve register", signal.SIGKILL)
        self.tell("the register is killed in mid-gate (kill -9), between two approvals ...")
        self.serve("register")
        self.approve("om", "matching")
        self.tell(f"the second approval comes in; the link is {self.state('om')}: {self.missing('om')['loaded']}")
        self.end("serve om")
        self.work("om", self.said)
        told = "OM counts, and finds nothing: nobody gives a command, and the register opens the link by itself"
        self.until(told, lambda: self.state("om") in OPENED)

    def settle(self) -> None:
        """What is held for what nobody sent is let be by two people; the rest the gates do, one link after the other."""
        for link in GOVERNED:
            told = f"{GOVERNED[link]}: every message that waited was applied or held"
            self.until(told, lambda link=link: self.state(link) == "live" or self._lacks(link) is not None)  # type: ignore[misc]
            if (lacks := self._lacks(link)) is None:
                continue
            self.tell(f"its gate `no-held` is not passed: {lacks}")
            by = ("--by", "A. Smit", "--of", self.members[link].oin, "--second", "B. Bakker", "--second-of", self.members["matching"].oin)
            until = rfc3339(self.clock.now() + timedelta(days=1))
            self.restart("waive", GOVERNED[link], "no-held", *by, "--why", "nobody sent what they wait for", "--until", until)
            self.tell("two people of two organisations let that be, for a day; it stays to be seen")
        self.until("every step is complete: the run has ended, and governs nothing more", lambda: self.shown()["ended"] is not None)
        self.tell(f"everything is there: {self.received()}")

    def _lacks(self, name: str) -> str | None:
        """What a link that is let through still holds for lack of something; None where nothing, or where it is not let through yet."""
        return self.missing(name).get("no-held") if self.state(name) == "replay" else None

    def shown(self) -> Any:
        return self.restart("show")

    def link(self, name: str) -> Any:
        return next(step for step in self.shown()["steps"] if step["id"] == GOVERNED[name])

    def state(self, name: str) -> str:
        return str(self.link(name)["state"])

    def missing(self, name: str) -> dict[str, str]:
        """What the gates of a link miss, by gate."""
        return {gate["gate"]: gate["missing"] for gate in self.link(name)["gates"] if gate["missing"]}

    # -- the end -----------------------------------------------------------------------------------------------------------------

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
        sound, same, outcome = verified["ok"], here == there, self.shown()["ended"]["outcome"]
        told = f"{here['persons']:,} persons and {here['facts']:,} facts; verify: {'sound' if sound else 'NOT SOUND'}"
        self.tell(f"{told}; the run is {outcome}")
        self.tell(f"{'SAME WORLD' if same else 'ANOTHER WORLD'}: compared with a register in a world in which nothing was cut")
        if not (same and sound and outcome == "completed"):
            self.failures.append("the register is not that of a world without a cut, by a run that is completed")

    def run(self) -> int:
        """All steps; the exit status."""
        away = (self.set_up, self.before_the_cut, self.cut, self.carry, self.rehearse)
        back = (self.begin_restart, self.ready_the_courts, self.lose_and_find, self.open_om, self.settle, self.compare)
        for step in (*away, *back):
            step()
        for failure in self.failures:
            print(f"demo-chain: {failure}", file=sys.stderr)
        return 1 if self.failures else 0


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
        demo = Demo(_folder(arguments.directory, undo), World(arguments.seed, arguments.scale, om_counts=False), arguments.seed, undo)
        undo.callback(demo.end_all)
        return demo.run()


if __name__ == "__main__":
    sys.exit(main())
