"""A request for disclosure as the law asks for it.

- Who asks and what for stand in words of the request's own, and are read by lists (`law.disclosure.wording`). What is in none is not told,
  unless whoever answers tells it.
- A mandate is named in the request (Bjsg 31): where none is, nobody is acted for. That there is one, without for whom, does not tell whose.
- What whoever answers tells never takes the place of what the request says in words that are known.
- A consent that is told as a text is for somebody to read: whether it was signed, whoever answers tells.
"""

from datetime import date

from msgspec import Struct

from hervat.errors import Usage
from hervat.kinds import DisclosureRequested
from hervat.law import disclosure as law
from hervat.law.rule import Result
from hervat.law.value import NONE, Absent


class Supplied(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What whoever answers tells of a request, in the words of the grounds; None is not told. `mandate_until`: the day on which the mandate
    ends, no longer a day of it; or it is told that it has no end.
    """

    role: str | None = None
    purpose: str | None = None
    mandate_of: str | None = None
    mandate_from: date | None = None
    mandate_until: date | None = None
    mandate_endless: bool = False
    consent: bool | None = None


class Asked(Struct, frozen=True, kw_only=True):
    """A request for the rules, and how its words were read."""

    request: law.Request
    wording: Result[law.Wording]


def asked(data: DisclosureRequested, supplied: Supplied, position: int, on: date) -> Asked:
    """A request as the law asks for it, from its message at a position, in a decision on a day."""
    given = law.given_in(data.requester, data.purpose, _mandate(data), data.requested_on, position)
    read = law.wording(given, on=on)
    found = read.value or law.Wording(None, None, None)
    request = law.Request(
        article=data.article,
        purpose=found.purpose or supplied.purpose,
        requester=found.requester or supplied.role,
        requested_on=data.requested_on,
        mandate=supplied.mandate_of if found.mandate is None else found.mandate,
        mandate_from=supplied.mandate_from,
        mandate_until=NONE if supplied.mandate_endless else supplied.mandate_until,
        consent=data.consent if isinstance(data.consent, bool) else supplied.consent,
        position=position,
    )
    return Asked(request=request, wording=read)


def ensure_untold(data: DisclosureRequested, found: Asked, supplied: Supplied) -> None:
    """Raises Usage where whoever answers tells what the request says already in words that are known, or of a mandate where it has none."""
    known = found.wording.value or law.Wording(None, None, None)
    says: dict[str, tuple[object, object]] = {"--role": (supplied.role, known.requester)}
    says |= {"--purpose": (supplied.purpose, known.purpose)}
    says |= {"--mandate-of": (supplied.mandate_of, known.mandate if isinstance(known.mandate, str) else None)}
    says |= {"--consent": (supplied.consent, data.consent if isinstance(data.consent, bool) else None)}
    for flag, (told, said) in says.items():
        if told is not None and said is not None:
            raise Usage(f"{flag}: the request {data.request} says it itself: {said}; leave it out, or let its sender correct the request")
    tells = (supplied.mandate_of, supplied.mandate_from, supplied.mandate_until, supplied.mandate_endless or None)
    if known.mandate is NONE and any(one is not None for one in tells):
        raise Usage(f"the request {data.request} names no mandate: leave out what --mandate tells, or let its sender correct the request")


def _mandate(data: DisclosureRequested) -> str | Absent | None:
    if data.mandate is None or data.mandate is False:
        return NONE
    return data.mandate if isinstance(data.mandate, str) else None
