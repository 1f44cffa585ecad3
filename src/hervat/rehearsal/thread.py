"""One human thread, the same in every world: what the cut did to one person, in words and dates.

- Daan Voorbeeld does not exist; his number, case and numbers of messages are reserved for him in every world.
- Suspected on 24 July, six days after the cut: OM registers the case in its own system, and the message waits for the
  link. The police judge decides within eleven days; the courts' desk enters that judgment the next morning. It arrives
  31 days before the case that it needs, and is held all that time.
- Meanwhile he works in childcare, and the screening sees nothing but what the police report in the emergency.
"""

from datetime import date
from typing import Final, NamedTuple

from hervat.rehearsal import names
from hervat.rehearsal.days import HOUR, iso, legal_day, moment, on
from hervat.rehearsal.feeds import BVH, EXECUTE, GPS, GRIP, PRK, SKDB, Feed
from hervat.rehearsal.life import Data, Draft, Life
from hervat.rehearsal.truth import Decision

KEY: Final = "thread"
NAME: Final = "Daan Voorbeeld"
SKN: Final = "29250724"
ENROLMENT: Final = "prk-thread"
PN: Final = "05/999997-25"
JUDGMENT: Final = "rb-gel-thread-1"
REPORT: Final = "PL0600-2025999724"
CHILDCARE_FROM: Final = -137  # 3 March
SUSPECTED: Final = 6
REGISTERED: Final = 7
SUMMONED: Final = 10
JUDGED: Final = 17
ENTERED: Final = 18
REPORTED: Final = 26
FINAL: Final = 32
FINAL_ENTERED: Final = 60
STARTED: Final = 66


class Step(NamedTuple):
    """One event of the thread: its day, in Dutch and in English, and the message that tells it."""

    on: date
    words_nl: str
    words_en: str
    source: str
    id: str


def told(life: Life) -> list[Step]:
    """Send the messages of the thread, write its truth in the book, and tell it."""
    return _begins(life) + _is_judged(life)


def _post(life: Life, feed: Feed, kind: str, data: Data, day: int, entered: int | None = None) -> Draft:
    """A message at a fixed moment: nothing of the thread is left to chance."""
    about = None if feed is PRK else SKN
    draft = life.post(feed, kind, data, day, subject=about)
    draft.subject = about
    draft.event = moment(day, 10 * HOUR)
    draft.entered = draft.event if entered is None else moment(entered, 7 * HOUR)
    return draft


def _step(draft: Draft, day: int, words_nl: str, words_en: str) -> Step:
    return Step(on(day), words_nl, words_en, draft.feed.source, draft.id)


def _begins(life: Life) -> list[Step]:
    known = {"set": "1", "surname": "Voorbeeld", "given_names": "Daan", "birth": "1988-02-29", "bsn": names.OF_THE_THREAD}
    person = _post(life, SKDB, "person-registered", {"skn": SKN, "identity": known}, CHILDCARE_FROM - 10)
    work: Data = {"enrolment": ENROLMENT, "sector": "childcare", "bsn": names.OF_THE_THREAD}
    work |= {"from": iso(CHILDCARE_FROM), "holder": "lrk-200724025"}
    works = _post(life, PRK, "screening-enrolled", work, CHILDCARE_FROM)
    page = life.book.screening
    page.identified(SKN, "1", names.OF_THE_THREAD)
    page.enrolled(ENROLMENT, works.name, names.OF_THE_THREAD, on(CHILDCARE_FROM), "childcare")
    period = {"from": iso(SUSPECTED), "to": iso(SUSPECTED)}
    charge = {"charge": 1, "article": "Sr 302", "label": "zware mishandeling", "class": "misdrijf"}
    charge |= {"maximum": {"years": 8}, "period": period, "place": "Arnhem"}
    case: Data = {"pn": PN, "skn": SKN, "office": "Gelderland", "received_on": iso(REGISTERED)}
    case |= {"police_report": REPORT, "charges": [charge]}
    registered = _post(life, GPS, "case-registered", case, REGISTERED)
    life.book.holder[PN] = SKN
    life.book.charged(PN, 1, on(REGISTERED))
    page.changed(registered.name, on(REGISTERED), pn=PN)
    page.filed(REPORT, PN, registered.name, [charge])
    return [
        _step(person, CHILDCARE_FROM - 10, f"{NAME} wordt ingeschreven.", f"{NAME} is registered."),
        _step(works, CHILDCARE_FROM, "Hij gaat in de kinderopvang werken en wordt gescreend.",
              "He starts to work in childcare, and is screened."),
        _step(registered, SUSPECTED, "Hij wordt verdacht van zware mishandeling. Het OM schrijft de zaak de volgende dag "
              "in; het bericht blijft achter de gesloten verbinding staan.",
              "He is suspected of grievous bodily harm. OM registers the case the next day; the message stays behind the "
              "closed link."),
    ]  # fmt: skip


def _is_judged(life: Life) -> list[Step]:
    summons = {"pn": PN, "charges": [1], "hearing_on": iso(JUDGED)}
    summoned = _post(life, GPS, "summons-issued", summons, SUMMONED)
    life.book.decided(PN, 1, Decision(summoned.id, "summoned", legal_day(summoned.event)))
    sentences = [
        {"sentence": "1", "kind": "imprisonment", "days": 30, "conditional": {"days": 30, "probation_years": 2}},
        {"sentence": "2", "kind": "community-service", "hours": 80},
    ]
    given: Data = {"judgment": JUDGMENT, "court": "Rechtbank Gelderland", "instance": 1, "pn": PN}
    given |= {"given_on": iso(JUDGED), "verdicts": [{"charge": 1, "verdict": "convicted"}], "sentences": sentences}
    judged = _post(life, GRIP, "judgment-given", given, JUDGED, ENTERED)
    life.book.decided(PN, 1, Decision(JUDGMENT, "convicted", on(JUDGED)))
    report: Data = {"police_report": REPORT, "skn": SKN, "category": "serious-violence", "article": "Sr 302"}
    report |= {"period": {"from": iso(SUSPECTED), "to": iso(SUSPECTED)}, "authority": "Minister JenV, 2025-08-12"}
    reported = _post(life, BVH, "emergency-report", report | {"reported_on": iso(REPORTED)}, REPORTED)
    life.book.screening.reported(reported.name, SKN, on(REPORTED), REPORT, report)
    stands = {"judgment": JUDGMENT, "final_on": iso(FINAL)}
    final = _post(life, GRIP, "judgment-final", stands, FINAL + 1, FINAL_ENTERED)
    life.book.final(PN, JUDGMENT, on(FINAL))
    served = {"judgment": JUDGMENT, "sentence": "2", "started_on": iso(STARTED)}
    started = _post(life, EXECUTE, "sentence-started", served, STARTED)
    days = {summoned: SUMMONED, judged: JUDGED, final: FINAL, started: STARTED}
    for sent, day in days.items():
        life.book.screening.changed(sent.name, on(day), pn=PN)
    return [
        _step(summoned, SUMMONED, "Hij wordt gedagvaard; ook dat bericht wacht op de verbinding.",
              "He is summoned; that message waits for the link too."),
        _step(judged, JUDGED, "De politierechter veroordeelt hem, op papier. De balie voert het vonnis de volgende morgen "
              "in: het komt aan voor de zaak en het feit, en wordt aangehouden.",
              "The police judge convicts him, on paper. The desk enters the judgment the next morning: it arrives before "
              "the case and the charge, and is held."),
        _step(reported, REPORTED, "De politie meldt hem in de noodprocedure voor de kinderopvang.",
              "The police report him under the emergency procedure for childcare."),
        _step(final, FINAL, "Het vonnis wordt onherroepelijk; ook dat ligt op papier, tot half september.",
              "The judgment becomes final; that lies on paper too, until the middle of September."),
        _step(started, STARTED, "Hij begint aan zijn werkstraf.", "He begins his community service."),
    ]  # fmt: skip
