"""What acts of disclosure and of the person concerned did, in words, read from the journal."""

from collections.abc import Callable

import msgspec

from hervat.consumers.disclosure.given import DISCLOSED, DisclosedAct
from hervat.consumers.subject.correcting import ASKED, ENDED, AskedAct, EndedAct
from hervat.consumers.subject.inspected import INSPECTED, InspectedAct
from hervat.doors.pages.wording import Wording
from hervat.journal.acts import act_in
from hervat.journal.entry import Opened

_Deed = DisclosedAct | InspectedAct | AskedAct | EndedAct
_READ: dict[str, Callable[[bytes], _Deed]] = {
    DISCLOSED: msgspec.json.Decoder(DisclosedAct).decode,
    INSPECTED: msgspec.json.Decoder(InspectedAct).decode,
    ASKED: msgspec.json.Decoder(AskedAct).decode,
    ENDED: msgspec.json.Decoder(EndedAct).decode,
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
