"""The contract's rules for outcomes and persons, stated a second time: from its text, not from the code, trying everything."""

from datetime import date
from typing import Any

from hervat.message import Message


def place(message: Message, dated: str | None = None) -> tuple[date, int, bytes, int]:
    on = message.legal_day if dated is None else getattr(message.data, dated)
    return on, getattr(message.data, "instance", 0), message.source.encode(), message.sequence


def outcome_by_hand(messages: list[Message], pn: str, number: int) -> tuple[Any, ...] | None:
    """(outcome, outcome_on, final_on, code, (source, id)); None where nothing is said of the charge."""
    found: list[tuple[Any, ...]] = []
    for message in messages:
        data = message.data
        if getattr(data, "pn", None) != pn:
            continue
        if message.kind == "case-registered" and number in [one.charge for one in data.charges]:
            found.append(((0, place(message, "received_on")), "suspected", data.received_on, None, None, message))
        if message.kind == "charges-amended" and number in [one.charge for one in data.charges]:
            found.append(((0, place(message)), "suspected", message.legal_day, None, None, message))
        if message.kind == "case-dismissed" and number in data.charges:
            name = "dismissed-conditionally" if data.conditional else "dismissed"
            found.append(((1, place(message, "decided_on")), name, data.decided_on, None, data.code, message))
        if message.kind == "summons-issued" and number in data.charges:
            found.append(((1, place(message)), "summoned", message.legal_day, None, None, message))
        if message.kind == "penalty-order-issued" and number in data.charges and order_counts(messages, message):
            final_on = order_final_by_hand(messages, data.order)
            found.append(((1, place(message, "issued_on")), "penalty-order", data.issued_on, final_on, None, message))
        if message.kind == "judgment-given" and last_of(messages, message, "judgment", "given_on"):
            found += judged_by_hand(messages, message, number)
    if not found:
        return None
    _, *decided, by = max(found, key=lambda one: one[0])
    return (*decided, (by.source, by.id))


def judged_by_hand(messages: list[Message], message: Message, number: int) -> list[tuple[Any, ...]]:
    data = message.data
    rank = (2, place(message, "given_on"))
    annulments = [one for one in messages if one.kind == "judgment-annulled" and one.data.judgment == data.judgment]
    for verdict in data.verdicts:
        if verdict.charge == number and annulments:
            last = max(annulments, key=lambda one: place(one, "decided_on"))
            return [(rank, "annulled", last.data.decided_on, None, None, last)]
        if verdict.charge == number:
            return [(rank, verdict.verdict, data.given_on, judgment_final_by_hand(messages, data.judgment), None, message)]
    return []


def last_of(messages: list[Message], message: Message, key: str, dated: str) -> bool:
    """Whether no other message of this kind that is not hidden gives the same key later."""
    same = [one for one in unhidden(messages, message.kind) if getattr(one.data, key) == getattr(message.data, key)]
    return all(place(one, dated) <= place(message, dated) for one in same)


def unhidden(messages: list[Message], kind: str) -> list[Message]:
    """The judgments or orders that name a charge that is not hidden."""
    hidden = hidden_by_hand(messages)
    of_kind = [one for one in messages if one.kind == kind]
    return [one for one in of_kind if not all((one.data.pn, number) in hidden for number in named_by(one))]


def named_by(message: Message) -> list[int]:
    return [it.charge for it in message.data.verdicts] if message.kind == "judgment-given" else list(message.data.charges)


def order_counts(messages: list[Message], issued: Message) -> bool:
    withdrawn = any(one.kind == "penalty-order-withdrawn" and one.data.order == issued.data.order for one in messages)
    return last_of(messages, issued, "order", "issued_on") and not withdrawn


def order_final_by_hand(messages: list[Message], order: str) -> date | None:
    return highest([one for one in messages if one.kind == "penalty-order-final" and one.data.order == order])


def judgment_final_by_hand(messages: list[Message], judgment: str) -> date | None:
    about = [one for one in messages if getattr(one.data, "judgment", None) == judgment]
    final_on = highest([one for one in about if one.kind == "judgment-final"])
    for appeal in (one.data for one in about if one.kind == "appeal-lodged"):
        withdrawn = any(
            one.data.withdrawn_on >= appeal.lodged_on and (one.data.by is None or one.data.by == appeal.by)
            for one in about
            if one.kind == "appeal-withdrawn"
        )
        if final_on is not None and appeal.lodged_on > final_on and not withdrawn:
            return None
    return final_on


def highest(finals: list[Message]) -> date | None:
    if not finals:
        return None
    found: date = max(finals, key=lambda one: (one.sequence, one.source.encode())).data.final_on
    return found


def hidden_by_hand(messages: list[Message]) -> set[tuple[str, int]]:
    naming = [one.data for one in messages if one.kind == "case-dismissed" and one.data.code == "01"]
    return {(data.pn, number) for data in naming for number in data.charges}


def hidden_cases(messages: list[Message]) -> set[str]:
    """The cases of which every charge is hidden."""
    hidden = hidden_by_hand(messages)
    charges: dict[str, set[int]] = {}
    for one in messages:
        if one.kind in ("case-registered", "charges-amended"):
            charges.setdefault(one.data.pn, set()).update(it.charge for it in one.data.charges)
    return {pn for pn, numbers in charges.items() if all((pn, number) in hidden for number in numbers)}


def reached(skn: str, merges: list[Message]) -> set[str]:
    found = {skn}
    for _ in merges:
        found |= {end for one in merges if {one.data.kept, one.data.merged} & found for end in (one.data.kept, one.data.merged)}
    return found


def answers(skns: set[str], merges: list[Message]) -> str | None:
    """Follow the latest merges for longer than any path; then one is at the end, or somewhere on the loop."""
    within = sorted((one for one in merges if one.data.kept in skns), key=lambda one: place(one, "decided_on"))
    if not within:
        return None
    leaves = {one.data.merged: one for one in within}
    skn: str = within[-1].data.kept
    for _ in range(20):
        skn = leaves[skn].data.kept if skn in leaves else skn
    walk = [leaves[skn]] if skn in leaves else []
    while walk and walk[-1].data.kept != skn:
        walk.append(leaves[walk[-1].data.kept])
    if walk:
        skn = max(walk, key=lambda one: place(one, "decided_on")).data.kept
    return skn


# What dates each kind of process traffic; of those that are not here, the day on which the message was made.
_PROCESS_BY = {
    "custody-started": "from_", "custody-prolonged": "decided_on", "custody-ended": "released_on", "hearing-scheduled": None,
    "file-released": "released_on", "advice-requested": None, "advice-delivered": "delivered_on", "supervision-started": "from_",
    "victim-informed": "informed_on",
}  # fmt: skip


def process_by_hand(messages: list[Message], pn: str) -> list[tuple[str, str]]:
    """The messages of the process traffic of a case that is shown, in order, each by its source and id."""
    standing = [one for one in unhidden(messages, "judgment-given") if last_of(messages, one, "judgment", "given_on")]
    given = {one.data.judgment for one in standing if one.data.pn == pn}
    requests = [one for one in messages if one.kind == "advice-requested" and one.data.pn not in hidden_cases(messages)]
    counting = {
        one.data.advice: one for one in requests if all(place(one) >= place(it) for it in requests if it.data.advice == one.data.advice)
    }
    asked = {number for number, one in counting.items() if one.data.pn == pn}

    def is_of(one: Message) -> bool:
        if one.kind == "supervision-started":
            return one.data.judgment in given
        if one.kind == "advice-delivered":
            return one.data.advice in asked
        return bool(one.data.pn == pn and (one.kind != "advice-requested" or counting.get(one.data.advice) is one))

    listed = [one for one in messages if one.kind in _PROCESS_BY and is_of(one)]
    return [(one.source, one.id) for one in sorted(listed, key=lambda one: place(one, _PROCESS_BY[one.kind]))]
