"""Custody at a node: every custody that is told, the list of who comes due, checks by hand, and how these compare with messages.

- A custody in a case that is here is read with its case: what is hidden with that is not listed. One of which every message is held, as
  where the case is not here yet, is listed from what is held: somebody may be locked up of whom nothing else is known.
- What is asked costs a look at every message of custody, and a fold of every case with one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from hervat.assemble import Node
from hervat.consumers.blind import complete_for, oin_of
from hervat.consumers.custody.checked import CHECKED, Check, CheckedAct, checks, ensure_sound
from hervat.consumers.custody.comparing import Compared, Length, compared, lengths
from hervat.consumers.custody.known import KINDS, Custody
from hervat.consumers.custody.worklist import WITHIN, Due, WorkList, work_list
from hervat.consumers.spells import Spell, spells
from hervat.errors import NotSo, Usage
from hervat.journal.store import APPLIED, HELD, WHOLE, Row
from hervat.message import Named
from hervat.needs import roles_of
from hervat.process import PROCESS
from hervat.register.attribution import held_about
from hervat.register.process import process_fact
from hervat.register.reading import Reading, Said
from hervat.register.record import Case, Person, ProcessFact
from hervat.register.waiting import Waiting

_AT_ONCE = 500
Json = dict[str, Any]


class _Told(NamedTuple):
    """The messages of custody that name one case: what each says, by position, and their rows."""

    facts: dict[int, ProcessFact]
    rows: dict[int, Row]

    def dated_until(self, on: date | None) -> list[int]:
        """In the canonical order, of which arrival is no part."""
        dated = [at for at, fact in self.facts.items() if on is None or _day(fact) <= on]
        return sorted(dated, key=lambda at: (_day(self.facts[at]), self.facts[at].message.source, self.rows[at].sequence or 0))


class Detaining:
    """Custody at a node, as it is known at the head."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def custodies(self, valid_on: date | None = None) -> Iterator[Custody]:
        """Every custody that is told and shown, and those that only held messages tell; on a day, of what is dated until then."""
        told = self._told()
        stream = iter(sorted(told))
        while some := list(islice(stream, _AT_ONCE)):
            found, given = self._cases(some, valid_on), self._given(some)
            for pn in some:
                if pn in found:
                    yield from self._shown(pn, told[pn], *found[pn])
                if pn in found or not given[pn]:
                    yield from self._waiting(pn, told[pn], valid_on, found.get(pn))

    def _told(self) -> dict[str, _Told]:
        rows = [row for kind in KINDS for row in self._node.store.of_kind(kind, self._node.position)]
        rows = [row for row in rows if row.state in (APPLIED, HELD) and not row.retracted and row.erased < WHOLE]
        # Made anew: sources may have come since the last time.
        reading = Reading(self._node.store, self._node.store, self._node.keys)
        said, by_case = reading.said(rows), defaultdict[str, _Told](lambda: _Told({}, {}))
        for row in rows:
            if row.position in said:
                told = by_case[said[row.position].data["pn"]]
                told.facts[row.position] = _fact(reading, row, said[row.position])
                told.rows[row.position] = row
        return by_case

    def _given(self, pns: Sequence[str]) -> dict[str, bool]:
        """Whether each case is here; one that is and is not shown is hidden."""
        keys = {pn: self._node.keys.index_of(f"case:{pn}") for pn in pns}
        links = self._node.store.links(keys.values())
        return {pn: any(links.get(key, {}).values()) for pn, key in keys.items()}

    def _cases(self, pns: Sequence[str], valid_on: date | None) -> dict[str, tuple[Person, Case, list[Row]]]:
        """The cases of these that are shown, each with its person and what is held about that."""
        node, last = self._node, self._node.position
        state, found, reading = node.past.near([node.keys.index_of(f"case:{pn}") for pn in pns], last)
        _, register = node.past.shown(reading, sorted(found.rows.values(), key=lambda row: row.position), last, valid_on)
        wanted, shown = frozenset(pns), dict[str, tuple[Person, Case, list[Row]]]()
        for person in register.persons:
            cases = [case for case in person.cases if case.prosecution_number in wanted]
            held = held_about(reading, state, found, register, person.skns) if cases else []
            shown |= {case.prosecution_number: (person, case, held) for case in cases}
        return shown

    def _shown(self, pn: str, told: _Told, person: Person, case: Case, held: list[Row]) -> Iterator[Custody]:
        places = {fact.message: at for at, fact in told.facts.items()}
        for spell in spells(case.process):
            at = tuple(sorted(places[one] for one in spell.messages))
            yield Custody(
                case=pn,
                spell=spell,
                messages=at,
                through=max(_came(told.rows[one]) for one in at),
                person=person.skn,
                waits=False,
                held=tuple(row.position for row in held),
                of_another=spell.skn is not None and spell.skn not in person.skns,
            )

    def _waiting(
        self, pn: str, told: _Told, valid_on: date | None, found: tuple[Person, Case, list[Row]] | None
    ) -> Iterator[Custody]:
        """The spells of which every message is held."""
        places = told.dated_until(valid_on)
        by_name = {told.facts[at].message: at for at in places}
        for spell in spells(told.facts[at] for at in places):
            at = tuple(sorted(by_name[one] for one in spell.messages))
            if all(told.rows[one].state == HELD for one in at):
                through = max(_came(told.rows[one]) for one in at)
                person = None if found is None else found[0].skn
                yield Custody(case=pn, spell=spell, messages=at, through=through, person=person, waits=True, held=at)

    def work(self, on: date, within: int = WITHIN.days) -> WorkList:
        """Who is due, on a day, within so many days."""
        return work_list(self.custodies(on), self._checks(), on, within)

    def differing(self, since: date, until: date) -> tuple[list[Compared], list[Length], list[int]]:
        """What was found by hand beside what messages say; the releases of a period that were not on their day; and the checks, by
        position, of a custody that no message tells any more.
        """
        custodies, listed = list(self.custodies()), self._checks()
        known = {at for one in custodies for at in one.messages}
        lost = [at for at, act in listed if act.message not in known]
        return compared(custodies, listed), lengths(custodies, listed, since, until), lost

    def _checks(self) -> list[Check]:
        return checks(self._node.store, self._node.keys, self._node.position)

    def check(self, act: CheckedAct) -> Json:
        """Put in the journal what somebody found by hand about a custody that is not over. Raises NotSo where there is none, Usage for a
        finding that cannot be.
        """
        if act.on > self._node.today():
            raise Usage(f"--on {act.on} is still to come")
        custody = next((one for one in self.custodies() if act.message in one.messages), None)
        if custody is None or custody.ended_on is not None:
            raise NotSo(f"no custody that goes on is told by the message at position {act.message}; hervat custody due lists those that do")
        ensure_sound(act, custody.spell.began_on)
        position = self._node.decide(CHECKED, act)
        return {"position": position, "message": act.message, "found": act.found, "case": custody.case}

    def due(self, on: date, within: int = WITHIN.days) -> Json:
        """The answer of `hervat custody due`."""
        if within < 0:
            raise Usage(f"--within {within}: give a number of days of 0 or more")
        found = self.work(on, within)
        return {
            "on": on.isoformat(),
            "within": within,
            "position": self._node.position,
            "horizon": self.horizon(on),
            "due": list(self.told(found.due)),
            "released_by_hand": list(self.told(found.released)),
        }

    def told(self, listed: Iterable[Due]) -> Iterator[Json]:
        """Each as the command tells it, with what is held about the person."""
        for one in listed:
            yield {
                **custody_told(one.custody),
                "clock": _text(one.clock),
                "state": one.state,
                "by_hand": one.by_hand,
                "held": self._held(one.custody),
                "check": None if one.check is None else check_told(one.check),
            }

    def _held(self, custody: Custody) -> list[Json]:
        rows = self._node.store.rows_at(custody.held)
        told = Waiting(self._node.store, self._node.store, self._node.keys).tell([rows[at] for at in custody.held])
        return [{name: one[name] for name in ("position", "source", "id", "kind", "reason", "needs", "since")} for one in told]

    def horizon(self, on: date) -> Json:
        """How far the sources that tell of custody are known; `blind` are those that may know what is not known here on a day."""
        node = self._node
        about, partners = node.horizon_about(node.position), node.roster().now
        roles_in = {row["source"]: partners.roles(oin_of(row["source"])) or frozenset() for row in about["sources"]}
        telling = {kind: [row for row in about["sources"] if roles_of(kind) & roles_in[row["source"]]] for kind in KINDS}
        sources = list({row["source"]: row for rows in telling.values() for row in rows}.values())
        unheard = [f"no source for {kind}" for kind, rows in telling.items() if not rows]
        until = [row["complete_until"] for row in sources]
        return {
            "sources": [{name: row[name] for name in ("source", "complete_until", "gaps", "held", "unreconciled")} for row in sources],
            "complete_until": None if unheard or None in until else min(until, default=None),
            "blind": [row["source"] for row in sources if row["held"] or not complete_for(row, on)] + unheard,
            "unattributed": about["unattributed"],
        }

    def differences(self, since: date, until: date) -> Json:
        """The answer of `hervat custody differences`."""
        beside, apart, lost = self.differing(since, until)
        return {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "position": self._node.position,
            "horizon": self.horizon(until),
            "checks": [
                {**custody_told(one.custody), "check": check_told(one.check), "says": one.says, "what": one.what, "days": one.days}
                for one in beside
            ],
            "lost": lost,
            "held_too_long": _counted([one for one in apart if one.days > 0]),
            "released_too_early": _counted([one for one in apart if one.days < 0]),
        }


def custody_told(one: Custody) -> Json:
    """A custody in JSON."""
    spell: Spell = one.spell
    days = {"began_on": spell.began_on, "due_on": spell.due_on, "ended_on": spell.ended_on}
    return {
        "place": one.place,
        "case": one.case,
        "skn": one.skn,
        "person": one.person,
        **{name: _text(day) for name, day in days.items()},
        "waits": one.waits,
        "of_another": one.of_another,
    }


def check_told(check: Check) -> Json:
    """A check in JSON, with the position of its act."""
    at, act = check
    return {"position": at, **{name: value for name, value in msgspec.to_builtins(act).items() if name != "act"}}


def _counted(apart: Sequence[Length]) -> Json:
    """How many releases, how many days in all, and each."""
    listed = [
        {
            **custody_told(one.custody),
            "released_on": one.released_on.isoformat(),
            "title_until": one.due_on.isoformat(),
            "days": abs(one.days),
            "by_hand": one.by_hand,
        }
        for one in apart
    ]
    return {"releases": len(listed), "days": sum(abs(one.days) for one in apart), "each": listed}


def _fact(reading: Reading, row: Row, said: Said) -> ProcessFact:
    named = Named(source=reading.source_of(row), id=row.id or "")
    return process_fact(msgspec.convert(said.data, PROCESS[row.kind or ""]), named)


def _came(row: Row) -> int:
    """At which position a message came to say what it does now."""
    return max(row.position, row.applied_at or 0, row.version or 0)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(fact: ProcessFact) -> date:
    day: date | None = fact.from_ or fact.decided_on or fact.released_on
    return date.max if day is None else day
