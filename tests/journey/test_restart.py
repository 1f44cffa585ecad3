"""A restart as an operator does it: isolate, exercise, begin, look, approve, and nothing opens by hand."""

import json
import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hervat.assemble import Node
from hervat.chain.plan import write_plan
from hervat.clock import SteppedClock, SystemClock
from hervat.doors.acts.asked import answer_to, read_request
from hervat.doors.acts.line import Done, asking
from hervat.doors.acts.restarting import StepHolding
from hervat.doors.cli import main
from tests.faults.processes import EXAMPLES, hervat
from tests.rooms.messages import FEEDS
from tests.rooms.nodes import fresh
from tests.rooms.restarted import GPS, ROLES, SKDB, World, a_plan

WHO = ("--by", "M. de Wit", "--why", "a test")


def test_from_an_isolation_to_the_first_gate(tmp_path: Path) -> None:
    plan, report, store = tmp_path / "plan.json", tmp_path / "report.json", tmp_path / "hervat.db"
    write_plan(a_plan(), plan)
    known = ("--known", "an intruder in their network", "--option", "wait", "--accepts", "late signals")
    alone = hervat("isolate", "all", *WHO, "--second", "m. de wit", store=store)
    assert (alone.status, "another person" in alone.err) == (2, True)
    assert hervat("isolate", "all", *WHO, "--second", "A. Bos", *known, store=store).status == 0
    assert hervat("receive", str(EXAMPLES), store=store).status == 0
    held = hervat("held", "--json", store=store).document
    assert {one["reason"] for one in held} == {"ceiling"}
    refused = hervat("ceiling", FEEDS["gps"], "--open", *WHO, store=store)
    assert (refused.status, "isolated since position 1" in refused.err) == (1, True)
    assert hervat("restart", "exercise", str(plan), "--seed", "7", "--out", str(report), store=store).status == 0
    assert "signed by this node" in hervat("restart", "report", "--verify", str(report), store=store).out
    begun = hervat("restart", "begin", str(plan), *WHO, "--second", "A. Bos", "--rehearsed", str(report), "--json", store=store)
    assert begun.status == 0, begun.err
    assert begun.document["not_asked"]["open-gps"] == ["soaked"]
    refused = hervat("ceiling", FEEDS["gps"], "--open", *WHO, store=store)
    assert (refused.status, "its link open-gps is cut" in refused.err) == (1, True)
    for step in ("restore", "keys"):
        assert hervat("restart", "done", step, "--by", "crew 2", "--evidence", "scan 4411", store=store).status == 0
    shown = hervat("restart", "show", "--lang", "nl", store=store).out
    assert "allen: afgezonderd sinds positie 1, M. de Wit: a test (met A. Bos)" in shown
    assert "open-gps (open-gps): dicht; wacht op open-skdb" in shown
    (step,) = [one for one in hervat("restart", "show", "--json", store=store).document["steps"] if one["id"] == "open-skdb"]
    assert [gate["gate"] for gate in step["gates"] if gate["passed"]] == ["clean", "rehearsed"]
    assert hervat("restart", "check", store=store).status == 0
    assert hervat("restart", "waive", "open-skdb", "loaded", "--by", "a", "--of", SKDB, "--second", "b", "--second-of", GPS,
                  "--why", "x", "--until", "2020-01-01T00:00:00Z", store=store).status == 2  # fmt: skip
    assert hervat("restart", "hold", "keys", *WHO, "--second", "A. Bos", store=store).status == 0
    assert hervat("restart", "abort", *WHO, "--second", "A. Bos", store=store).status == 0
    told = hervat("restart", "show", "--json", store=store).document
    assert told["begun"]["second"] == told["ended"]["second"] == told["all_isolated"]["second"] == "A. Bos"
    assert hervat("verify", store=store).status == 0


def test_what_an_organisation_signs_elsewhere_is_handed_in(tmp_path: Path) -> None:
    with fresh("memory") as node:
        world = World(node, a_plan())
        # What the command signs is of this very moment, and after the hold.
        world.clock.set(SystemClock().now() - timedelta(minutes=1))
        world.begin()
        stop = world.restarting.hold("open-skdb", by="a", why="b")["position"]
        run, key, out = world.restarting.run, tmp_path / "key.pem", tmp_path / "approval.json"
        assert run is not None
        key.write_bytes(world.identities[SKDB].private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        signing = ("--role", ROLES[SKDB], "--oin", SKDB, "--key-id", "skdb-1", "--key", str(key))
        there = ("--node", node.keys.origin, "--of-run", run.name, "--hash", run.begun.hash, "--out", str(out))
        none = hervat("restart", "approve", "open-skdb", *signing, *there, "--stop", "0", store=tmp_path / "elsewhere.db")
        assert none.status == 2 and "--stop 0 is no position" in none.err
        signed = hervat("restart", "approve", "open-skdb", *signing, *there, "--stop", str(stop), store=tmp_path / "elsewhere.db")
        assert signed.status == 0, signed.err
        assert not (tmp_path / "elsewhere.db").exists()
        approval = world.approval("open-skdb", SKDB)
        world.restarting.approve(type(approval)(**json.loads(out.read_bytes())))
        assert SKDB not in world.missing("open-skdb")["approved"]


def test_a_node_that_serves_does_the_acts_that_are_handed_to_it() -> None:
    with fresh("sqlite") as node:
        world = World(node, a_plan())
        world.begin()
        request = read_request(asking(node.store.writers_place, StepHolding(step="open-gps", by="a", why="b")))
        answer = answer_to(request, node)  # type: ignore[arg-type]
        assert isinstance(answer, Done)
        assert world.states()["open-gps"] == "held"


def test_what_is_no_plan_is_told_with_its_place(tmp_path: Path) -> None:
    store, plan = tmp_path / "hervat.db", tmp_path / "plan.json"
    plan.write_text('{"name": "x"}')
    for command in (("begin", str(plan), *WHO), ("exercise", str(plan)), ("begin", str(tmp_path / "none.json"), *WHO)):
        found = hervat("restart", *command, store=store)
        assert (found.status, str(tmp_path) in found.err, "Traceback" in found.err) == (2, True, False)
    plan.write_text('{"found": {"a": ' + "[" * 100_000 + "]" * 100_000 + "}}")
    nested = hervat("restart", "check", "--rehearsed", str(plan), store=store)
    assert (nested.status, "this is not the report of an exercise" in nested.err, "Traceback" in nested.err) == (2, True, False)
    for command in (("check",), ("done", "x", "--by", "a", "--evidence", "b"), ("show",), ("abort", *WHO)):
        assert hervat("restart", *command, store=store).status == 1


def test_what_is_given_wrongly_is_told_with_where_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = f"sqlite:///{tmp_path / 'hervat.db'}"
    file = {name: str(tmp_path / f"{name}.json") for name in ("plan", "other", "none", "half")}
    clock = SteppedClock(SystemClock().now() - timedelta(minutes=1), timedelta(microseconds=1))
    with Node.opened(store, writer=True, clock=clock) as node:
        world = World(node, a_plan())
        write_plan(world.plan, Path(file["plan"]))
        Path(file["other"]).write_bytes(msgspec.json.encode(world.rehearsed(a_plan(("approved",)))))
        world.begin()
        approval = msgspec.json.encode(world.approval("open-skdb", SKDB)).decode()
    Path(file["half"]).write_text(approval[:200])
    (tmp_path / "moved.json").write_text(approval.replace('"made_at":"20', '"made_at":"19'))
    two = ("--by", "Anna", "--of", SKDB, "--second", "Bert", "--second-of", GPS, "--why", "x", "--until")
    signing = ("--oin", SKDB, "--key-id", "k1", "--key", str(tmp_path / "k.pem"), "--out", file["none"])
    pem = world.identities[SKDB].private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "k.pem").write_bytes(pem)
    handed = ("--by", "Anna", "--why", "x")
    for given, status, says in (
        (("begin", file["none"], *WHO), 2, (file["none"], "make a plan with hervat plan CHAIN --out FILE")),
        (("begin", file["plan"], *WHO), 1, ("is under way; hervat restart abort ends it",)),
        (("exercise", file["plan"], "--out", str(tmp_path / "no" / "x.json")), 2, ("no such directory", "nothing was exercised")),
        (("check", "--rehearsed", file["other"]), 1, ("is of another plan", "hervat restart exercise PLAN --out FILE exercises this one")),
        (("check", "--rehearsed", file["plan"]), 2, (file["plan"], "this is not the report of an exercise")),
        (("check", "--statement", file["none"]), 2, (file["none"], "name the file of a statement", "nothing was done")),
        (("report", "--verify", file["half"]), 2, (file["half"], "this is not the report of an exercise", "nothing was done")),
        (("done", "nosuch", "--by", "Anna", "--evidence", "x"), 2, ("no step 'nosuch'", "its steps are restore, keys")),
        (("done", "open-skdb", "--by", "Anna", "--evidence", "x"), 2, ("opens by its gates alone; hervat restart show",)),
        (("hold", "keys", *WHO), 1, ("keys is not done; there is nothing to hold",)),
        (("approve", "open-skdb", "--approval", file["half"], *handed), 2, (file["half"], "this is not an approval", "ask for the file")),
        (("approve", "open-skdb", "--approval", str(tmp_path / "moved.json"), *handed), 1, ("does not fit: this was changed on its way",)),
        (("approve", "open-skdb", "--approval", file["half"]), 2, (file["half"],)),
        (("approve", "nosuch", "--role", "it", *signing), 2, ("no step 'nosuch'",)),
        (("approve", "open-skdb", "--role", "chief", *signing), 1, (f"the plan asks it of {SKDB}, chain of {GPS}",)),
        (("waive", "open-skdb", "loaded", *two, "tomorrow"), 2, ("--until 'tomorrow' is not a moment with a zone", "nothing was waived")),
        (("waive", "open-skdb", "shut", *two, "2030-01-01T00:00:00Z"), 2, ("there is no gate 'shut'; the gates are loaded,",)),
        (("waive", "open-skdb", "loaded", "--of", "1", *two[:2], *two[4:], "2030-01-01T00:00:00Z"), 2, ("--of must be an OIN",)),
    ):
        found = main(["restart", *given, "--store", store])
        said = capsys.readouterr().err
        assert (found, [one for one in says if one not in said], "Traceback" in said) == (status, [], False), said
    assert not Path(file["none"]).exists()
    assert main(["restart", "hold", "open-skdb", *WHO, "--store", store]) == 0
    capsys.readouterr()
    assert main(["restart", "show", "--lang", "nl", "--store", store]) == 0
    said = capsys.readouterr().out
    assert [word for word in ("held", "cut", "ready", "waits", "isolated", "stock") if re.search(rf"\b{word}\b", said)] == ["held"]
    assert "aangehouden door M. de Wit: a test (geen tweede persoon)" in said
