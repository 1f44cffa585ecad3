"""Assessment: what a person decided on a signal. The software proposes and never decides (Wjsg 7e).

- A decision is on one signal in the version that was told; when another version is told the signal is open again. So is one on a report
  that turned out otherwise, or to be nothing, or after that to be something.
- It names who decided, what, and on which ground; what may be decided is a closed set.
"""

from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from hervat.consumers.screening.signal import Pair, Signal, Word
from hervat.journal.acts import acts_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

ASSESSED = "signal-assessed"
Verdict = Literal["new-certificate-demanded", "no-consequence", "passed-on", "nobody-may-be-told"]
VERDICTS = get_args(Verdict)


class AssessedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who decided what on which signal, and on which ground; of a report, with what was told of its ending by then."""

    enrolment: int
    message: int
    version: int
    verdict: Verdict
    by: str
    ground: str
    ending: tuple[Word, ...] = ()
    act: str = ASSESSED


_OTHERWISE = frozenset(("changed", "orphan"))
_read = msgspec.json.Decoder(AssessedAct).decode


def assessments(store: Store, keys: NodeKeys, position: int) -> dict[Pair, tuple[int, AssessedAct]]:
    """The last decision on each pair by the acts up to a position, with the position of its act."""
    decided = acts_of(store, keys, (ASSESSED,), _read, "decision on a signal", position)
    return {(act.enrolment, act.message): (at, act) for at, act in decided}


def is_open(signal: Signal, assessed: Mapping[Pair, tuple[int, AssessedAct]]) -> bool:
    """Whether somebody has to decide on a signal."""
    decided = assessed.get(signal.pair)
    if decided is None or not signal.stands:
        return signal.stands
    before = decided[1]
    # Somebody may have decided on there being no case, or on its being another's: then what comes is news as well.
    otherwise = before.ending != signal.ending and not _OTHERWISE.isdisjoint((*before.ending[:1], *signal.ending[:1]))
    return before.version != signal.version or otherwise
