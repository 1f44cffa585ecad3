"""The kinds of process traffic: what moves a case on and decides nothing about a charge, field by field, as the contract has it.

- They tell no outcome. Each is listed under `process` of the case that it names itself, or of that of its judgment or of its advice.
- `from_` here is `from` in a message: Python keeps that word for itself.
"""

from datetime import date

from hervat.case import ProsecutionNumber
from hervat.message import Text, Value
from hervat.outcome import SentenceNumber
from hervat.person import Skn

# Custody: who is held in which case, and until when by the last title that is told.


class CustodyStarted(Value, frozen=True, kw_only=True, rename={"from_": "from"}):
    skn: Skn
    pn: ProsecutionNumber
    from_: date
    release_due: date | None = None


class CustodyProlonged(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    decided_on: date
    release_due: date


class CustodyEnded(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    released_on: date


# What others do in a case.


class HearingScheduled(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    court: Text
    on: date


class FileReleased(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    to: Text
    released_on: date


class AdviceRequested(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    advice: Text
    about: Text
    due_on: date


class AdviceDelivered(Value, frozen=True, kw_only=True):
    advice: Text
    delivered_on: date


class SupervisionStarted(Value, frozen=True, kw_only=True, rename={"from_": "from"}):
    judgment: Text
    sentence: SentenceNumber
    from_: date
    until: date


class VictimInformed(Value, frozen=True, kw_only=True):
    pn: ProsecutionNumber
    about: Text
    informed_on: date


PROCESS: dict[str, type[Value]] = {
    "custody-started": CustodyStarted,
    "custody-prolonged": CustodyProlonged,
    "custody-ended": CustodyEnded,
    "hearing-scheduled": HearingScheduled,
    "file-released": FileReleased,
    "advice-requested": AdviceRequested,
    "advice-delivered": AdviceDelivered,
    "supervision-started": SupervisionStarted,
    "victim-informed": VictimInformed,
}
