"""The work list of screening as the page shows it: the order of the signals, and what stands on each of them.

- The order is that of the law, worst first, and is worked out for all signals at once; what lies behind them is read for one page only.
- What a signal weighs is worked out once a day and kept: ten thousand take seconds. Another version of what it is about is another signal.
  So after a step only what it told is weighed, and what was decided on is not shown any more.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from threading import Lock
from typing import Any, NamedTuple

import msgspec

from hervat.assemble import Node
from hervat.consumers.screening.assessment import AssessedAct, assessments, is_open
from hervat.consumers.screening.following import Told
from hervat.consumers.screening.signal import Pair, Signal
from hervat.consumers.screening.versions import Version, Versions, versions_of
from hervat.consumers.screening.weighing import Weighed
from hervat.doors.assessing import weighed_at
from hervat.doors.pages.said import said, thing
from hervat.doors.pages.wording import Wording
from hervat.journal.entry import read_meta
from hervat.screening import screening_of, work_list_of
from hervat.standing import SECTORS

PAGE = 20
Assessed = dict[Pair, tuple[int, AssessedAct]]


class Ranked(NamedTuple):
    """Where a signal stands in the order of the work, and the sector of its enrolment."""

    rank: tuple[tuple[int, ...], int]
    sector: str


Rank = Callable[[Collection[Signal]], dict[Signal, Ranked]]


class Ranks:
    """Where the signals stand that wait for a decision, kept for a day of the law."""

    def __init__(self) -> None:
        self._one = Lock()
        self._day: date | None = None
        self._ranks: dict[Signal, Ranked] = {}

    def of(self, waiting: Collection[Signal], today: date, rank: Rank) -> dict[Signal, Ranked]:
        """The ranks of the signals that wait; `rank` works them out."""
        with self._one:
            known = self._ranks if self._day == today else {}
            found = rank([signal for signal in waiting if signal not in known])
            self._ranks = {signal: found.get(signal) or known[signal] for signal in waiting}
            self._day = today
            return self._ranks


class Work:
    """The signals of a node, as they were told and decided on up to now."""

    def __init__(self, node: Node, words: Wording, today: date) -> None:
        self._node = node
        self._words = words
        self._today = today
        self.told: Told = screening_of(node).told()
        self.assessed: Assessed = assessments(node.store, node.keys, node.position)

    def page(self, kept: Ranks, sector: str, start: int) -> dict[str, Any]:
        """A page of the work, worst first: of a sector or of all, from the signal at `start`, counted from 0."""
        waiting = [signal for signal in self.told.last.values() if is_open(signal, self.assessed)]
        ranks = kept.of(waiting, self._today, self._ranked)
        ordered = sorted((one for one in waiting if sector in ("", ranks[one].sector)), key=lambda one: ranks[one].rank)
        start = start if start < len(ordered) else 0
        shown = ordered[start : start + PAGE]
        following = start + PAGE
        return {
            "all": len(waiting),
            "count": len(ordered),
            "sectors": {name: sum(ranks[one].sector == name for one in waiting) for name in SECTORS},
            "start": start,
            "previous": max(0, start - PAGE) if start else None,
            "next": following if following < len(ordered) else None,
            "shown": [one | {"place": start + number} for number, one in enumerate(self.cards(shown), 1)],
        }

    def _ranked(self, signals: Iterable[Signal]) -> dict[Signal, Ranked]:
        return {one.work.signal: Ranked(one.rank, _sector(one)) for one in self._weighed(signals)}

    def _weighed(self, signals: Iterable[Signal]) -> list[Weighed]:
        works = work_list_of(self._node).behind(signals, self.told.told_at)
        return weighed_at(self._node, works, self._today)

    def cards(self, signals: Collection[Signal]) -> list[dict[str, Any]]:
        """What stands on the page about each of some signals, worst first."""
        node = self._node
        versions = versions_of(node.store, node.keys, signals, self.told.told_at)
        weighed = self._weighed(signals)
        acts = {told_at for one in versions.values() for told_at in (one.told.told_at, one.before and one.before.told_at) if told_at}
        moments = {at: read_meta(entry).received_at for at, entry in node.store.entries_at(acts).items()}
        return [self._card(one, versions[one.work.signal.pair], moments) for one in weighed]

    def _card(self, one: Weighed, versions: Versions, moments: dict[int, str]) -> dict[str, Any]:
        work, concern, words = one.work, one.concern, self._words
        signal, sector = work.signal, _sector(one)
        at, act = self.assessed.get(signal.pair, (None, None))
        return {
            "signal": signal,
            "name": f"{signal.enrolment}-{signal.message}",
            "open": is_open(signal, self.assessed),
            "decided": None if act is None else {"position": at, "act": act, "is_older": act.version != signal.version},
            "kind": work.kind,
            "on": None if work.on is None else work.on.isoformat(),
            "known_on": work.known_on.isoformat(),
            "sector": sector,
            "person": work.person,
            "persons": work.persons,
            "purpose": f"{sector}-screening" if sector else "",
            "enrolment": work.enrolment,
            # Of a report of the police there are no charges, and one severity.
            "charges": [self._charge(each, *pair) for each, *pair in zip(work.charges, one.weights, one.severities, strict=False)],
            "report": None if work.report is None else self._report(one),
            "told_on": moments[work.told_at],
            "told_at": work.told_at,
            "withheld": not work.visible,
            **self._compared(versions, moments, visible=work.visible),
            "case_now": None if concern.value is None else concern.value.case.value,
            "outcome": concern.outcome.value,
            "unverified": sorted({*concern.unverified, *(name for severity in one.severities for name in severity.unverified)}),
            "options": [
                {"what": getattr(option.what, words.language), "article": option.article, "certainty": option.certainty.value}
                for option in (() if concern.value is None else concern.value.options)
            ],
        }

    def _report(self, one: Weighed) -> dict[str, Any]:
        """What the police reported, how heavy that is, and what was told of how it ended."""
        report, (weight,), (severity,) = one.work.report, one.weights, one.severities
        return {
            "category": report and report.category,
            "article": report and report.article,
            "weight": None if weight is None else weight.value,
            "certain": not severity.unverified,
            "ending": one.work.signal.ending,
        }

    def _charge(self, charge: Any, weight: Any, severity: Any) -> dict[str, Any]:
        told = {name: value for name, value in msgspec.to_builtins(charge).items() if name not in ("article", "label")}
        return {
            "number": charge.charge,
            "article": charge.article,
            "label": charge.label,
            "more": thing(told, self._words),
            "weight": None if weight is None else weight.value,
            "certain": not severity.unverified,
        }

    def _compared(self, versions: Versions, moments: dict[int, str], *, visible: bool) -> dict[str, Any]:
        """The versions side by side, and where they are visible one row for each thing that any of them says; a thing that differs is
        marked.
        """
        words = self._words
        columns: list[tuple[str, Version | None]] = [("told", versions.told), ("now", versions.now)]
        if versions.before is not None:
            columns.insert(0, ("before", versions.before))
        lines = [said(one.data, words) if one is not None and one.data is not None and visible else {} for _, one in columns]
        names = dict.fromkeys(name for line in lines for name in line)
        readable = [line for line in lines if line]
        return {
            "behind": versions.is_behind,
            "columns": [self._column(name, one, moments) for name, one in columns],
            "rows": [
                {"name": name, "cells": [line.get(name, "") for line in lines], "differs": len({line.get(name) for line in readable}) > 1}
                for name in names
            ],
        }

    def _column(self, name: str, version: Version | None, moments: dict[int, str]) -> dict[str, Any]:
        if version is None:
            return {"name": name, "position": None, "told_at": None, "told_on": None, "erased": False}
        told_on = None if version.told_at is None else moments[version.told_at]
        about = {"position": version.position, "told_at": version.told_at, "told_on": told_on}
        return {"name": name, "erased": version.data is None, **about}


def _sector(one: Weighed) -> str:
    return "" if one.work.enrolment is None else one.work.enrolment.sector
