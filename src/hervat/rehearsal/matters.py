"""What six parties do by hand while the links are cut: which matters come up, what they read of each on paper, and what of it is wrong.

- A matter comes up by what the party itself sent, or was told before the cut or on paper; nothing of it hangs on what was not made by then.
- What is read is what stands in the way, or what lies in the file, and one thing that is noted down: an amount, a day, how many sheets, a
  number. A slip notes that down wrongly.
- What was noted is held against the same reading of what was so on the day on which it was done. It turned out otherwise where the act
  would have been another one: each way has words of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from hervat.rehearsal.courses import TO_THE_BAR
from hervat.rehearsal.days import CUT_ON
from hervat.rehearsal.feeds import EXECUTE, GPS, IRIS, PRK, TAXI, Feed
from hervat.rehearsal.papers import Papers, Sheet, View
from hervat.rehearsal.screened import Name

TERM: Final = timedelta(days=18)
"""How long after an order CJIB would hear that it is final: its term, and some days for the message."""
AHEAD: Final = timedelta(days=7)
OF_VICTIMS: Final = frozenset({"Sr 243", "Sr 285", "Sr 300", "Sr 302", "Sr 310", "Sr 311", "Sr 312", "Sr 350"})
"""The articles in this world that somebody is the victim of."""
_IN_A_FILE: Final = {
    "case-registered": "a new case",
    "charges-amended": "charges that were added or replaced",
    "summons-issued": "a summons",
    "case-dismissed": "a dismissal",
    "penalty-order-issued": "a penalty order",
    "judgment-given": "a judgment",
}
_CANARY: Final = "-canary-"


class Matter(NamedTuple):
    """What comes up on a day: the sheet that it is about, the case where there is one, and the last day on which it is of use to do it."""

    about: Name
    pn: str | None
    on: date
    until: date | None = None


class Noted(NamedTuple):
    """What is read of a matter, and noted down: what is against it or lies in the file, and a value."""

    found: frozenset[str]
    value: str


Read = Callable[[View, Matter, date, date], Noted | None]
"""What a view says of a matter, of what is dated from one day (that of the certificate, where one is shown) through another. None where the
sheet that it is about is not there.
"""


class Party(NamedTuple):
    """A party: what comes up there, in words; its emergency procedure in the map or beside it, the step of the plan that brings back what
    it lacks, how many days old what it reads is; which matters come up, how it reads one, what a slip makes of a value, and in which ways
    it was otherwise. What is done `lasts` where it goes on until the link is back, and counts for all those days.
    """

    name: str
    of: str
    procedure: str
    step: str
    age: tuple[int, int]
    matters: Callable[[Papers], Iterator[Matter]]
    read: Read
    slip: Callable[[str], str]
    otherwise: Callable[[Noted, Noted], tuple[str, ...]]
    lasts: bool = False


def _made(papers: Papers, kind: str, feed: Feed) -> Iterator[tuple[Sheet, date]]:
    """The sheets of a kind as they were first made, each with the day of that."""
    return ((sheet, made) for sheet, made in papers.first(kind) if sheet.name[0] == feed.source and _CANARY not in sheet.name[1])


# CJIB: fines.


def _orders(papers: Papers) -> Iterator[Matter]:
    """Orders of which the term is over, and of which CJIB did not itself say by then that they are final."""
    finals = dict[str, date]()
    for sheet, made in _made(papers, "penalty-order-final", EXECUTE):
        finals[sheet.data["order"]] = min(made, finals.get(sheet.data["order"], made))
    for sheet, made in _made(papers, "penalty-order-issued", GPS):
        on = max(made, sheet.on) + TERM
        if on >= CUT_ON and finals.get(sheet.data["order"], date.max) > on:
            yield Matter(sheet.name, sheet.data["pn"], on)


def _of_order(view: View, matter: Matter, _: date, through: date) -> Noted | None:
    order = view.sheet(matter.about)
    if order is None or matter.pn is None:
        return None
    found = set[str]()
    for one in view.case(matter.pn):
        if one.on > through or one.on < order.on:
            continue
        same = one.data.get("order") == order.data["order"]
        found |= {"opposed"} if same and one.kind == "penalty-order-opposed" else set()
        found |= {"withdrawn"} if same and one.kind == "penalty-order-withdrawn" else set()
        found |= {"dismissed"} if _dismisses(one, order) else set()
    return Noted(frozenset(found), str(order.data["sentences"][0]["amount_eur"]))


def _dismisses(one: Sheet, sheet: Sheet) -> bool:
    """Whether a sheet dismisses all that another is about."""
    return one.kind == "case-dismissed" and set(one.data["charges"]) >= set(sheet.data["charges"])


_COLLECTED: Final = {
    "opposed": "a fine was collected that had been opposed",
    "withdrawn": "a fine was collected of an order that had been withdrawn",
    "dismissed": "a fine was collected in a case that had been dismissed",
}


def _collected(noted: Noted, so: Noted) -> tuple[str, ...]:
    if noted.found:
        return () if so.found else ("a fine was not collected, and nothing stood in the way",)
    if so.found:
        return tuple(_COLLECTED[one] for one in sorted(so.found))
    return () if noted.value == so.value else ("another amount was collected than the order says",)


def _other_amount(value: str) -> str:
    return f"{float(value) + 50:.2f}"


# Victim support: hearings.


def _hearings(papers: Papers) -> Iterator[Matter]:
    """Hearings of cases with a victim, a week ahead."""
    registered = {sheet.data["pn"]: sheet for sheet, _ in _made(papers, "case-registered", GPS)}
    for sheet, made in _made(papers, "summons-issued", GPS):
        case, hearing = registered.get(sheet.data["pn"]), date.fromisoformat(sheet.data["hearing_on"])
        on = max(hearing - AHEAD, made + timedelta(days=1))
        if case is not None and CUT_ON <= on <= hearing and OF_VICTIMS & {one["article"] for one in case.data["charges"]}:
            yield Matter(sheet.name, sheet.data["pn"], on, hearing)


def _of_hearing(view: View, matter: Matter, _: date, through: date) -> Noted | None:
    summons = view.sheet(matter.about)
    if summons is None or matter.pn is None:
        return None
    found, hearing = set[str](), summons.data["hearing_on"]
    for one in view.case(matter.pn):
        if not summons.on <= one.on <= through or one.name == summons.name:
            continue
        moved = one.kind == "summons-issued" and one.on > summons.on and one.data["hearing_on"] != hearing
        found |= {"moved"} if moved else {"dismissed"} if _dismisses(one, summons) else set()
        found |= {"judged"} if one.kind == "judgment-given" else set()
    return Noted(frozenset(found), hearing)


_TOLD: Final = {
    "dismissed": "a victim was told of a hearing in a case that had been dismissed",
    "judged": "a victim was told of a hearing in a case that had been judged",
    "moved": "a victim was told of a hearing that had been moved",
}


def _told(noted: Noted, so: Noted) -> tuple[str, ...]:
    if noted.found:
        return () if so.found else ("a victim was not told of a hearing that was held",)
    if so.found:
        return tuple(_TOLD[one] for one in sorted(so.found))
    return () if noted.value == so.value else ("a victim was told another day than that of the hearing",)


def _day_after(value: str) -> str:
    return (date.fromisoformat(value) + timedelta(days=1)).isoformat()


# Probation and the bar: files.


def _reports(papers: Papers) -> Iterator[Matter]:
    """What probation wrote, or began to supervise, and said so itself."""
    for kind in ("advice-delivered", "supervision-started"):
        for sheet, made in _made(papers, kind, IRIS):
            if made >= CUT_ON:
                yield Matter(sheet.name, papers.filed.case_of(sheet.data), made)


def _files(papers: Papers) -> Iterator[Matter]:
    """Files that OM released to lawyers, on paper."""
    for sheet, made in _made(papers, "file-released", GPS):
        if made >= CUT_ON and sheet.data["to"] == TO_THE_BAR:
            yield Matter(sheet.name, sheet.data["pn"], made)


def _of_file(sheets: Iterable[Sheet], through: date) -> Noted:
    found = frozenset("|".join((one.kind, *one.name)) for one in sheets if one.kind in _IN_A_FILE and one.on <= through)
    return Noted(found, str(len(found)))


def _of_person(view: View, matter: Matter, _: date, through: date) -> Noted | None:
    registered = [] if matter.pn is None else [one for one in view.case(matter.pn) if one.kind == "case-registered"]
    return _of_file(view.person(registered[0].data["skn"]), through) if registered else None


def _of_case(view: View, matter: Matter, _: date, through: date) -> Noted | None:
    if matter.pn is None or view.sheet(matter.about) is None:
        return None
    return _of_file(view.case(matter.pn), through)


def _not_the_last(what: str) -> Callable[[Noted, Noted], tuple[str, ...]]:
    def otherwise(noted: Noted, so: Noted) -> tuple[str, ...]:
        lacked = sorted({_IN_A_FILE[one.partition("|")[0]] for one in so.found - noted.found})
        ways = [f"{what} a file without {one} that was in it" for one in lacked]
        if noted.found - so.found:
            ways.append(f"{what} a file with something in it that was taken back")
        if noted.value != str(len(noted.found)):
            ways.append(f"{what} a file of which a sheet was missing")
        return tuple(ways)

    return otherwise


def _one_less(value: str) -> str:
    return str(int(value) - 1)


# DUO and Kiwa: who begins to work.


def _begins(feed: Feed) -> Callable[[Papers], Iterator[Matter]]:
    def matters(papers: Papers) -> Iterator[Matter]:
        for sheet, made in _made(papers, "screening-enrolled", feed):
            on = max(sheet.on, made)
            if sheet.on >= CUT_ON:
                yield Matter(sheet.name, None, on)

    return matters


def _of_enrolment(view: View, matter: Matter, since: date, through: date) -> Noted | None:
    enrolled = view.sheet(matter.about)
    if enrolled is None:
        return None
    changed = any(max(since, enrolled.on) <= day <= through for day in view.changes(matter.about))
    return Noted(frozenset({"changed"} if changed else ()), enrolled.data["bsn"])


def _let(what: str) -> Callable[[Noted, Noted], tuple[str, ...]]:
    def otherwise(noted: Noted, so: Noted) -> tuple[str, ...]:
        ways = [f"{what} of whom a signal came when it could, for a day at work"] if so.found else []
        if noted.value != so.value:
            ways.append(f"{what} on the certificate of somebody else")
        return tuple(ways)

    return otherwise


def _of_another(value: str) -> str:
    return value[::-1]


OLD: Final = (10, 60)
PARTIES: Final[tuple[Party, ...]] = (
    Party(
        "CJIB", "penalty orders of which the term is over", "collecting-by-list", "open-om-cjib", (7, 28), _orders, _of_order,
        _other_amount, _collected,
    ),
    Party(
        "victim support", "hearings a week ahead in cases with a victim", "victims-by-telephone", "open-om-victims", (0, 4), _hearings,
        _of_hearing, _day_after, _told,
    ),
    Party(
        "probation", "reports to write and supervision to begin", "reports-on-paper-files", "open-om-probation", (1, 10), _reports,
        _of_person, _one_less, _not_the_last("probation worked on"),
    ),
    Party(
        "the bar", "files that were released to a lawyer", "files-on-paper", "open-om-bar", (0, 5), _files, _of_case, _one_less,
        _not_the_last("a lawyer read"),
    ),
    Party(
        "DUO", "people who begin to work in childcare", "certificate-shown-childcare", "open-courts-jds", OLD, _begins(PRK),
        _of_enrolment, _of_another, _let("somebody was let work in childcare"), lasts=True,
    ),
    Party(
        "Kiwa", "people who begin to drive a taxi", "certificate-shown-taxi", "open-courts-jds", OLD, _begins(TAXI), _of_enrolment,
        _of_another, _let("somebody was let drive"), lasts=True,
    ),
)  # fmt: skip
