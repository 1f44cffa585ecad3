"""What acts of custody, of disclosure, of the person concerned, of retention, of quarantine and of the backlog did, in words, read from the
journal.
"""

from collections.abc import Callable

import msgspec

from hervat.consumers.backlog import keyed
from hervat.consumers.custody.checked import CHECKED, CheckedAct
from hervat.consumers.disclosure.given import DISCLOSED, DisclosedAct
from hervat.consumers.removed import HIDDEN, REMOVED
from hervat.consumers.retention.acts import (
    FORECAST,
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
from hervat.intake.quarantine import (
    QUARANTINE_ACTS,
    QuarantineAct,
    QuarantineClosed,
    QuarantineOpened,
    QuarantineReleased,
    read_quarantine,
)
from hervat.journal.acts import act_in
from hervat.journal.entry import Opened
from hervat.oversight.entries import (
    CONSIDERED,
    TIMELINE_ACTS,
    Added,
    ConsideredAct,
    Corrected,
    TimelineAct,
    read_considered,
    read_timeline,
)

_Deed = CheckedAct | DisclosedAct | InspectedAct | AskedAct | EndedAct | RetentionAct | QuarantineAct
_Recorded = TimelineAct | ConsideredAct
_Keyed = keyed.KeyedAct | keyed.CountedAct | keyed.SampledAct | keyed.CheckedAct
_READ: dict[str, Callable[[bytes], _Deed | _Keyed | _Recorded]] = {
    CHECKED: msgspec.json.Decoder(CheckedAct).decode,
    DISCLOSED: msgspec.json.Decoder(DisclosedAct).decode,
    INSPECTED: msgspec.json.Decoder(InspectedAct).decode,
    ASKED: msgspec.json.Decoder(AskedAct).decode,
    ENDED: msgspec.json.Decoder(EndedAct).decode,
    FORECAST: read_act,
    HIDDEN: read_act,
    REMOVED: read_act,
    SHOWN: read_act,
    **dict.fromkeys(QUARANTINE_ACTS, read_quarantine),
    **dict.fromkeys(TIMELINE_ACTS, read_timeline),
    CONSIDERED: read_considered,
    keyed.KEYED: msgspec.json.Decoder(keyed.KeyedAct).decode,
    keyed.COUNTED: msgspec.json.Decoder(keyed.CountedAct).decode,
    keyed.SAMPLED: msgspec.json.Decoder(keyed.SampledAct).decode,
    keyed.CHECKED: msgspec.json.Decoder(keyed.CheckedAct).decode,
}


def deed(opened: Opened, words: Wording) -> str | None:
    """What an act did; None for an act of another sort."""
    kind = opened.meta.kind
    if kind not in _READ:
        return None
    match act_in(opened, _READ[kind], f"act {kind}"):
        case CheckedAct(found=found, day=day):
            return words("acts.custody", found=words.term("custody_found", found), day="" if day is None else f" {day.isoformat()}")
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
        case QuarantineOpened(oin=oin):
            return words("acts.lane_opened", oin=oin)
        case QuarantineReleased(oin=oin, through=through, but=but):
            return words("acts.lane_released", oin=oin, through=through, n=len(but))
        case QuarantineClosed(oin=oin):
            return words("acts.lane_closed", oin=oin)
        case Added(entry=entry):
            return words("acts.timeline_added", what=entry.what)
        case Corrected(corrects=corrects):
            return words("acts.timeline_corrected", position=corrects)
        case ConsideredAct(about=about):
            return words("acts.considered", position=about)
        case keyed.KeyedAct(paper=paper):
            return words("acts.paper_keyed", paper=paper)
        case keyed.CountedAct(source=source):
            return words("acts.stock_counted", source=source)
        case keyed.SampledAct(papers=papers):
            return words("acts.papers_sampled", n=len(papers))
        case keyed.CheckedAct(paper=paper, differs=differs):
            return words("acts.paper_checked", paper=paper, n=len(differs))
