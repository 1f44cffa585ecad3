"""Beginning a restart on the page, in two steps: what is handed in is shown for what it is, and then two people begin it.

- The first step writes nothing. What the second begins is what the first showed: the same text goes with it.
- The form carries which run was begun last when it was shown, so that one that is sent again later begins nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from litestar.datastructures import UploadFile

from hervat.assemble import Node
from hervat.chain.plan import Plan, Step
from hervat.clock import parse_rfc3339
from hervat.dispatch.signed import Unfit
from hervat.doors.acts.restarting import RestartBeginning
from hervat.doors.pages.acting import not_done
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.restarting import FORMS, HANDED, ensure_others, handed_of
from hervat.doors.pages.weighed import considered_in
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short
from hervat.errors import NotSo, Usage
from hervat.intake.quarantine import oin_of
from hervat.intake.switching import RESTART_BEGUN, GovernedLink, RestartBegun, read_switch
from hervat.journal.acts import acts_at
from hervat.restart.acts import ExerciseReport
from hervat.restart.gates import REHEARSED_FOR
from hervat.restart.reporting import ensure_own
from hervat.restarting import Restarting

LARGEST_FORM = 8 * 1024 * 1024
"""Bytes of all that is sent with the form."""
_LARGEST = 2 * 1024 * 1024
"""Bytes of a plan or a report: some thousands of steps."""


def filled_of(data: Mapping[str, Any]) -> Filled:
    """The form as it was sent: what was typed stands, and where nothing was, what lies in the file."""
    typed = {name: value for name, value in data.items() if isinstance(value, str)}
    faults = {}
    for name in HANDED["begin"]:
        upload = data.get(f"{name}_file")
        if not typed.get(name, "").strip() and isinstance(upload, UploadFile):
            try:
                typed[name] = upload.file.read(_LARGEST + 1).decode()
            except UnicodeDecodeError:
                faults[name] = "restart.too_large" if upload.file.read(1) else "restart.not_text"
        if len(typed.get(name, "").encode()) > _LARGEST:
            # It is not sent back with the page either.
            faults[name], typed[name] = "restart.too_large", ""
    filled = Filled.of("begin", typed, FORMS["begin"])
    filled.faults.update(faults)
    return filled


def act_of(filled: Filled) -> RestartBeginning | None:
    """The act that the form comes to; None where something is wrong, which is told in `filled`."""
    plan = handed_of(filled, "plan", Plan, "restart.no_plan")
    report = handed_of(filled, "report", ExerciseReport, "restart.no_report") if filled.typed["report"] else None
    filled.need("by", "second", "why")
    considered = considered_in(filled)
    filled.bearable("by")
    filled.bearable("second")
    ensure_others(filled)
    if filled.faults or plan is None:
        return None
    typed = filled.typed
    said = {name: typed[name] for name in ("by", "second", "why")}
    return RestartBeginning(plan=plan, report=report, considered=considered, **said)


def last_begun(node: Node) -> tuple[int, RestartBegun | None]:
    """The run that was begun last, ended or not, with its position; 0 and None where none was."""
    at = node.store.acts(RESTART_BEGUN, node.position)[-1:]
    for position, act in acts_at(node.store, node.keys, at, read_switch, "act of a restart"):
        if isinstance(act, RestartBegun):
            return position, act
    return 0, None


def is_begun_by(act: RestartBeginning, begun: RestartBegun) -> bool:
    """Whether a run was begun by this very act: the plan, and who with whom, and why."""
    return (act.plan.hash, act.by, act.second, act.why) == (begun.hash, begun.by, begun.second, begun.why)


def shown(node: Node, act: RestartBeginning, filled: Filled, words: Wording) -> dict[str, Any] | None:
    """What beginning would do, and what is lacking; None where it cannot be begun, which is told in `filled`."""
    plan = act.plan
    try:
        links = Restarting(node).governed(plan)
    except NotSo as fault:
        filled.refused = not_done(fault)
        return None
    except Usage as fault:
        filled.fail("plan", "restart.not_begun", str(fault))
        return None
    if act.report is not None and not _is_of_this(node, plan, act.report, filled):
        return None
    roster = node.roster()

    def name(oin: str) -> str:
        return roster.name_of(oin) or oin

    return {
        "name": plan.name,
        "hash": plan.hash,
        "begins": words.moment(plan.begins.isoformat()),
        "steps": len(plan.steps),
        "links": len(links),
        "by_hand": [step.id for step in plan.steps if step.act == "open" and step.feed is None],
        "phases": [
            {"phase": phase, "steps": [_step(step, name) for step in plan.steps if step.phase == phase]}
            for phase in sorted({step.phase for step in plan.steps})
        ],
        "closed": _closed(node, links, name),
        "report": None if act.report is None else _report(node, plan, act.report, words),
        "lacks": list(_lacks(node, act, links, words)),
        "after": last_begun(node)[0],
    }


def _is_of_this(node: Node, plan: Plan, report: ExerciseReport, filled: Filled) -> bool:
    try:
        ensure_own(report, node.keys)
    except Unfit as fault:
        filled.fail("report", "restart.report_unsigned", str(fault))
        return False
    if report.plan != plan.hash:
        filled.fail("report", "restart.report_other", f"{report.plan[:12]}, {plan.hash[:12]}")
        return False
    return True


def _step(step: Step, name: Any) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": step.name,
        "act": step.act,
        "partner": step.partner,
        "crew": step.crew,
        "start": f"{step.start:g}",
        "end": f"{step.end:g}",
        "waits": [wait.step for wait in step.waits_for],
        "gates": [one.gate for one in step.gates],
        "approvers": [
            {"role": one.role, "oin": one.oin or "", "name": one.partner if one.oin is None else name(one.oin)} for one in step.approvers
        ],
    }


def _closed(node: Node, links: tuple[GovernedLink, ...], name: Any) -> list[dict[str, Any]]:
    """The organisations that the run governs, each with its sources: those that the plan opens again, and those that it does not name."""
    steps: dict[str, list[str]] = {}
    for link in links:
        steps.setdefault(link.source, []).append(link.step)
    governed = sorted({oin for source in steps if (oin := oin_of(source)) is not None})
    known = {*steps, *(feed.name for feed in node.store.feeds())}
    return [
        {
            "oin": oin,
            "name": name(oin),
            "sources": [{"name": short(one), "steps": steps.get(one, [])} for one in sorted(known) if oin_of(one) == oin],
        }
        for oin in governed
    ]


def _report(node: Node, plan: Plan, report: ExerciseReport, words: Wording) -> dict[str, Any]:
    """What a report of this node, of this plan, says; how old it is, and whether that is too old."""
    age = node.now() - parse_rfc3339(report.made_at)
    return {
        "made": words.moment(report.made_at),
        "age": words.age(max(age, timedelta(0))),
        "seed": report.seed,
        "passed": report.passed,
        "hours": f"{_hours(plan):g}",
        "recent": age <= timedelta(hours=_hours(plan)),
    }


def _hours(plan: Plan) -> float:
    """For how many hours an exercise counts at the step that asks for the most recent one."""
    return min((one.hours or REHEARSED_FOR for step in plan.steps for one in step.gates if one.gate == "rehearsed"), default=REHEARSED_FOR)


def _lacks(node: Node, act: RestartBeginning, links: tuple[GovernedLink, ...], words: Wording) -> Iterator[str]:
    """What is not there yet of what the gates will ask."""
    plan, report, roster, now = act.plan, act.report, node.roster(), node.now()
    rehearsed = ", ".join(step.id for step in plan.steps if any(one.gate == "rehearsed" for one in step.gates))
    if rehearsed and report is None:
        yield words("restart.lacks_report", steps=rehearsed)
    elif rehearsed and report is not None and not report.passed:
        yield words("restart.lacks_passed", steps=rehearsed)
    elif rehearsed and report is not None and now - parse_rfc3339(report.made_at) > timedelta(hours=_hours(plan)):
        yield words("restart.lacks_recent", steps=rehearsed, hours=f"{_hours(plan):g}")
    signs = {one.oin: one.partner for step in plan.steps for one in step.approvers if one.oin is not None}
    for oin, called in signs.items():
        partner = roster.now.get(oin)
        keys = () if partner is None else partner.keys
        if not any(key.revoked_at is None and key.valid_from <= now and (key.valid_until is None or now < key.valid_until) for key in keys):
            yield words("restart.lacks_key", name=roster.name_of(oin) or called, oin=oin)
    came = {feed.name for feed in node.store.feeds()}
    for source in dict.fromkeys(link.source for link in links):
        if source not in came:
            yield words("restart.lacks_feed", source=source)
