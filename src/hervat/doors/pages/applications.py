"""The open applications for a certificate of conduct as the page shows them: those whose term ends first at the top.

- What is proposed is worked out for one page only, at the moment that it is shown. A choice by proposal thins out the page and never looks
  further: how many applications there are of each proposal nobody knows without working out all of them.
- Whom an application is about is not shown.
"""

from collections import Counter
from datetime import date
from typing import Any

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.undecided import Undecided
from hervat.doors.pages.rendering import Kept
from hervat.doors.pages.wording import Wording
from hervat.law.certificates.proposal import Proposal

PAGE = 20
PROPOSALS = tuple(one.value for one in Proposal)
Open = tuple[date, list[Undecided]]


def open_applications(node: Node, kept: Kept[Open], today: date, *, fresh: bool) -> list[Undecided]:
    """The applications on which somebody has to decide; `fresh` where an act was done just now."""
    day, found = kept.of(node, lambda: (today, Certificates(node).undecided(today)), fresh=fresh)
    return found if day == today else Certificates(node).undecided(today)


def page_of(node: Node, listed: list[Undecided], words: Wording, today: date, proposal: str, start: int) -> dict[str, Any]:
    """A page of them from the one at `start`, counted from 0; of those only what has a proposal, where one is chosen."""
    start = start if start < len(listed) else 0
    certificates = Certificates(node)
    looked = [_shown(certificates, one, words, today) for one in listed[start : start + PAGE]]
    following = start + PAGE
    return {
        "all": len(listed),
        "start": start,
        "looked": len(looked),
        "proposals": Counter(one["proposal"] for one in looked),
        "shown": [one for one in looked if proposal in ("", one["proposal"])],
        "previous": max(0, start - PAGE) if start else None,
        "next": following if following < len(listed) else None,
    }


def _shown(certificates: Certificates, one: Undecided, words: Wording, today: date) -> dict[str, Any]:
    asked = one.requested
    found = certificates.proposed(asked.number, max(today, asked.applied_on), source=asked.source, place=one.place)
    return {
        "place": one.place,
        "number": asked.number,
        "purposes": [purpose_in(words, each) for each in asked.asked_for],
        "applied_on": asked.applied_on.isoformat(),
        "last_day": None if one.last_day is None else one.last_day.isoformat(),
        "is_late": one.last_day is not None and one.last_day < today,
        "stage": one.state.stage,
        "stands_still": one.state.stands_still,
        "proposal": found.proposal.value,
        "is_blind": found.is_blind,
        "rule": None if found.rule is None else {"name": found.rule.name, "does": found.rule.does},
    }


def purpose_in(words: Wording, purpose: str) -> str:
    """A purpose in words: what it is of two kinds, and its number; or what decisions are on that are on no certificate."""
    kind, _, number = purpose.partition(" ")
    return f"{words.term('purposes', kind)} {number}".strip()
