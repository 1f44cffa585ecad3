"""The state of affairs: feeds, the three layers of backlog, the bottlenecks, and the drain, as the page shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from hervat.assemble import Node
from hervat.clock import parse_rfc3339
from hervat.consumers.bottleneck import Bottleneck, Condition
from hervat.doors.affairs import COUNTED
from hervat.doors.pages import svg
from hervat.doors.pages.givers import Givers
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short

_RANGES = 100
_DAYS = 100
_AGAINST = 12
_BEHIND = 20
_QUIET = timedelta(hours=1)


# Where on the pages is shown what each condition of a bottleneck rests on.
_SHOWN_AT = {
    "sources-live": "#feeds",
    "horizon-now": "#feeds",
    "stock-zero": "#stock",
    "nothing-missing": "#transit",
    "nothing-held": "/held",
    "changes-told": "/screening#step",
    "signals-assessed": "/screening?sector={sector}#work",
    "changes-compared": "#bottleneck-{sector}",
    "decisions-seen-again": "#bottleneck-{sector}",
    "answers-closed": "#bottleneck-{sector}",
}


def state_of_affairs(
    node: Node,
    drain: Sequence[dict[str, Any]],
    found_bottlenecks: Sequence[Bottleneck],
    behind: Mapping[str, list[int]],
    words: Wording,
    now: datetime,
) -> dict[str, Any]:
    """Everything on the page. Drain, bottlenecks and the entries behind the figures are the node's; `now` tells how long nothing came."""
    found, givers = node.status(), Givers(node)
    longest = max((sum(feed["backlog"].values()) for feed in found["feeds"]), default=0)
    names = {feed["source"]: f"{givers.sender(feed['source'])} ({short(feed['source'])})" for feed in found["feeds"]}
    feeds = [
        feed
        | {"partner": givers.sender(feed["source"]), "system": short(feed["source"]), "name": names[feed["source"]]}
        | {"bar": svg.stacked(feed["backlog"], longest)}
        for feed in sorted(found["feeds"], key=lambda feed: names[feed["source"]])
    ]
    return found | {
        "feeds": feeds,
        "longest": longest,
        "stock": [one | {"feed": feed["name"]} for feed in feeds for one in feed["stock"]],
        "declaring": sum(bool(feed["stock"]) for feed in feeds),
        "gaps": _gaps(feeds),
        "unreconciled_names": ", ".join(names[source] for source in found["unreconciled"]),
        "quiet": _quiet(found["as_of"], now, words),
        "drain": _drain(drain) if len(drain) > 1 else None,
        "behind": {name: {"shown": positions[:_BEHIND], "more": max(0, len(positions) - _BEHIND)} for name, positions in behind.items()},
        "bottlenecks": [_bottleneck(one, names, words) for one in found_bottlenecks],
    }


def _bottleneck(one: Bottleneck, names: Mapping[str, str], words: Wording) -> dict[str, Any]:
    """A bottleneck with its conditions, each with what stands against it and where that is shown."""
    return {
        "name": one.name,
        "is_open": one.is_open,
        "since": None if one.since is None else one.since.isoformat(),
        "affected": one.affected,
        "counted": COUNTED.get(one.name, "affected"),
        "conditions": [_condition(condition, one.name, names, words) for condition in one.conditions],
        "holding": sum(condition.holds for condition in one.conditions),
    }


def _condition(condition: Condition, sector: str, names: Mapping[str, str], words: Wording) -> dict[str, Any]:
    at = _SHOWN_AT[condition.name].format(sector=sector)
    return {
        "name": condition.name,
        "holds": condition.holds,
        "at": at,
        "against": [_against(each, at, names, words) for each in condition.against[:_AGAINST]],
        "more": max(0, len(condition.against) - _AGAINST),
    }


def _against(figures: dict[str, Any], at: str, names: Mapping[str, str], words: Wording) -> dict[str, str]:
    """What stands against a condition, in words, and the address that shows it."""
    if "source" not in figures:
        ((what, count),) = figures.items()
        return {"text": words(f"bottlenecks.{what}", n=count), "at": at}
    source = figures["source"]
    (what,) = figures.keys() - {"source"}
    text = f"{names.get(source, source)}: {_figure(what, figures[what], words)}"
    return {"text": text, "at": f"{at}?source={quote(source)}" if what == "held" else at}


def _figure(what: str, value: Any, words: Wording) -> str:
    if what == "link":
        return words.term("links", value)
    if what == "complete_until":
        return words("bottlenecks.complete_until", moment=words.moment(value))
    if what == "stock":
        return words("bottlenecks.stock", n=sum(one["count"] for one in value))
    if what == "gaps":
        return words("bottlenecks.gaps", n=sum(one["last"] - one["first"] + 1 for one in value))
    return words("bottlenecks.held", n=value)


def _gaps(feeds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ranges = [{"feed": feed["name"], "first": gap["first"], "last": gap["last"]} for feed in feeds for gap in feed["gaps"]]
    return {"shown": ranges[:_RANGES], "more": max(0, len(ranges) - _RANGES)}


def _quiet(as_of: str | None, now: datetime, words: Wording) -> str | None:
    """For how long nothing was added, where that is long."""
    age = timedelta(0) if as_of is None else now - parse_rfc3339(as_of)
    return words.age(age) if age > _QUIET else None


def _drain(whole: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The last days; the upper chart begins at what was applied on the first of them, so that what waits can be seen."""
    days = whole[-_DAYS:]
    received, applied, held = ([day[name] for day in days] for name in ("received", "applied", "held"))
    base, top = min(applied), max(received)
    worst = max(range(len(days)), key=held.__getitem__)
    return {
        "days": days,
        "all": len(whole),
        "first": days[0]["day"],
        "middle": days[len(days) // 2]["day"],
        "last": days[-1]["day"],
        "end": days[-1],
        "top": top,
        "base": base,
        "received": svg.line(received, base, top),
        "applied": svg.line(applied, base, top),
        "waiting": svg.between(received, applied, base, top),
        "held": svg.bars(held, held[worst]),
        "held_top": held[worst],
        "held_top_day": days[worst]["day"],
    }
