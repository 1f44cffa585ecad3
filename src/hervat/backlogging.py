"""The backlog desk of a node: the stock of an organisation that lived on paper becomes messages of a source of its own.

- What the desk makes is an ordinary message in custody of this node, with the next sequence of its source. One source has one writer: where
  a source is sent by a system, the desk does not number on behind its back.
- A paper is keyed as an act (`consumers.backlog.keyed`), and only then becomes a message, under an id that follows from its first act. So
  whoever is interrupted gives the same again: it is entered once, or it is not yet.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from secrets import token_bytes
from typing import Any, NamedTuple, cast

import msgspec

from hervat.assemble import Node
from hervat.case import Charge
from hervat.clock import legal_day, rfc3339
from hervat.consumers.backlog.keyed import (
    CHECKED,
    COUNTED,
    KEYED,
    SAMPLED,
    CheckedAct,
    CountedAct,
    KeyedAct,
    Paper,
    SampledAct,
    checks,
    differing,
    last_sample,
    leaves,
    name_of,
    paper_id,
    paper_of,
    prints_of,
    reader,
)
from hervat.consumers.backlog.ledger import Ledger
from hervat.consumers.backlog.readers import grounds_of
from hervat.consumers.backlog.sampling import drawn
from hervat.consumers.backlog.stock import declarations
from hervat.consumers.certificates.forecast import Pace, forecast
from hervat.errors import NotSo, Usage, ensure
from hervat.intake.admission import Judged, judge
from hervat.intake.claims import DECLARING
from hervat.intake.preparing import AMENDING
from hervat.intake.terms import Terms
from hervat.journal.store import Feed
from hervat.kinds import KINDS, ForeignConvictionNotified, StockDeclared
from hervat.message import Value
from hervat.register.reading import Reading

ENTERABLE = tuple(kind for kind in KINDS if kind not in (*DECLARING, *AMENDING))
"""The kinds of what may lie on paper."""
_OF_ITS_OWN = "give the desk a source of its own, as urn:nld:oin:<20 characters>:systeem:papier"
_STOCK = "stock-"
_OWN = ("paper-", _STOCK)
_MEASURED = timedelta(days=28)
_BESIDE = (*DECLARING, *AMENDING)


class Typed(NamedTuple):
    """What somebody keyed of a paper: of which source, the number on the paper, the kind, and the data as JSON."""

    source: str
    paper: str
    kind: str
    data: str


class Refused(NotSo):
    """What was keyed is no sound message: the path at which it is not, and why."""

    def __init__(self, message: str | None = None, path: str = "") -> None:
        super().__init__(message if not path else f"{path}: {message} Nothing was entered.")
        self.path = path


class Backlog(Ledger):
    """The desk of one node: it reads its ledger, and acts."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.store, node.keys)
        self._node = node

    def declare(self, source: str, stock: StockDeclared, *, by: str, at: datetime) -> dict[str, Any]:
        """Declare how much of what lies on paper, as a message of the source; counted again, the last count for each kind stands. What was
        declared just so is not declared twice. Returns the position. Raises Refused, and Usage for a source that a system sends.
        """
        feed, data = self._feed(source), _plain(stock)
        same = next((place for place, one in declarations(self._store, feed) if one == stock), None) if feed.highest else None
        if same is not None and self._stands(feed, same):
            return {"position": same, "already": True, "act": self._act_of(same), **_counted(stock)}
        self._judged(self._message(feed, f"{_STOCK}0", "stock-declared", data, at))
        act = self._node.decide(COUNTED, CountedAct(source=source, by=by, on=legal_day(at)))
        position = self._send(self._message(feed, f"{_STOCK}{act}", "stock-declared", data, at))
        return {"position": position, "already": False, "act": act, **_counted(stock)}

    def _act_of(self, position: int) -> int | None:
        """The act that a declaration of this desk came behind, as its id has it; None for one that was received."""
        number = (self._store.rows_at([position])[position].id or "").removeprefix(_STOCK)
        return int(number) if number.isdecimal() else None

    def _stands(self, feed: Feed, position: int) -> bool:
        """Whether a declaration is still the last for each of its kinds, with nothing entered since."""
        line = next((one for one in self.lines(feed) if one.position == position), None)
        return line is not None and set(line.kinds) == set(line.stock.kinds) and not line.entered

    def enter(self, typed: Typed, *, by: str, at: datetime) -> dict[str, Any]:
        """Key a paper. It becomes a message where its readers agree and are enough; where they differ the fields that do are told, and
        nothing is sent. Returns what became of it: `entered`, `waits` or `differs`. Raises Refused for what is no sound message, NotSo for
        a paper that was entered as something else, or that its only reader keys anew, and Usage for what cannot be keyed here.
        """
        feed = self._feed(typed.source)
        if typed.kind not in ENTERABLE:
            raise Usage(f"--kind {typed.kind}: this lies on no paper; the kinds that may are {', '.join(ENTERABLE)}")
        before = paper_of(self._store, self._keys, typed.source, typed.paper)
        judged = self._judged(self._message(feed, paper_id(0), typed.kind, _read(typed.data), at))
        data = (judged.document or {})["data"]
        prints = prints_of(self._keys, typed.source, typed.paper, typed.kind, data)
        if before is not None and (place := self.place(typed.source, before.id)) is not None:
            return _entered_already(before, place, prints)
        if before is None or not self._again(before, prints, by):
            on = legal_day(at)
            grounds = grounds_of(typed.kind, judged.data, self._charges(judged.data), on)  # type: ignore[arg-type]
            act = KeyedAct(
                source=typed.source,
                paper=typed.paper,
                kind=typed.kind,
                dated=_dated(data),
                prints=prints,
                grounds=grounds,
                by=by,
                on=on,
                known_by=name_of(typed.source, typed.paper, 1 if before is None else len(before.keyings) + 1),
            )
            self._node.decide(KEYED, act)
        return self._became(feed, typed, data, at)

    def _again(self, paper: Paper, prints: Mapping[str, str], by: str) -> bool:
        """Whether this reader keyed the very same before: nothing is told twice. Raises NotSo where the only reader of a paper that is read
        twice keys something else: that is for the second.
        """
        own = paper.readers.get(reader(by))
        if own is not None and own.prints != prints and len(paper.readers) < paper.needed:
            raise NotSo(f"paper {paper.number}: {by} keyed it before (entry {paper.keyings[-1][0]}); a second reader keys it independently")
        return own is not None and own.prints == prints

    def _became(self, feed: Feed, typed: Typed, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        paper = self._paper(typed)
        answer = {"paper": paper.number, "position": paper.keyings[-1][0], "grounds": [*paper.grounds]}
        if paper.agreed is not None:
            message = self._send(self._message(feed, paper.id, typed.kind, data, at))
            return answer | {"became": "entered", "message": message}
        if paper.state == "waits":
            return answer | {"became": "waits"}
        said = dict([("kind", typed.kind), *leaves(dict(data))])
        return answer | {"became": "differs", "differs": [{"path": path, "typed": said.get(path)} for path in paper.differs]}

    def forecast(
        self, source: str, on: date, *, people: int, rate: Fraction | None = None, arriving: Fraction | None = None
    ) -> dict[str, Any]:
        """When the stock of a source is gone with so many people, and what that costs in person-days; None of it where that never comes.

        `rate` is how many papers become messages in a person-day, `arriving` how many papers come on a working day; each is measured where
        it is not given. Raises NotSo where there is nothing to measure it from.
        """
        feed = self.known(source)
        if rate is None:
            rate = self.rate(source, on)
        measured = arriving is None
        arriving = self.arriving(feed) if arriving is None else arriving
        left = sum(line.left for line in self.lines(feed))
        found = forecast(on, left, Pace(arriving=arriving, deciding=people * rate))
        days = found.working_days
        return {
            "source": source,
            "on": on,
            "left": left,
            "people": people,
            "rate": float(rate),
            "arriving": float(arriving),
            "arriving_measured": measured,
            "person_days": None if days is None else ceil(days * people),
            "working_days": None if days is None else ceil(days),
            "gone_on": found.gone_on,
            "people_needed": people if days is not None or not rate else int(arriving / rate) + 1,
        }

    def sample(self, source: str, size: int, seed: int, *, by: str, at: datetime) -> dict[str, Any]:
        """Draw papers that were entered, by a seed, to be keyed again beside the paper. Raises NotSo where none was entered."""
        numbers = [one.keyed.paper for one in self.entered(source)]
        if not numbers:
            raise NotSo(f"nothing of {source} was entered; there is nothing to draw from")
        act = SampledAct(source=source, seed=seed, papers=drawn(numbers, size, seed), by=by, on=legal_day(at))
        before = last_sample(self._store, self._keys, source)
        position = before[0] if before is not None and before[1] == act else self._node.decide(SAMPLED, act)
        return {"position": position, "papers": [*act.papers], "of": len(numbers)}

    def check(self, typed: Typed, *, by: str, at: datetime) -> dict[str, Any]:
        """Lay what somebody else keys now beside what was entered. Returns the paths that differ. Raises NotSo for a paper that is not in
        the last sample, and for one of its readers.
        """
        drawn_last = last_sample(self._store, self._keys, typed.source)
        if drawn_last is None or typed.paper not in drawn_last[1].papers:
            raise NotSo(f"paper {typed.paper} is not in the last sample of {typed.source}; hervat backlog sample draws one")
        paper = self._paper(typed)
        if reader(by) in paper.readers:
            raise NotSo(f"paper {typed.paper}: {by} read it before; somebody else checks it")
        judged = self._judged(self._message(self._feed(typed.source), paper_id(0), typed.kind, _read(typed.data), at))
        prints = prints_of(self._keys, typed.source, typed.paper, typed.kind, (judged.document or {})["data"])
        differs = differing(paper.readers[next(iter(paper.readers))].prints, prints)
        act = CheckedAct(source=typed.source, paper=typed.paper, differs=tuple(differs), by=by, on=legal_day(at))
        before = checks(self._store, self._keys, typed.source).get(typed.paper)
        position = before[0] if before is not None and before[1] == act else self._node.decide(CHECKED, act)
        return {"position": position, "paper": typed.paper, "message": self.place(typed.source, paper.id), "differs": differs}

    def _paper(self, typed: Typed) -> Paper:
        paper = paper_of(self._store, self._keys, typed.source, typed.paper)
        ensure(paper is not None, f"paper {typed.paper} of {typed.source} was keyed and is not found")
        return cast(Paper, paper)

    def _feed(self, source: str) -> Feed:
        """The feed of a source of one's own. Raises Usage for one that is not numbered here."""
        feed = self.known(source)
        if feed.through != feed.highest:
            missing = f"messages {feed.through + 1} and on are missing here"
            raise Usage(f"--source {source}: {missing}, so it is numbered elsewhere; {_OF_ITS_OWN}")
        for sequence in range(feed.highest, 0, -1):
            place = self._store.rows_by_sequence({(feed.number, sequence)})[feed.number, sequence]
            row = self._store.rows_at([place])[place]
            if (row.id or "").startswith(_OWN):
                # It was looked at what lies before this one when it was made.
                break
            if row.kind not in _BESIDE:
                raise Usage(f"--source {source}: a system sends it (entry {place}); {_OF_ITS_OWN}")
        return feed

    def _message(self, feed: Feed, id: str, kind: str, data: Mapping[str, Any], at: datetime) -> bytes:
        subject = data.get("skn")
        told = {"specversion": "1.0", "id": id, "source": feed.name, "type": f"nl.hervat.{kind}.v1", "time": rfc3339(at)}
        told |= {"sequence": str(feed.highest + 1), "sequencetype": "Integer", "salt": b64encode(token_bytes(16)).decode()}
        about = {"subject": subject} if isinstance(subject, str) else {}
        return msgspec.json.encode(told | about | {"datacontenttype": "application/json", "data": data})

    def _judged(self, raw: bytes) -> Judged:
        """What intake says of a message. Raises Refused with its path."""
        rosters = self._node.rosters()
        judged = judge(raw, Terms(rosters.partners.now, rosters.procedures.now))
        if judged.refusal is not None:
            raise Refused(judged.refusal.reason, judged.refusal.path)
        return judged

    def _send(self, raw: bytes) -> int:
        """Take a message into custody; returns its position."""
        judged = self._judged(raw)
        self._node.receive([raw])
        place = self.place(judged.source, judged.id or "")
        ensure(place is not None, f"{judged.id} of {judged.source} was taken and is not in custody")
        return cast(int, place)

    def _charges(self, data: Value | None) -> Iterable[Charge] | None:
        """The charges that a decision is about: its own, or those of its case; None where they are not known here."""
        own = getattr(data, "charges", None)
        if own and isinstance(own[0], Charge):
            return tuple(own)
        if isinstance(data, ForeignConvictionNotified):
            return None
        number = getattr(data, "pn", None)
        for name, giver in (("judgment", "judgment-given"), ("order", "penalty-order-issued")):
            if number is None and (named := getattr(data, name, None)) is not None:
                number = self._said(f"{name}:{named}", giver, name, named).get("pn")
                if number is None:
                    return None
        return () if number is None else self._of_case(number)

    def _of_case(self, number: str) -> tuple[Charge, ...] | None:
        said = self._said(f"case:{number}", "case-registered", "pn", number)
        return msgspec.convert(said["charges"], tuple[Charge, ...]) if said.get("charges") else None

    def _said(self, topic: str, kind: str, name: str, value: str) -> dict[str, Any]:
        """What the last message of a kind says of a topic; empty where there is none."""
        reading = Reading(self._store, self._store, self._keys)
        rows = [row for row in reading.linked([topic]) if row.kind == kind]
        said = [one.data for _, one in sorted(reading.said(rows).items()) if one.data.get(name) == value]
        return said[-1] if said else {}


def _read(text: str) -> dict[str, Any]:
    """The data that somebody keyed. Raises Refused for what is no object in JSON, and for a field that stands in it twice."""
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except ValueError as fault:
        raise Refused(f"this is no JSON ({fault}).", "data") from fault
    if not isinstance(found, dict):
        raise Refused("this is no object in JSON: {...}.", "data")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands in it twice")
    return found


def _entered_already(paper: Paper, place: int, prints: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a paper that is a message already. Raises NotSo where that is another one."""
    differs = [path for act in paper.readers.values() for path in differing(act.prints, prints)]
    if differs:
        told = f"paper {paper.number} was entered as entry {place} and differs from this at {', '.join(differs)}"
        raise NotSo(f"{told}; what is wrong there is put right by a message-corrected. Nothing was entered.")
    answer = {"paper": paper.number, "position": paper.keyings[-1][0], "grounds": [*paper.grounds]}
    return answer | {"became": "entered", "message": place}


def _dated(data: Mapping[str, Any]) -> date | None:
    """The day that a decision bears: its first field that is one."""
    told = (value for name, value in data.items() if name.endswith("_on") or name in ("from", "until"))
    first = next(told, None)
    return date.fromisoformat(first) if isinstance(first, str) else None


def _plain(stock: StockDeclared) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(stock)
    return {name: value for name, value in plain.items() if value is not None}


def _counted(stock: StockDeclared) -> dict[str, Any]:
    return {"kinds": [*stock.kinds], "count": stock.count}
