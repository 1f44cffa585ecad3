"""The facts that the rules of disclosure ask for, and the places in messages where each stands.

- A field that is None is not told; `NONE` is told that there is none.
- A requester is named by its role, a word that the grounds use (`IND`, `prison-director`, `private-employer`), not by its own name.
- A position is that of the entry in the journal that told the facts; None where they stand in no entry.
"""

from dataclasses import dataclass
from datetime import date

from hervat.law.rule import Facts, Input, told
from hervat.law.value import DAY, TEXT, YES_NO, Absent, Words, or_none

NAMED_ARTICLE = Input(
    "request.article",
    or_none(TEXT),
    Words(en="the article on which the request rests", nl="het artikel waarop het verzoek berust"),
    told_in=("disclosure-requested.article",),
)
PURPOSE = Input(
    "request.purpose",
    TEXT,
    Words(en="the purpose of the request", nl="het doel van het verzoek"),
    told_in=("disclosure-requested.purpose",),
)
REQUESTER = Input(
    "request.requester",
    TEXT,
    Words(en="who asks, by role", nl="wie erom vraagt, naar hoedanigheid"),
    told_in=("disclosure-requested.requester",),
)
REQUESTED_ON = Input(
    "request.requested_on",
    DAY,
    Words(en="the day of the request", nl="de dag van het verzoek"),
    told_in=("disclosure-requested.requested_on",),
)
MANDATE = Input(
    "request.mandate",
    or_none(TEXT),
    Words(en="for whom the request is made by mandate, by role", nl="namens wie met mandaat wordt gevraagd, naar hoedanigheid"),
    told_in=("disclosure-requested.mandate",),
)
MANDATE_FROM = Input(
    "mandate.from",
    DAY,
    Words(en="the first day of the mandate", nl="de eerste dag van het mandaat"),
    told_in=("disclosure-requested.mandate_from",),
)
MANDATE_UNTIL = Input(
    "mandate.until",
    or_none(DAY),
    Words(en="the day on which the mandate ends, no longer a day of it", nl="de dag waarop het mandaat eindigt, zelf geen dag ervan"),
    told_in=("disclosure-requested.mandate_until",),
)
CONSENT = Input(
    "request.consent",
    YES_NO,
    Words(en="whether the person concerned signed a consent", nl="of de betrokkene schriftelijk heeft toegestemd"),
    told_in=("disclosure-requested.consent",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for disclosure. `article` and `mandate` may be `NONE`: no ground is named, and nobody is acted for.

    `mandate_from`, `mandate_until`: the days of the mandate, half-open (`NONE`: no end).
    """

    article: str | Absent | None = None
    purpose: str | None = None
    requester: str | None = None
    requested_on: date | None = None
    mandate: str | Absent | None = None
    mandate_from: date | None = None
    mandate_until: date | Absent | None = None
    consent: bool | None = None
    position: int | None = None

    def facts(self) -> Facts:
        """As the rule asks for it."""
        at = self.position
        return (
            told(NAMED_ARTICLE, self.article, at)
            | told(PURPOSE, self.purpose, at)
            | told(REQUESTER, self.requester, at)
            | told(REQUESTED_ON, self.requested_on, at)
            | told(MANDATE, self.mandate, at)
            | told(MANDATE_FROM, self.mandate_from, at)
            | told(MANDATE_UNTIL, self.mandate_until, at)
            | told(CONSENT, self.consent, at)
        )
