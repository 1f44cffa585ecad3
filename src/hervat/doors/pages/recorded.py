"""The timeline in words: what happened, who knew it, what was decided and what was weighed in it."""

from collections.abc import Iterator
from typing import Any

from hervat.doors.pages.wording import Wording
from hervat.restart.run import BY_GATES


def recorded_in_words(found: dict[str, Any], text: Wording) -> Iterator[str]:
    """The timeline, line by line."""
    yield text("incident.at", position=found["position"])
    for one in found["entries"]:
        struck = "" if one["corrected_by"] is None else f" [{text('incident.corrected_by', position=one['corrected_by'])}]"
        yield f"{one['when']['text']:<22} {text.term('incident_sorts', one['sort'])}: {one['actor']}: {one['what']}{struck}"
        yield f"{'':<22} {text('incident.recorded', position=one['position'], at=text.moment(one['recorded_at']), by=one['by'])}"
        yield from (f"{'':<22} {text('incident.knew', who=knew['who'], since=knew['since']['text'])}" for knew in one["known"])
    for one in found["decisions"]:
        by, why = one["by"] or text("site.unsaid"), one["why"] or text("site.unsaid")
        yield f"{text.moment(one['recorded_at']):<22} {text.term('deeds', one['kind'])}: {by}: {why}"
        yield from (f"{'':<22} {line}" for line in _considered(one, text))


def _considered(decision: dict[str, Any], text: Wording) -> Iterator[str]:
    """All that was said to have been known and weighed in a decision, line by line; that it is not recorded where nobody said."""
    if not decision["considered"] and decision["by"] != BY_GATES:
        yield text("incident.not_recorded")
    for one in decision["considered"]:
        yield text("incident.said_of", by=one["by"] or text("site.unsaid"), at=text.moment(one["recorded_at"]), position=one["position"])
        yield text("incident.was_known", known=one["known"] or text("site.unsaid"))
        yield from (text("incident.option", option=option) for option in one["options"])
        yield from (text("incident.risk", risk=risk) for risk in one["risks"])
