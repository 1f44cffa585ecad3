"""The commands of the backlog desk: `declare`, `count`, `enter`, `work`, `forecast`, `sample` and `check`."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from hervat.assemble import Node
from hervat.backlogging import Backlog
from hervat.clock import SystemClock, legal_day, rfc3339
from hervat.doors import words
from hervat.doors.acts.backlog import PaperCheck, PaperEntry, PaperSample, StockCount
from hervat.doors.acts.handing import decide
from hervat.doors.asking import day
from hervat.doors.streams import show
from hervat.errors import NotSo, Usage

_LARGEST = 256 * 1024


def declare(arguments: Namespace) -> int:
    """Say how much lies on paper."""
    begins, until = day("--from", arguments.from_), day("--until", arguments.until)
    if until < begins:
        raise Usage(f"--until {until}: this is before --from {begins}; give the last day of the decisions, that one or a later one")
    return _counted(arguments, tuple(dict.fromkeys(arguments.kind)), begins, until)


def count(arguments: Namespace) -> int:
    """Count again what was declared, with its kinds and its period."""
    with Node.opened(arguments.store) as node:
        lines = [one for feed in Backlog(node).sources() if feed.name == arguments.source for one in Backlog(node).lines(feed)]
    named = [one for one in lines if arguments.kind is None or arguments.kind in one.kinds]
    if len(named) != 1:
        found = "no stock of it was declared" if not named else "several were declared, name one of its kinds with --kind"
        raise NotSo(f"{arguments.source}: {found}; hervat backlog work lists what was")
    stock = named[0].stock
    return _counted(arguments, named[0].kinds, stock.from_, stock.until)


def _counted(arguments: Namespace, kinds: tuple[str, ...], begins: date, until: date) -> int:
    if arguments.count < 0:
        raise Usage("--count is how many lie there: 0 or more")
    counted_on = None if arguments.counted_on is None else day("--counted-on", arguments.counted_on)
    now = SystemClock().now()
    act = StockCount(
        source=arguments.source,
        kinds=kinds,
        from_=begins,
        until=until,
        count=arguments.count,
        oldest_on=None if arguments.oldest_on is None else day("--oldest-on", arguments.oldest_on),
        counted_on=counted_on or legal_day(now),
        by=said("--by", arguments.by),
        at=rfc3339(now),
    )
    answer = decide(arguments.store, act)
    before = ", as was declared before" if answer["already"] else ""
    told = f"{answer['count']} of {', '.join(answer['kinds'])} on paper: entry {answer['position']}{before}"
    show(words.as_document(answer) if arguments.json else told)
    return 0


def enter(arguments: Namespace) -> int:
    """Key a paper; 1 where the readers differ."""
    answer = decide(arguments.store, PaperEntry(**_keyed(arguments)))
    show(words.as_document(answer) if arguments.json else words.lines(_entered(answer)))
    return 1 if answer["became"] == "differs" else 0


def check(arguments: Namespace) -> int:
    """Key a paper of the sample again; 1 where it differs from what was entered."""
    answer = decide(arguments.store, PaperCheck(**_keyed(arguments)))
    told = f"paper {answer['paper']} is as it was entered"
    if answer["differs"]:
        told = f"paper {answer['paper']} differs from entry {answer['message']} at {', '.join(answer['differs'])}: correct that message"
    show(words.as_document(answer) if arguments.json else words.plain(told))
    return 1 if answer["differs"] else 0


def _keyed(arguments: Namespace) -> dict[str, str]:
    """What the acts of keying have in common."""
    raw = sys.stdin.buffer.read(_LARGEST + 1) if arguments.files == "-" else _file(arguments.files)
    if len(raw) > _LARGEST:
        raise Usage(f"{arguments.files}: this is longer than any message may be ({_LARGEST} bytes)")
    try:
        data = raw.decode()
    except UnicodeDecodeError as fault:
        raise Usage(f"{arguments.files}: this is no text in UTF-8") from fault
    told = {name: said(f"--{name}", getattr(arguments, name)) for name in ("source", "paper", "kind", "by")}
    return told | {"data": data, "at": rfc3339(SystemClock().now())}


def _file(name: str) -> bytes:
    path = Path(name)
    if not path.is_file():
        raise Usage(f"{name}: there is no such file")
    with path.open("rb") as file:
        return file.read(_LARGEST + 1)


def said(flag: str, text: str) -> str:
    """What somebody said; raises Usage where it is empty."""
    if not text.strip():
        raise Usage(f"{flag} is empty; say it")
    return text


def _entered(answer: dict[str, Any]) -> Iterator[str]:
    if answer["became"] == "entered":
        yield f"paper {answer['paper']} is entry {answer['message']}"
        return
    why = ", ".join(answer["grounds"])
    if answer["became"] == "waits":
        yield f"paper {answer['paper']} was keyed (entry {answer['position']}); a second reader must key it as well: {why}"
        return
    yield f"paper {answer['paper']}: what its readers keyed differs, and nothing was sent; look at the paper again, each of you"
    for one in answer["differs"]:
        yield f"  {one['path']}: you keyed {'nothing' if one['typed'] is None else repr(one['typed'])}; another reader keyed otherwise"


def work(arguments: Namespace) -> int:
    """What waits, worst first."""
    on = _day(arguments)
    with Node.opened(arguments.store) as node:
        listed = Backlog(node).work(on)
    if arguments.json:
        show(words.as_document(listed))
        return 0
    show(words.lines(map(_waiting, listed)) or "nothing waits")
    if listed:
        show(f"the weights of harm are {listed[0]['weights']}: they order the work and mean nothing else")
    return 0


def _waiting(one: dict[str, Any]) -> str:
    what = f"paper {one['paper']} {one['state']}" if one["what"] == "paper" else f"{one['left']} left of {one['count']}"
    if one.get("miscounted"):
        what = f"{one['entered']} entered of {one['count']} counted: count again"
    clock = one["clock"]
    ends = "" if clock is None else f", {clock['article']} until {clock['last_day']} (unverified value: {clock['certainty']})"
    return f"harm {one['harm']}  {words.short(one['source'])} {', '.join(one['kinds'])}: {what}, since {one['since']}{ends}"


def forecast(arguments: Namespace) -> int:
    """When the stock is gone; 1 where it never is."""
    if arguments.people < 1:
        raise Usage("--people is how many people key: 1 or more")
    rate, arriving = _number("--rate", arguments.rate), _number("--arriving", arguments.arriving)
    with Node.opened(arguments.store) as node:
        found = Backlog(node).forecast(arguments.source, _day(arguments), people=arguments.people, rate=rate, arriving=arriving)
    told = f"{found['left']} left, {found['rate']:g} a person-day, {found['arriving']:g} more on a working day: "
    if found["working_days"] is None:
        told += f"with {found['people']} it never ends; from {found['people_needed']} people on it does"
    else:
        told += f"{found['person_days']} person-days, gone on {found['gone_on']} with {found['people']}"
    show(words.as_document(found) if arguments.json else told)
    return 1 if found["working_days"] is None else 0


def _number(flag: str, text: str | None) -> Fraction | None:
    """A number that is not below nothing; raises Usage naming the flag."""
    try:
        found = None if text is None else Fraction(text)
    except (ValueError, ZeroDivisionError) as fault:
        raise Usage(f"{flag} {text}: not a number like 12.5") from fault
    if found is not None and found < 0:
        raise Usage(f"{flag} {text}: 0 or more")
    return found


def sample(arguments: Namespace) -> int:
    """Draw a sample, or show the last one with its error rate."""
    if arguments.size is not None:
        if arguments.size < 1 or arguments.by is None:
            raise Usage("--size draws a sample of 1 or more papers, and needs --by")
        given = {"source": arguments.source, "size": arguments.size, "seed": arguments.seed, "by": said("--by", arguments.by)}
        decide(arguments.store, PaperSample(**given, at=rfc3339(SystemClock().now())))
    with Node.opened(arguments.store) as node:
        document = Backlog(node).shown_sample(arguments.source)
    show(words.as_document(document) if arguments.json else words.lines(_sampled(document)))
    return 0


def _sampled(told: dict[str, Any]) -> Iterator[str]:
    for one in told["papers"]:
        state = "to be checked" if not one["checked"] else f"differs at {', '.join(one['differs'])}" if one["differs"] else "as entered"
        yield f"paper {one['paper']}: {state}"
    rate = told["rate"]
    if rate["checked"]:
        yield f"{rate['wrong']} of {rate['checked']} wrong: between {rate['low']:.1%} and {rate['high']:.1%} of all (95%, Wilson)"
    else:
        yield "none was checked yet"


def _day(arguments: Namespace) -> date:
    return legal_day(SystemClock().now()) if arguments.on is None else day("--on", arguments.on)
