"""The rehearsal's report: as one document, and in words with a picture that fits a terminal."""

from collections.abc import Iterator
from shlex import quote
from typing import Any

from hervat.rehearsal import courses_report, ending, gated_report, signals
from hervat.rehearsal.beside import Compared
from hervat.rehearsal.letter import Run, Step
from hervat.rehearsal.thread import ENROLMENT, SKN
from hervat.rehearsal.world import World

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_WIDE = 70
_FEW = 3


def document(
    world: World,
    runs: dict[str, Run],
    compared: Compared,
    steps: list[Step],
    decided: dict[str, Any],
    courses: dict[str, Any],
    ended: dict[str, Any] | None,
) -> dict[str, Any]:
    """Everything the rehearsal found, as one JSON document; `ended` is None where nobody works off what is left."""
    same = len({run.digest["register"] for run in runs.values()}) == 1
    balanced = all(_balanced(run) for run in runs.values())
    screening = signals.compared(world, {name: run.spoken for name, run in runs.items()})
    return {
        "scenario": "letter",
        "seed": world.seed,
        "scale": world.scale,
        "synthetic": True,
        "world": world.describe(),
        "ok": all((same, compared.equal, balanced, screening["equal"], screening["same_in_all"], decided["certificates"]["equal"]))
        and courses["custody"]["equal"]
        and courses["meanwhile"]["equal"]
        and gated_report.came_back(runs["cut"].restart)
        and (ended is None or ending.over(ended))
        and not _odd(runs),
        "same_world": same,
        "balanced": balanced,
        "truth": {
            "charges_compared": compared.charges,
            "hidden": compared.hidden,
            "equal": compared.equal,
            "differences": list(compared.differences),
            "held_otherwise": list(compared.unexpectedly_held),
            "refused_otherwise": list(compared.unexpectedly_refused),
        },
        "screening": screening
        | {"worlds": {name: signals.counted(world, run.spoken, runs["uncut"].spoken) for name, run in runs.items()}}
        | {"evenings_checked": sum(len(run.evenings) for run in runs.values()), "odd_evenings": _odd(runs)},
        "decided": decided,
        "ended": ended,
        "restart": runs["cut"].restart,
        **courses,
        "worlds": {name: _run(run) for name, run in runs.items()},
        "thread_skn": SKN,
        "thread_signals": {name: signals.of_enrolment(world, ENROLMENT, runs[name].spoken) for name in ("uncut", "cut")},
        "thread": [
            {name: getattr(step, name) for name in Step.__slots__}  # slots of a dataclass are its fields, in order
            for step in steps
        ],
    }


def _odd(runs: dict[str, Run]) -> list[dict[str, str]]:
    """The evenings on which the two computations of screening differed."""
    return [
        {"world": name, "on": one.on.isoformat(), "difference": one.difference}
        for name, run in runs.items()
        for one in run.evenings
        if one.difference is not None
    ]


def _balanced(run: Run) -> bool:
    counts = run.balance
    return counts["received"] == counts["applied"] + counts["held"] + counts["refused"]


def _run(run: Run) -> dict[str, Any]:
    return {
        "store": run.store,
        "keys": None if run.where.keys is None else str(run.where.keys),
        "digest": run.digest,
        "balance": run.balance,
        "duplicates": run.duplicates,
        "most_held": run.most_held,
        "sources": run.horizon,
        "waited": {
            source: {
                "count": one.count,
                "reasons": dict(one.reasons),
                "longest_days": round(one.longest_days, 1),
                "longest_id": one.longest_id,
            }
            for source, one in sorted(run.waited.items())
        },
        "held_at_end": run.held_at_end,
        "drain": run.drain,
    }


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The report for a person to read, line by line."""
    worlds = found["worlds"]
    yield f"The letter, seed {found['seed']}, scale {found['scale']}: every person and number is synthetic."
    yield ""
    yield from _sources(worlds["cut"])
    yield ""
    yield from _picture(worlds["cut"])
    yield ""
    yield from gated_report.in_words(found["restart"])
    yield ""
    yield from _side_by_side(worlds)
    yield ""
    yield from _screening(found["screening"])
    yield ""
    yield from _decided(found["decided"])
    yield ""
    yield from courses_report.in_words(found)
    yield ""
    yield from _ended(found)
    yield ""
    yield from _verdict(found)
    yield ""
    yield from _thread(found)
    yield from _thread_signals(found)


def _sources(run: dict[str, Any]) -> Iterator[str]:
    yield "With the cut, per source:"
    yield f"{'source':<9}{'received':>10}{'applied':>9}{'held':>6}{'refused':>9}{'stock':>7}   held on arrival, for what, longest wait"
    for row in run["sources"]:
        waited = run["waited"].get(row["source"])
        told = ""
        if waited:
            reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(waited["reasons"].items(), key=lambda item: -item[1]))
            told = f"{waited['count']} for {reasons}; {waited['longest_days']} days"
        stock = sum(one["count"] for one in row["stock"])
        name = row["source"].rpartition(":")[2]
        counts = f"{row['received']:>10}{row['applied']:>9}{row['held']:>6}{row['refused']:>9}{stock:>7}"
        yield f"{name:<9}{counts}   {told}".rstrip()


def _picture(run: dict[str, Any]) -> Iterator[str]:
    """The drain: what lay held at the end of each day, and what came in, a column a day."""
    days = run["drain"][-_WIDE:]
    arrived = [day["received"] - before["received"] for before, day in zip([{"received": 0}, *days], days, strict=False)]
    arrived[0] = 0 if len(run["drain"]) > len(days) else arrived[0]
    yield f"The drain, {days[0]['day']} to {days[-1]['day']}, a column a day:"
    yield from bars("held", [day["held"] for day in days])
    yield from bars("received", arrived)


def bars(title: str, values: list[int]) -> Iterator[str]:
    """A bar for each value, four lines high."""
    top = max(values, default=0) or 1
    for level in range(3, -1, -1):
        cells = "".join(_EIGHTHS[max(0, min(8, round(value * 32 / top) - level * 8))] for value in values)
        yield f"{title if level == 3 else '':<9}|{cells}| {top if level == 3 else ''}".rstrip()


def _side_by_side(worlds: dict[str, Any]) -> Iterator[str]:
    yield f"{'the same messages':<34}{'no cut':>12}{'cut':>12}{'wrong order':>14}"
    names = ("uncut", "cut", "wrong_order")
    rows = (
        ("received", [worlds[name]["balance"]["received"] for name in names]),
        ("duplicates", [worlds[name]["duplicates"] for name in names]),
        ("most held at the end of a day", [worlds[name]["most_held"]["held"] for name in names]),
        ("held on arrival, later applied", [_waited(worlds[name]) for name in names]),
        ("  of all held, for what they need", [_for_needs(worlds[name]) for name in names]),
        ("longest wait, days", [_longest(worlds[name]) for name in names]),
        ("held at the end", [worlds[name]["balance"]["held"] for name in names]),
        ("refused", [worlds[name]["balance"]["refused"] for name in names]),
    )
    for title, (uncut, cut, wrong) in rows:
        yield f"{title:<34}{uncut:>12}{cut:>12}{wrong:>14}"
    digests = [worlds[name]["digest"]["register"][:10] for name in names]
    yield f"{'register (digest)':<34}{digests[0]:>12}{digests[1]:>12}{digests[2]:>14}"
    yield "A relay that hands on in order of arrival would have lost or refused what is held here for what it needs."


def _waited(run: dict[str, Any]) -> int:
    count: int = sum(one["count"] for one in run["waited"].values()) - run["balance"]["held"]
    return count


def _for_needs(run: dict[str, Any]) -> int:
    """How many were held on arrival for something else than a ceiling."""
    return sum(count for one in run["waited"].values() for reason, count in one["reasons"].items() if reason != "ceiling")


def _longest(run: dict[str, Any]) -> float:
    return max((one["longest_days"] for one in run["waited"].values()), default=0.0)


_TOLD = (
    ("signals told", "told"), ("late, beside no cut", "late"), ("told here and never without a cut", "told_here_alone"),
    ("told again, in another version", "told_again"), ("withdrawn", "withdrawn"),
)  # fmt: skip


def _screening(found: dict[str, Any]) -> Iterator[str]:
    worlds = [found["worlds"][name] for name in ("uncut", "cut", "wrong_order")]
    yield f"{'screening of childcare and taxi':<34}{'no cut':>12}{'cut':>12}{'wrong order':>14}"
    rows = [(title, [world[key] for world in worlds]) for title, key in _TOLD]
    for key, title in (("late_days", "days late"), ("unscreened_days", "days gone on unscreened")):
        rows += [(f"{title}, {which}", [world[key][which] for world in worlds]) for which in ("median", "longest")]
    for reason in sorted({reason for world in worlds for reason in world["suppressed"]}):
        rows.append((f"not told: {reason}", [world["suppressed"].get(reason, 0) for world in worlds]))
    reports = [world["reports"] for world in worlds]
    rows.append(("told on a report of the police", [one["told"] for one in reports]))
    rows.append(("  before the case came", [one["early"] for one in reports]))
    rows += [(f"  days early, {which}", [one["early_days"][which] for one in reports]) for which in ("median", "longest")]
    for how in sorted({how for one in reports for how in one["endings"]}):
        rows.append((f"  ended: {how}", [one["endings"].get(how, 0) for one in reports]))
    for title, (uncut, cut, wrong) in rows:
        yield f"{title:<34}{uncut:>12}{cut:>12}{wrong:>14}"
    equal = "equal" if found["equal"] else "NOT EQUAL"
    yield f"Every signal beside the world's own truth: {equal}; {found['pairs_compared']} pairs of an enrolment and a change compared."
    yield from (f"  {name}: {line}" for name, lines in found["differences"].items() for line in lines)
    odd = found["odd_evenings"]
    agreed = f"they differ on {len(odd)}" if odd else "always equal"
    evenings = found["evenings_checked"]
    yield f"Worked out a second time on every evening since the cut, and on Sundays before it, {evenings} in all: {agreed}."
    yield from (f"  {one['world']}, {one['on']}: {one['difference']}" for one in odd[:3])
    same = "yes" if found["same_in_all"] else "NO"
    yield f"What Justis holds for true at the end is the same in all three: {same}, {found['due']} signals of a day in the enrolment."


def _decided(found: dict[str, Any]) -> Iterator[str]:
    certificates, handed = found["certificates"], found["handed"]
    granted = [one for one in certificates["again"] if one["decided"] == "granted" and one["now"] == "assess"]
    yield f"Decided with the cut, by an interim rule ({found['rule']['name']}, invented):"
    yield f"  certificates {certificates['decided']}, of which blind {certificates['blind']}, granted blind {certificates['granted_blind']}"
    yield f"  to be looked at again {len(certificates['again'])}, of which granted and now to be assessed {len(granted)}"
    yield from (f"    {one['application']}, granted on {one['on']}: {one['appeared']} more counts now" for one in granted[:_FEW])
    yield f"  requests answered {handed['answers']}, of which given {handed['given']}, blind {handed['blind']}"
    yield f"  of both, not answered {found['unanswered']}: held, not told what decides, or several persons"
    by_article: dict[str, list[dict[str, Any]]] = {}
    for one in handed["again"]:
        by_article.setdefault(one["article"], []).append(one)
    for article, some in sorted(by_article.items()):
        to = ", ".join(sorted({name for one in some for name in one["to"]})) or "nobody: no ground was found"
        yield f"  reads differently now, {article}: {len(some)}, to be told to {to}"
    equal = "equal" if certificates["equal"] else "NOT EQUAL"
    left_out = certificates["support_lost"]
    but = f", but for {left_out} of people of whom something lost what it rested on" if left_out else ""
    yield f"What must be looked at again beside the world without a cut: {equal}{but}."


def _ended(found: dict[str, Any]) -> Iterator[str]:
    """The bottlenecks: how they stood, what was done, and what is left of them."""
    ended = found["ended"]
    if ended is None:
        yield "The bottlenecks as they stand, nobody having worked off what is left:"
        yield from (f"  {one['name']:<13} {_stands(one)}" for one in found["decided"]["bottlenecks"])
        return
    yield f"The five bottlenecks, when the last link was back on {ended['links_back']} and when all was worked off on {ended['on']}:"
    for one in ended["bottlenecks"]:
        yield f"  {one['name']:<13} {_stands(one['when_links_were_back'])}"
        yield f"  {'':<13} then {_stands(one) if one['open'] else 'over'}"
    yield f"  {ended['asked_about']} messages held for what nobody sent were asked about, and put right or taken back by their senders"
    for title, done in ended["done"].items():
        counts = ", ".join(f"{count} {what}" for what, count in done.items()) or "none"
        yield f"  {title} looked at by people (invented): {counts}"


def _stands(one: dict[str, Any]) -> str:
    against = ", ".join(sorted(one["against"])) or "nothing"
    return f"{'OPEN' if one['open'] else 'over'}, {one['affected']} affected; against it: {against}"


def _verdict(found: dict[str, Any]) -> Iterator[str]:
    truth = found["truth"]
    yield f"Same world: {'yes, all three registers are equal' if found['same_world'] else 'NO, the registers differ'}."
    equal = "equal" if truth["equal"] else "NOT EQUAL"
    yield f"The world's own truth: {equal}; {truth['charges_compared']} charges compared, {truth['hidden']} of them hidden."
    yield from (f"  differs: {line}" for line in truth["differences"])
    yield from (f"  held or not held, otherwise than in the world: {line}" for line in truth["held_otherwise"])
    yield from (f"  refused or not, otherwise than in the world: {line}" for line in truth["refused_otherwise"])
    yield f"Received = applied + held + refused: {'yes' if found['balanced'] else 'NO'}, per source, in every world."


def _thread(found: dict[str, Any]) -> Iterator[str]:
    yield "One human thread (a fictitious person):"
    for step in found["thread"]:
        yield f"  {step['happened_on']}  {step['words_en']}"
        if step["held_for"]:
            applied = f"applied {step['applied_on']}" if step["applied_on"] else "not applied yet"
            days = f" {step['held_days']:.0f} days" if step["applied_on"] else ""
            why = "below the ceiling of the restart" if step["held_for"] == "ceiling" else f"for lack of {step['held_for']}"
            yield f"              here {step['received_on']}, held{days} {why}; {applied}"
        else:
            yield f"              here and applied {step['applied_on']} (position {step['position']})"
    cut, keys = quote(found["worlds"]["cut"]["store"]), found["worlds"]["cut"]["keys"]
    ask = f"{'' if keys is None else f'HERVAT_KEYS={quote(keys)} '}.venv/bin/hervat person {found['thread_skn']}"
    yield f"  To see it: {ask} --store {cut}"
    yield f"  Before the return: {ask} --known-at 2025-08-31T22:00:00Z --store {cut}"


def _thread_signals(found: dict[str, Any]) -> Iterator[str]:
    yield "  What screening told about his work in childcare:"
    store, keys = quote(found["worlds"]["cut"]["store"]), found["worlds"]["cut"]["keys"]
    there = {one["id"]: one for one in found["thread_signals"]["uncut"]}
    for one in found["thread_signals"]["cut"]:
        yield f"  {one['changed_on']}  {one['kind']}: {_how(one)}, without the cut {_how(there[one['id']])}"
    prefix = "" if keys is None else f"HERVAT_KEYS={quote(keys)} "
    for position in sorted({one["position"] for one in found["thread_signals"]["cut"]}):
        yield f"  To see the act that told: {prefix}.venv/bin/hervat prove {position} --store {store}"


def _how(one: dict[str, Any]) -> str:
    """When something was told, or why it was not told a second time; of a report how it ended."""
    if one["reason"] is not None:
        return f"not told again on {one['told_on']} ({one['reason']})"
    ended = f"; it ended {' '.join(one['ending'])}" if one["ending"] else ""
    return f"told {one['told_on']} after {one['unscreened_days']} days{ended}"


def try_to_break_it(directory: str) -> Iterator[str]:
    """Three things to do to the result, to copy and paste in a checkout; what they show stands in the README."""
    folder, store = directory.rpartition("/")[0] or ".", f"sqlite:///{directory}/cut.db"
    hervat, python = ".venv/bin/hervat", ".venv/bin/python"
    yield "Now try to break it:"
    yield "  1. An edited message: the first stands, the other is kept as a conflict."
    edit = 'import json, sys; print(json.load(sys.stdin)["segments"][0]["content"].replace("2025", "2024"))'
    yield f"{hervat} prove 1 --store {store} | {python} -c '{edit}' | {hervat} receive - --store {store}"
    yield "  2. kill -9 in mid-drain, everything in the wrong order, and again: the digests are equal."
    late = f"{hervat} receive {folder}/late.jsonl --store sqlite:///{folder}/late.db"
    yield f"{python} tools/messages.py {store} | tac > {folder}/late.jsonl"
    yield f"timeout -s KILL 3 {late}; {late}"
    yield f"{hervat} digest --store sqlite:///{folder}/late.db; {hervat} digest --store {store}"
    yield "  3. One flipped byte: verify folds the journal again and names it."
    yield f"cp {directory}/cut.db {folder}/flip.db; cp {directory}/cut.db.key {folder}/flip.db.key"
    flip = f'p = "{folder}/flip.db"; b = bytearray(open(p, "rb").read()); b[b.index(b"judgment-final\\",\\"position")] ^= 1; '
    yield f"{python} -c '{flip}open(p, \"wb\").write(b)'"
    yield f"{hervat} verify --store sqlite:///{folder}/flip.db"
