"""Five parties of whom the node's own records tell what they did meanwhile: the courts, DJI, the police, Justis and IND.

- The courts' own desk entered what could not wait, and the rest lay on paper; DJI was asked by telephone; the police reported straight to
  the register; Justis and IND went on by an interim rule, where people decide in the world at all.
- Each is looked back on by what became of it at the node, and laid beside the world's own truth. Of Justis and IND that is done where it is
  told what they decided: the world without a cut is the measure there (`deciding.py`).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.again import Told
from hervat.consumers.custody.checked import CheckedAct
from hervat.consumers.disclosure.comparing import Holding
from hervat.detaining import Detaining
from hervat.emergency import Emergency
from hervat.rehearsal.days import CUT_ON, EMERGENCY_FROM, HOUR, RESTART, legal_day, moment, on
from hervat.rehearsal.deciding import Record
from hervat.rehearsal.detained import Record as Checks
from hervat.rehearsal.elsewhere import SERIOUS
from hervat.rehearsal.feeds import BVH, GRIP, INDIGO, VOG, Feed
from hervat.rehearsal.held import Custody
from hervat.rehearsal.lookback import Applied, Book, Handled
from hervat.rehearsal.papers import Sheet
from hervat.rehearsal.sealing import ON_PAPER, Sent
from hervat.rehearsal.world import World

OPENS: Final = moment(RESTART, 7 * HOUR)
"""When the registries enter what lies on paper; what was entered before went through the courts' own desk."""
_ARTICLES: Final = frozenset(article for _, article in SERIOUS)
CHANGED, WITHDRAWN, ORPHAN = "changed", "withdrawn", "orphan"
_ENDED: Final = {
    CHANGED: "a report was otherwise than its case",
    WITHDRAWN: "a report was taken back, or its case may be shown to nobody",
    ORPHAN: "a report of which no case came",
}
_FOUND_WRONGLY: Final = "the prison said another day than the messages, or another thing"


def _in_the_cut(day: date) -> bool:
    return CUT_ON <= day < on(RESTART)


def _event(sent: Sent) -> date:
    return legal_day(int(sent.event_at.timestamp()))


def courts(world: World, node: Node, applied: Applied, book: Book) -> Iterator[Handled]:
    """What the courts decided in the cut: entered through their own desk, or on paper until the registries were open."""
    for sent in world.messages:
        if sent.source != GRIP.source or sent.kind not in ON_PAPER or not _in_the_cut(_event(sent)):
            continue
        entered, name = int(sent.entered_at.timestamp()), (sent.source, sent.id)
        done = legal_day(entered) if entered < OPENS else None
        ways, truth = tuple[str, ...](), tuple[str, ...]()
        if done is not None:
            row = node.message(*name)
            ways = _entered(taken_back=bool(row.retracted), corrected=row.version is not None)
            truth = _entered(taken_back=book.is_taken_back(name), corrected=book.papers.version(name) is not None)
        came = applied.sent_applied_on(sent)
        yield Handled(_event(sent), done, came, ways, truth)


def _entered(*, taken_back: bool, corrected: bool) -> tuple[str, ...]:
    if taken_back:
        return ("a decision was entered that was taken back since",)
    return ("a decision was entered that was corrected since",) if corrected else ()


def prisons(world: World, node: Node, applied: Applied, checks: Checks | None) -> Iterator[Handled]:
    """Those in custody of whom nobody knew enough: DJI was asked of those whose day had passed; who has no day is asked about by nobody."""
    if checks is None:
        return
    beside, *_ = Detaining(node).differing(date.min, CUT_ON + timedelta(days=world.days))
    differs = {one.custody.case for one in beside if one.says == "differs"}
    for pn, since in checks.since.items():
        act = checks.found.get(pn)
        days = [applied.applied_on(one.name) for one in applied.case(pn) if one.kind.startswith("custody-")]
        came = max(days, default=None)
        if act is None:
            yield Handled(max(CUT_ON, since), None, came)
            continue
        ways = (_FOUND_WRONGLY,) if pn in differs else ()
        wrong = pn not in world.hidden_cases and _is_wrong(world.custodies[pn], act)
        yield Handled(max(CUT_ON, since), act.on, came, ways, (_FOUND_WRONGLY,) if wrong else ())


def _is_wrong(custody: Custody, act: CheckedAct) -> bool:
    """Whether what was found is not what was so by the end of that day."""
    so = custody.known_on(act.on)
    if act.found == "released":
        return act.day != custody.released
    if act.found == "prolonged":
        return act.day != so.due
    return so.released is not None and so.released < act.on


def police(world: World, node: Node, applied: Applied, book: Book, until: date) -> Iterator[Handled]:
    """The reports of the police, and the cases of serious offences of which there was none: they waited for OM."""
    listed = [one for each in Emergency(node).listing(until + timedelta(days=1))["procedures"] for one in _ended(each)]
    endings, numbers, cases, registered = dict(listed), set[str](), applied.of_kind("case-registered"), book.of_kind("case-registered")
    for sent in world.messages:
        name = (sent.source, sent.id)
        if sent.source != BVH.source or sent.kind != "emergency-report" or name in book.lost:
            continue
        data = msgspec.json.decode(sent.raw)["data"]
        numbers.add(data["police_report"])
        row = node.message(*name)
        its = [one for one in cases if one.data.get("police_report") == data["police_report"]]
        came = max((applied.applied_on(one.name) for one in its), default=until)
        how = WITHDRAWN if row.retracted or any(map(applied.is_hidden, its)) else endings.get(row.position)
        same = [one for one in registered if one.data.get("police_report") == data["police_report"]]
        so = WITHDRAWN if book.is_taken_back(name) else _ending(world, same, data)
        yield Handled(_event(sent), _event(sent), came, () if how is None else (_ENDED[how],), () if so is None else (_ENDED[so],))
    for one in cases:
        serious = _ARTICLES & {charge["article"] for charge in one.data["charges"]}
        if serious and on(EMERGENCY_FROM) <= one.on < on(RESTART) and one.data.get("police_report") not in numbers:
            yield Handled(one.on, None, applied.applied_on(one.name))


def _ended(procedure: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """How reports under a procedure ended that are otherwise, by position."""
    for how, key in ((CHANGED, "changed"), (ORPHAN, "orphans")):
        yield from ((one["position"], how) for one in procedure[key])


def _ending(world: World, cases: list[Sheet], report: dict[str, Any]) -> str | None:
    """How a report ended by the world itself, beside the cases with its number; None where one of them is what it said."""
    if any(one.data["pn"] in world.hidden_cases for one in cases):
        return WITHDRAWN
    if not cases:
        return ORPHAN
    person = world.persons.get(report["skn"])
    for case in cases:
        for charge in case.data["charges"]:
            same = all(charge[what] == report[what] for what in ("article", "period"))
            if same and world.truth[case.data["pn"], charge["charge"]].skn == person:
                return None
    return CHANGED


def certificates(world: World, node: Node, record: Record | None, came: date | None) -> Iterator[Handled]:
    """Applications of the cut: decided on by the interim rule, where people decide; otherwise where they were opened again."""
    decided = {} if record is None else {(one.source, one.application): one for one in record.decided}
    again = _again(node)
    for data, day in _asked(world, VOG, "certificate-requested"):
        one = decided.get((VOG.source, data["application"]))
        way = () if one is None or one.application not in again else (f"a certificate that was {one.outcome} had to be looked at again",)
        yield Handled(day, None if one is None else one.on, came, way)


def _again(node: Node) -> set[str | None]:
    """The numbers of the applications of which something else would be proposed since."""
    told, certificates = Told(node.store, node.keys, node.position), Certificates(node)
    return {certificates.number_at(one.application, node.position) for one in told.last.values() if one.says == "opened"}


def answers(world: World, node: Node, record: Record | None, came: date | None) -> Iterator[Handled]:
    """What IND asked in the cut: answered on what was known, where people decide; otherwise where the answer reads differently now."""
    handed = {} if record is None else {one.request: one for one in record.handed}
    differs = {one.disclosed for _, one in Holding.up_to(node.store, node.keys, node.position).told.values()}
    for data, day in _asked(world, INDIGO, "disclosure-requested"):
        one = handed.get(data["request"])
        way = ("an answer reads differently now",) if one is not None and one.position in differs else ()
        yield Handled(day, None if one is None else one.on, came, way)


def _asked(world: World, feed: Feed, kind: str) -> Iterator[tuple[dict[str, Any], date]]:
    """What was asked in the cut, with the day of it."""
    for sent in world.messages:
        if sent.source == feed.source and sent.kind == kind and _in_the_cut(_event(sent)):
            yield msgspec.json.decode(sent.raw)["data"], _event(sent)
