"""What acts of disclosure, of the person concerned, of retention and of the backlog did, in words, read from the journal."""

from collections.abc import Callable

import msgspec

from hervat.consumers.backlog.keyed import CHECKED, COUNTED, KEYED, SAMPLED, CheckedAct, CountedAct, KeyedAct, SampledAct
from hervat.consumers.disclosure.given import DISCLOSED, DisclosedAct
from hervat.consumers.retention.acts import (
    FORECAST,
    HIDDEN,
    REMOVED,
    SHOWN,
    ForecastAct,
    HiddenAct,
    RemovedAct,
    RetentionAct,
    ShownAct,
    read_act,
)
from hervat.consumers.subject.correcting import ASKED, ENDED, AskedAct, EndedAct
from hervat.consumers.subject.inspected import INSPECTED, InspectedAct
from hervat.doors.pages.wording import Wording
from hervat.journal.acts import act_in
from hervat.journal.entry import Opened

_Deed = DisclosedAct | InspectedAct | AskedAct | EndedAct | RetentionAct | KeyedAct | CountedAct | SampledAct | CheckedAct
_READ: dict[str, Callable[[bytes], _Deed]] = {
    DISCLOSED: msgspec.json.Decoder(DisclosedAct).decode,
    INSPECTED: msgspec.json.Decoder(InspectedAct).decode,
    ASKED: msgspec.json.Decoder(AskedAct).decode,
    ENDED: msgspec.json.Decoder(EndedAct).decode,
    FORECAST: read_act,
    HIDDEN: read_act,
    REMOVED: read_act,
    SHOWN: read_act,
    KEYED: msgspec.json.Decoder(KeyedAct).decode,
    COUNTED: msgspec.json.Decoder(CountedAct).decode,
    SAMPLED: msgspec.json.Decoder(SampledAct).decode,
    CHECKED: msgspec.json.Decoder(CheckedAct).decode,
}


def deed(opened: Opened, words: Wording) -> str | None:
    """What an act did; None for an act of another sort."""
    kind = opened.meta.kind
    if kind not in _READ:
        return None
    match act_in(opened, _READ[kind], f"act {kind}"):
        case DisclosedAct(outcome=outcome, number=number):
            return words("acts.disclosed", how=words.term("hows", outcome), number=number)
        case InspectedAct(on=on):
            return words("acts.inspected", day=on.isoformat())
        case AskedAct(message=message):
            return words("acts.correction_asked", message=message)
        case EndedAct(asked=asked, how=how):
            return words("acts.correction_ended", asked=asked, how=words.term("corrections", how))
        case ForecastAct(on=on, until=until):
            return words("acts.forecast", day=on.isoformat(), until=until.isoformat())
        case HiddenAct(charges=charges, on=on):
            return words("acts.hidden", n=len(charges), day=on.isoformat())
        case ShownAct(charges=charges, on=on):
            return words("acts.shown", n=len(charges), day=on.isoformat())
        case RemovedAct(charges=charges, on=on):
            return words("acts.removed", n=len(charges), day=on.isoformat())
        case KeyedAct(paper=paper):
            return words("acts.paper_keyed", paper=paper)
        case CountedAct(source=source):
            return words("acts.stock_counted", source=source)
        case SampledAct(papers=papers):
            return words("acts.papers_sampled", n=len(papers))
        case CheckedAct(paper=paper, differs=differs):
            return words("acts.paper_checked", paper=paper, n=len(differs))
