"""Each of the eleven parties in the report: its process, its emergency procedure, what was done under that, its backlog and its end."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Protocol

from hervat.assemble import Node
from hervat.consumers.ruling import rules_at
from hervat.rehearsal import evident
from hervat.rehearsal.days import CUT_ON, RESTART, legal_day, on
from hervat.rehearsal.deciding import RULE, Record
from hervat.rehearsal.detained import Record as Checks
from hervat.rehearsal.feeds import GPS, GRIP
from hervat.rehearsal.gated import the_map
from hervat.rehearsal.lookback import Applied, Book, Days, Handled, differences, of_office, row
from hervat.rehearsal.meanwhile import ELSEWHERE, Meanwhile, Told, procedures, process_of
from hervat.rehearsal.screened import Pair
from hervat.rehearsal.signals import Spoken
from hervat.rehearsal.unending import ASKED
from hervat.rehearsal.world import World

ORDER = ("courts", "CJIB", "victim support", "probation", "the bar", "DJI", "police", "DUO", "Kiwa", "Justis", "IND")
_FIGURES = ("limit_a_day", "carries", "errors")
_BY_THE_RULE = (("Justis", "applications for a certificate", "vog-given"), ("IND", "questions about a record", "immigration"))


class Went(Protocol):
    """What is told of a world as it went."""

    spoken: dict[Pair, Spoken]
    record: Record | None
    custody: Checks | None
    meanwhile: Meanwhile | None


def told(world: World, node: Node, run: Went) -> dict[str, Any]:
    """The eleven, in the order in which the letter names them, and whether what was looked back on is what the world itself knows."""
    meanwhile = run.meanwhile
    if meanwhile is None:
        raise ValueError("nobody worked by hand in this world")
    last = CUT_ON + timedelta(days=world.days + ASKED[-1])
    applied, book = Applied(node, run.spoken, Days(node, last)), Book(world, meanwhile.papers)
    rows = [*_offices(meanwhile, applied, book), *_elsewhere(world, node, run, applied, book), *_by_the_rule(world, node, run, applied)]
    rows.sort(key=lambda one: ORDER.index(one["party"]))
    found = list(differences(rows))
    return {"parties": rows, "invented": sorted(_invented(rows)), "equal": not found, "differences": found}


def _offices(meanwhile: Meanwhile, applied: Applied, book: Book) -> Iterator[dict[str, Any]]:
    for name, office in meanwhile.offices.items():
        procedure = _procedure(office.party.procedure, office.since, office.until, office.limit)
        yield row(name, office.party.of, process_of(office.party.procedure), procedure, of_office(office, applied, book))


def _elsewhere(world: World, node: Node, run: Went, applied: Applied, book: Book) -> Iterator[dict[str, Any]]:
    end = run.meanwhile.ended_on if run.meanwhile is not None else None
    handled: dict[str, Iterator[Handled]] = {
        "courts": evident.courts(world, node, applied, book),
        "DJI": evident.prisons(world, node, applied, run.custody),
        "police": evident.police(world, node, applied, book, end or on(world.days)),
    }
    for one in ELSEWHERE:
        yield row(one.party, one.of, one.process or process_of(one.procedure), _told(one, end), list(handled[one.party]))


def _by_the_rule(world: World, node: Node, run: Went, applied: Applied) -> Iterator[dict[str, Any]]:
    whole = _whole_on(world, applied)
    procedure = None
    if run.record is not None:
        rule = next(one for one in rules_at(node.store, node.keys, node.position) if one.name == RULE.name)
        days = {"since": rule.from_.isoformat(), "until": None if rule.until is None else rule.until.isoformat()}
        procedure = {"name": RULE.name, "basis": "invented", **days, **dict.fromkeys(_FIGURES)}
    handled = {
        "Justis": evident.certificates(world, node, run.record, whole),
        "IND": evident.answers(world, node, run.record, whole),
    }
    names = {one.id: one.name for one in the_map().process}
    for party, of, process in _BY_THE_RULE:
        yield row(party, of, names[process], procedure, list(handled[party]))


def _whole_on(world: World, applied: Applied) -> date | None:
    """The day on which the last of what OM and the courts made in the cut was applied, of what ever was."""
    links = (GPS.source, GRIP.source)
    of = [one for one in world.messages if one.source in links and CUT_ON <= legal_day(int(one.event_at.timestamp())) < on(RESTART)]
    days = (applied.sent_applied_on(one) for one in of)
    return max((day for day in days if day is not None), default=None)


def _procedure(id: str, since: date, until: date | None, limit: float | None) -> dict[str, Any]:
    """A procedure in the report; its figures where they bound what was done."""
    one, days = procedures()[id], {"since": since.isoformat(), "until": until and until.isoformat()}
    figures = (None, None, None) if limit is None else (round(limit, 2), one.carries, one.errors)
    return {"name": one.name, "basis": one.basis, **days, **dict(zip(_FIGURES, figures, strict=True))}


def _told(one: Told, end: date | None) -> dict[str, Any]:
    return _procedure(one.procedure, one.since, one.until or end, None)


def _invented(rows: Iterable[dict[str, Any]]) -> set[str]:
    """The procedures that are made up."""
    return {one["procedure"]["name"] for one in rows if one["procedure"] is not None and one["procedure"]["basis"] == "invented"}


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The eleven for a person to read: a line of figures, and what that is about."""
    yield "What each party did meanwhile. Procedures are invented, but for that of the police; limits and slips of all of them are:"
    titles = f"{'came up':>8}{'by hand':>8}{'in a day':>9}{'otherwise':>10}{'waited':>7}{'backlog':>8}{'at the end':>11}"
    yield f"{'party':<15}{titles}   caught up on"
    for one in found["parties"]:
        backlog = one["backlog"]
        counts = f"{one['came_up']:>8}{one['done']:>8}{one['most_on_a_day']:>9}{one['otherwise']:>10}{one['waited']:>7}"
        lay = f"{backlog['highest']:>8}{backlog['at_the_end_of_the_cut']:>11}"
        yield f"{one['party']:<15}{counts}{lay}   {one['caught_up_on'] or ('never' if one['waited'] else 'nothing waited')}"
    for one in found["parties"]:
        yield f"  {one['party']}, {one['of']}, for: {one['process']}"
        yield f"    {_how(one)}"
        yield from (f"    otherwise {count}: {way}" for way, count in one["ways"].items())
    equal = "equal" if found["equal"] else "NOT EQUAL"
    yield f"What turned out otherwise beside the world's own truth: {equal}."
    yield from (f"  differs: {line}" for line in found["differences"])


def _how(one: dict[str, Any]) -> str:
    procedure = one["procedure"]
    if procedure is None:
        return "nobody decided in this world"
    limit = ""
    if procedure["limit_a_day"] is not None:
        limit = f", {procedure['carries']:.0%} and at most {procedure['limit_a_day']} on a working day"
    return f"{procedure['since']} to {procedure['until'] or 'no end yet'}{limit}: {procedure['name']}"
