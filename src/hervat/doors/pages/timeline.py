"""Everything dated in a person's record, in one row from the first day to the last.

Of one day, a case comes before what was decided in it, and a decision before what became of it.
"""

from collections.abc import Iterator
from typing import Any

from hervat.doors.pages.process import day_of, line
from hervat.doors.pages.wording import Wording

Event = dict[str, Any]


def timeline(person: dict[str, Any], words: Wording) -> list[Event]:
    """The dated events of an answer of `Node.person`, each with its day, what happened, and of what."""
    events = list(_of_person(person, words))
    for case in person["cases"]:
        events += _of_case(case, words)
        for judgment in case["judgments"]:
            events += _of_judgment(judgment, words)
        for order in case["orders"]:
            events += _of_order(order, words)
    told = [event for event in events if event["day"]]
    return sorted(told, key=lambda event: (event["day"], event["rank"]))


def _event(rank: int, day: str | None, what: str, where: str, message: dict[str, str] | None = None) -> Event:
    return {"day": day, "rank": rank, "what": what, "where": where, "message": message, "police": False}


def _of_person(person: dict[str, Any], words: Wording) -> Iterator[Event]:
    for one in person["foreign_convictions"]:
        yield _event(2, one["decided_on"], words("events.foreign", state=one["member_state"]), one["reference"])
    for one in person["emergency_reports"]:
        told = words("events.emergency", category=words.term("categories", one["category"]))
        yield _event(0, one["reported_on"], told, one["police_report"]) | {"police": True}
    yield _event(9, person["died_on"], words("events.died"), "")


def _of_case(case: dict[str, Any], words: Wording) -> Iterator[Event]:
    pn = case["prosecution_number"]
    yield _event(1, case["registered_on"], words("events.registered", office=case["office"]), pn)
    for charge in case["charges"]:
        outcome = words.term("outcomes", charge["outcome"])
        if charge["outcome"] != "suspected":
            told = words("events.outcome", n=charge["charge"], outcome=outcome)
            yield _event(3, charge["outcome_on"], told, pn, charge["message"])
    for one in case["process"]:
        yield _event(7, day_of(one), line(one, words), pn, one["message"])


def _of_judgment(judgment: dict[str, Any], words: Wording) -> Iterator[Event]:
    name, message = judgment["judgment"], judgment["message"]
    yield _event(2, judgment["given_on"], words("events.judgment", court=judgment["court"]), name, message)
    for appeal in judgment["appeals"]:
        remedy = words.term("remedies", appeal["remedy"])
        told = words("events.appeal", remedy=remedy, by=words.term("parties", appeal["by"]))
        yield _event(4, appeal["lodged_on"], told, name)
        yield _event(5, appeal.get("withdrawn_on"), words("events.appeal_withdrawn", remedy=remedy), name)
    yield _event(6, judgment["final_on"], words("events.final"), name)
    yield _event(8, judgment.get("annulled_on"), words("events.annulled"), name)
    for sentence in judgment["sentences"]:
        number = sentence["sentence"]
        yield _event(7, sentence.get("started_on"), words("events.started", n=number), name)
        yield _event(7, sentence.get("ended_on"), words("events.ended", n=number), name)
        for enforced in sentence["enforced"]:
            yield _event(7, enforced["decided_on"], words("events.enforced", n=number), name)
        for remitted in sentence["remitted"]:
            yield _event(7, remitted["decided_on"], words("events.remitted", n=number), name)


def _of_order(order: dict[str, Any], words: Wording) -> Iterator[Event]:
    name = order["order"]
    yield _event(2, order["issued_on"], words("events.order"), name, order["message"])
    yield _event(4, order.get("opposed_on"), words("events.opposed"), name)
    yield _event(5, order.get("withdrawn_on"), words("events.withdrawn"), name)
    yield _event(6, order["final_on"], words("events.order_final"), name)
    yield _event(7, order.get("executed_on"), words("events.executed"), name)
