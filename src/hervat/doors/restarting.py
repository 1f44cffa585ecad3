"""The commands of a restart and of an isolation."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from hervat.assemble import Node
from hervat.batch import Statement
from hervat.chain.parts import GateName
from hervat.chain.plan import read_plan
from hervat.clock import SystemClock, parse_rfc3339, rfc3339
from hervat.dispatch.identity import Identity, load_identity
from hervat.doors import words
from hervat.doors.acts.handing import decide
from hervat.doors.acts.restarting import (
    GateWaiving,
    Isolating,
    RestartAborting,
    RestartBeginning,
    RestartCheck,
    StepApproving,
    StepDoing,
    StepHolding,
)
from hervat.doors.considering import considered_in
from hervat.doors.pages.wording import wording
from hervat.doors.receiving import ensure_decided
from hervat.doors.streams import show
from hervat.errors import NotSo, Usage
from hervat.rehearsal.exercise import FAULTS
from hervat.rehearsal.exercise import exercise as exercised
from hervat.restart.acts import Approval, ExerciseReport
from hervat.restart.approving import approve as signed_approval
from hervat.restart.approving import ensure_asked, order
from hervat.restart.lacking import Lack, sentence
from hervat.restart.reporting import ensure_own
from hervat.restarting import Restarting

_Read = TypeVar("_Read", Approval, ExerciseReport, Statement)
_NOTHING = "no restart was begun here, and nobody is isolated; hervat restart begin PLAN begins one"
_WORDS = {
    "en": {
        "run": "run",
        "of": "of plan",
        "exercise": "EXERCISE",
        "waits": "waits for",
        "with": "with {}",
        "alone": "no second person",
        "waived": "WAIVED until",
        "forecast": "forecast, at the pace of the last 24 hours: {}",
        "drained": "drained in {} days, on {}",
        "never": "it never drains",
        "begun": "begun",
        "all": "all",
        "isolated_since": "isolated since position",
        "held": "held by",
        "isolated": "isolated by",
        "counts": "stock {stock}, in transit {in_transit}, held {held}, applied {applied}",
        "over": "the run has ended; still held: {} (hervat held tells for what)",
    },
    "nl": {
        "run": "uitvoering",
        "of": "van plan",
        "exercise": "OEFENING",
        "waits": "wacht op",
        "with": "met {}",
        "alone": "geen tweede persoon",
        "waived": "ONTHEFFING tot",
        "forecast": "prognose, naar het tempo van de laatste 24 uur: {}",
        "drained": "weg in {} dagen, op {}",
        "never": "zo raakt het nooit weg",
        "begun": "begonnen",
        "all": "allen",
        "isolated_since": "afgezonderd sinds positie",
        "held": "aangehouden door",
        "isolated": "afgezonderd door",
        "counts": "voorraad {stock}, onderweg {in_transit}, aangehouden {held}, toegepast {applied}",
        "over": "de uitvoering is geëindigd; nog aangehouden: {} (hervat held zegt waarvoor)",
    },
}


def isolate(arguments: Namespace) -> int:
    """Cut off an organisation, or all of them."""
    ensure_decided(arguments)
    oin = None if arguments.partner == "all" else arguments.partner
    signed, identity = None, _identity(arguments)
    if identity is not None:
        with Node.opened(arguments.store) as node:
            signed = order(identity, node.keys.origin, oin, arguments.why, SystemClock().now())
    act = Isolating(oin=oin, signed=signed, considered=considered_in(arguments), **_decided(arguments))
    answer = decide(arguments.store, act)
    who = "everybody" if oin is None else oin
    how = "on the word of the operator of this node" if signed is None else f"on the signature of {signed.partner}"
    told = [f"isolated at position {answer['position']}, {how}: nothing of {who} is admitted from now on; custody goes on"]
    show(words.as_document(answer) if arguments.json else words.lines([*told, *_moves(answer)]))
    return 0


def begin(arguments: Namespace) -> int:
    """Begin a run of a plan."""
    ensure_decided(arguments)
    plan = read_plan(Path(arguments.plan))
    report = _given(arguments.rehearsed, ExerciseReport)
    act = RestartBeginning(plan=plan, report=report, considered=considered_in(arguments), **_decided(arguments))
    answer = decide(arguments.store, act)
    told = [f"{answer['run']} begun at position {answer['position']}; the plan is {answer['plan']}"]
    told += [f"  {step}: not asked: {', '.join(gates)}" for step, gates in answer["not_asked"].items()]
    told += _moves(answer)
    show(words.as_document(answer) if arguments.json else words.lines(told))
    return 0


def show_run(arguments: Namespace) -> int:
    """The run as it stands; 1 where none was begun."""
    with Node.opened(arguments.store) as node:
        standing = Restarting(node).standing()
    if standing is None:
        raise NotSo(_NOTHING)
    show(words.as_document(standing) if arguments.json else words.lines(_lines(standing, arguments.lang)))
    return 0


def check(arguments: Namespace) -> int:
    """Look at every gate; 1 where one was lost."""
    act = RestartCheck(statement=_given(arguments.statement, Statement), report=_given(arguments.rehearsed, ExerciseReport))
    answer = decide(arguments.store, act)
    told = list(_moves(answer)) or ["nothing moved; hervat restart show tells what is missing"]
    show(words.as_document(answer) if arguments.json else words.lines(told))
    return 1 if answer["lost"] else 0


def done(arguments: Namespace) -> int:
    """Say that a step was done, or let a link go on."""
    _ensure_said(arguments, "by", "evidence", *(("second",) if arguments.second is not None else ()))
    said = {"step": arguments.step, "by": arguments.by, "evidence": arguments.evidence, "second": arguments.second}
    act = StepDoing(considered=considered_in(arguments), **said)
    return _acted(arguments, decide(arguments.store, act), f"{arguments.step} put down as done")


def approve(arguments: Namespace) -> int:
    """Sign an approval, hand one in, or both."""
    approval = _given(arguments.approval, Approval) or _signed(arguments)
    if approval.step != arguments.step:
        raise Usage(f"{arguments.approval}: this approves the step {approval.step}, not {arguments.step}; nothing was handed in")
    if arguments.out is not None:
        _write(Path(arguments.out), approval)
        show(words.as_document(approval) if arguments.json else f"signed in {arguments.out}; hervat restart approve --approval hands it in")
        return 0
    if not arguments.by or not arguments.why:
        raise Usage("give --by and --why: who hands in what was signed, and on what ground; nothing was handed in")
    ensure_decided(arguments)
    answer = decide(arguments.store, StepApproving(approval=approval, considered=considered_in(arguments), **_decided(arguments)))
    return _acted(arguments, answer, f"{approval.step} approved by {approval.partner}")


def _signed(arguments: Namespace) -> Approval:
    """The approval of an organisation whose key is at hand."""
    identity = _identity(arguments)
    if identity is None or not arguments.role:
        raise Usage("give --role, --oin, --key-id and --key to sign, or --approval FILE with what was signed; nothing was approved")
    elsewhere = (arguments.node, arguments.of_run, arguments.hash)
    if any(elsewhere) or arguments.stop is not None:
        if not all(elsewhere) or arguments.out is None:
            raise Usage("for a node elsewhere give --node, --of-run, --hash and --out together; nothing was signed")
        if arguments.stop is not None and arguments.stop < 1:
            raise Usage(f"--stop {arguments.stop} is no position of a journal; hervat restart show --json has it as last_stop")
        node, run, plan = elsewhere
        stop = arguments.stop
    else:
        with Node.opened(arguments.store) as opened:
            under_way = Restarting(opened).run
            if under_way is None or not under_way.under_way:
                raise NotSo("no restart is under way; hervat restart begin PLAN begins one")
            node, run, plan = opened.keys.origin, under_way.name, under_way.begun.hash
        ensure_asked(under_way, arguments.step, identity.oin, arguments.role)
        stop = under_way.steps[arguments.step].stopped_at
    return signed_approval(identity, node, run, plan, arguments.step, arguments.role, SystemClock().now(), stop=stop)


def waive(arguments: Namespace) -> int:
    """Let two people let a gate be until a moment."""
    _ensure_said(arguments, "by", "second", "why")
    try:
        until = rfc3339(parse_rfc3339(arguments.until))
    except ValueError as fault:
        raise Usage(f"--until {arguments.until!r} is {fault}; nothing was waived") from fault
    if arguments.gate not in get_args(GateName):
        raise Usage(f"there is no gate {arguments.gate!r}; the gates are {', '.join(get_args(GateName))}; nothing was waived")
    said = {"act": "restart waive", "step": arguments.step, "gate": arguments.gate, "by": arguments.by, "of": arguments.of}
    said |= {"second": arguments.second, "second_of": arguments.second_of, "why": arguments.why, "until": until}
    try:
        act = msgspec.convert(said | {"considered": considered_in(arguments)}, GateWaiving)
    except msgspec.ValidationError as fault:
        field = str(fault).rpartition("$.")[2].rstrip("`").replace("_", "-")
        words = "an OIN, of 20 characters (hervat partner list shows those that are known)" if field.endswith("of") else f"shorter: {fault}"
        raise Usage(f"--{field} must be {words}; nothing was waived") from fault
    return _acted(arguments, decide(arguments.store, act), f"{arguments.gate} of {arguments.step} waived until {until}")


def hold(arguments: Namespace) -> int:
    """Hold a link, or say that a step is done no more."""
    ensure_decided(arguments)
    act = StepHolding(step=arguments.step, considered=considered_in(arguments), **_decided(arguments))
    answer = decide(arguments.store, act)
    return _acted(arguments, answer, f"{arguments.step} is held")


def abort(arguments: Namespace) -> int:
    """End a run."""
    ensure_decided(arguments)
    answer = decide(arguments.store, RestartAborting(considered=considered_in(arguments), **_decided(arguments)))
    return _acted(arguments, answer, "aborted; what is live stays so, all else stays closed")


def exercise(arguments: Namespace) -> int:
    """Run an exercise of a plan, and sign what came of it with the keys of this node; 1 where it did not come through."""
    plan, faults = read_plan(Path(arguments.plan)), tuple(arguments.fault)
    if strange := sorted({*faults} - {*FAULTS}):
        raise Usage(f"--fault {strange[0]}: there is no such fault; there are {', '.join(FAULTS)}")
    if arguments.out is not None and not Path(arguments.out).absolute().parent.is_dir():
        raise Usage(f"{arguments.out}: there is no such directory to write it in; name another file; nothing was exercised")
    with Node.opened(arguments.store) as node:
        made = exercised(plan, arguments.seed, node.keys, node.position, SystemClock().now(), faults or None)
    if arguments.out is not None:
        _write(Path(arguments.out), made)
    show(words.as_document(made) if arguments.json else words.lines(_exercised(made)))
    return 0 if made.passed else 1


def _exercised(made: ExerciseReport) -> Iterator[str]:
    found = made.found
    yield f"EXERCISE of {made.name} ({made.plan[:12]}), seed {made.seed}: {'it came through' if made.passed else 'IT DID NOT COME THROUGH'}"
    yield f"  {found['hours']} hours, by the plan {found['planned_hours']}; {found['messages']} messages, {found['held']} held at the end"
    yield f"  faults: {', '.join(made.faults) or 'none'}; {found['gates_lost']} gates lost and passed again"
    for step, hour in found["steps"].items():
        yield f"  {step}: complete in hour {hour}"


def report(arguments: Namespace) -> int:
    """The run with the checkpoint that covers it; or whether this node signed the report of an exercise."""
    with Node.opened(arguments.store) as node:
        given = _given(arguments.verify, ExerciseReport)
        if given is not None:
            ensure_own(given, node.keys)
            came = "came through" if given.passed else "DID NOT COME THROUGH"
            said = f"signed by this node: an exercise of {given.name} ({given.plan}) that {came}, seed {given.seed}, at {given.made_at}"
            show(words.as_document(given) if arguments.json else said)
            return 0 if given.passed else 1
        standing = Restarting(node).standing()
        if standing is None:
            raise NotSo(_NOTHING)
        show(words.as_document({"standing": standing, "checkpoint": node.checkpoint()}))
    return 0


def _decided(arguments: Namespace) -> dict[str, Any]:
    """Who decides, why, and who with them. Raises Usage for a second that is empty."""
    if arguments.second is not None:
        _ensure_said(arguments, "second")
    return {"by": arguments.by, "why": arguments.why, "second": arguments.second}


def _identity(arguments: Namespace) -> Identity | None:
    given = (arguments.oin, arguments.key_id, arguments.key)
    if not any(given):
        return None
    if not all(given):
        raise Usage("--oin, --key-id and --key are given together: who signs, and with which key")
    return load_identity(arguments.oin, arguments.key_id, Path(arguments.key))


_WHAT = {
    Approval: "an approval, as hervat restart approve STEP --out FILE writes it",
    ExerciseReport: "the report of an exercise, as hervat restart exercise PLAN --out FILE writes it",
    Statement: "a statement, as a partner signs it about a feed (GET /v1/statements/{stream} of its node)",
}


def _given(path: str | None, shape: type[_Read]) -> _Read | None:
    """What lies in a file that was named; raises Usage where it is something else."""
    if path is None:
        return None
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=shape)
    except OSError as fault:
        raise Usage(f"{path}: cannot be read: {fault.strerror}; name the file of {_WHAT[shape]}; nothing was done") from fault
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise Usage(f"{path}: this is not {_WHAT[shape]}: {fault}; ask for the file again; nothing was done") from fault


def _write(path: Path, said: msgspec.Struct) -> None:
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n")
    except OSError as fault:
        raise Usage(f"{path}: cannot be written: {fault.strerror}; name another file") from fault


def _ensure_said(arguments: Namespace, *names: str) -> None:
    empty = next((name for name in names if not getattr(arguments, name).strip()), None)
    if empty is not None:
        raise Usage(f"--{empty} may not be empty: this is an act of people, for a reason")


def _acted(arguments: Namespace, answer: dict[str, Any], said: str) -> int:
    told = [f"{said} at position {answer['position']}", *_moves(answer)]
    show(words.as_document(answer) if arguments.json else words.lines(told))
    return 0


def _moves(answer: dict[str, Any]) -> Iterator[str]:
    for one in answer.get("moves", []):
        if one["what"] == "link-moved":
            yield f"  {one['step']} is {one['state']}: {one['why']}; {one['applied']} messages applied by it"
        elif one["what"] == "restart-ended":
            yield f"  the run is {one['outcome']}"
        else:
            yield f"  {one['step']}: {one['gate']} {'passed' if one['what'] == 'gate-passed' else 'LOST'}"
    if "fault" in answer:
        yield f"  what waits for it could not be told: {answer['fault']}"


def _lines(told: dict[str, Any], language: str) -> Iterator[str]:
    named, term = _WORDS[language], wording(language).term
    if told["all_isolated_since"]:
        yield f"{named['all']}: {named['isolated_since']} {told['all_isolated_since']}{_by(told['all_isolated'], named)}"
    for one in told["isolated"]:
        yield f"{one['oin']} {one['name'] or ''}: {named['isolated_since']} {one['since']}{_by(one, named)}"
    if told["run"] is None:
        return
    mark = f" [{named['exercise']}]" if told["exercise"] else ""
    ended = "" if told["ended"] is None else f", {term('restart_outcomes', told['ended']['outcome'])}"
    yield f"{named['run']} {told['run']}{mark} {named['of']} {told['plan']['name']} {told['plan']['hash'][:12]}{ended}"
    yield f"{named['begun']} {told['begun']['at']}{_by(told['begun'], named)}"
    for step in told["steps"]:
        waits = ", ".join(one["step"] for one in step["waits_for"] if not one["complete"])
        after = f"; {named['waits']} {waits}" if waits else ""
        stop = step["stopped"]
        stopped = f"; {named[stop['how']]} {stop['by']}: {stop['reason']}{_with(stop, named)}" if stop else ""
        yield f"{step['phase']}. {step['id']} ({step['name']}): {term('restart_states', step['state'])}{after}{stopped}"
        for gate in step["gates"]:
            yield f"     {gate['gate']}: " + (f"{gate['passed']['at']}" if gate["passed"] else _lacks(gate["lacks"], language))
        for waiver in step["waivers"]:
            yield f"     {waiver['gate']} {named['waived']} {waiver['until']}: {waiver['why']}"
        counts = step["counts"]
        if counts is not None:
            yield "     " + named["counts"].format(**counts)
    yield _forecast(told["forecast"], named) if told["ended"] is None else named["over"].format(told["forecast"]["held"])


def _by(said: dict[str, Any], named: dict[str, str]) -> str:
    return f", {said['by']}: {said['why']}{_with(said, named)}"


def _with(said: dict[str, Any], named: dict[str, str]) -> str:
    """Who decided with whoever did, or that nobody did."""
    return f" ({named['alone'] if said['second'] is None else named['with'].format(said['second'])})"


def _lacks(said: dict[str, Any], language: str) -> str:
    return sentence(Lack(code=said["code"], values=said["values"]), language)


def _forecast(told: dict[str, Any], named: dict[str, str]) -> str:
    """When all that waits is worked away at the pace of the last 24 hours."""
    over = named["never"] if told["days_left"] is None else named["drained"].format(told["days_left"], told["drained_at"])
    return named["forecast"].format(over)
