"""`hervat doctor`: what an operator wants to know of a node before going home.

`CHECKS` is the table of what is looked at; each check tells what was found, whether that is well, and what to do if it is not.
"""

import os
import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from hervat.assemble import Node, keys_path
from hervat.clock import Clock, SystemClock, legal_day, parse_rfc3339
from hervat.consumers.screening.daily import last_check
from hervat.consumers.screening.population import Population
from hervat.doors import words
from hervat.doors.keeping import remembered
from hervat.doors.keyring import remembered_copy
from hervat.doors.streams import show
from hervat.errors import HervatError, KeysFault, StoreFault
from hervat.journal.entry import digest_of, read_meta
from hervat.stores.opening import Place, place_of

OK, WARNING, BAD = "ok", "warning", "bad"
_LEAST_FREE = 256 << 20
_MINUTE, _DAY, _WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
_SOON = timedelta(days=30)
_OLD = timedelta(days=730)
_STEPPED = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, whether that is `ok`, a `warning` or `bad`, and what to do."""

    what: str
    found: str
    state: str = OK
    do: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """A node, where it is, the moment, and what both hands of the clock said when it began."""

    node: Node
    place: Place
    clock: Clock
    now: datetime
    began: float

    def age(self, moment: str) -> timedelta:
        return self.now - parse_rfc3339(moment)


def doctor(arguments: Namespace) -> int:
    """The health of the node; 1 where something is bad."""
    findings = examine(arguments.store, SystemClock())
    if arguments.json:
        show(words.as_document([asdict(one) for one in findings]))
    else:
        show(words.lines(f"{one.state:<8} {one.what}: {one.found}{'' if not one.do else '. ' + one.do}" for one in findings))
    return 1 if any(one.state == BAD for one in findings) else 0


def examine(url: str, clock: Clock) -> list[Finding]:
    """Everything that can be looked at; of a store that does not open, that."""
    place, now, began = place_of(url), clock.now(), clock.monotonic()
    try:
        if not place.is_there():
            return [Finding("store", f"{place.file or place.shown} is not there yet", BAD, "receive something, or give another --store")]
        with Node.opened(url) as node:
            patient = Patient(node, place, clock, now, began)
            return [check(patient) for check in CHECKS]
    except KeysFault as fault:
        return [Finding("keys", str(fault), BAD, "put the node's own keys back: hervat keys restore FROM")]
    except StoreFault as fault:
        return [Finding("store", str(fault), BAD, "see to that, then run hervat verify")]
    except HervatError as fault:
        return [Finding("store", str(fault), BAD, "run hervat verify")]


def _graded(what: str, found: str, state: str, do: str) -> Finding:
    return Finding(what, found, state, "" if state == OK else do)


def _days(age: timedelta) -> str:
    return f"{age.days} days" if age.days != 1 else "1 day"


def _engine(patient: Patient) -> Finding:
    condition = patient.node.store.condition()
    state = BAD if condition.bad else WARNING if condition.warning else OK
    return _graded("engine", condition.told, state, condition.bad or condition.warning or "")


def _schema(patient: Patient) -> Finding:
    # One of another number would not have been opened.
    return Finding("schema", f"{patient.node.store.condition().schema}, the newest that this hervat knows")


def _disk(patient: Patient) -> Finding:
    if patient.place.file is None:
        return Finding("disk", "the server's; it is not seen from here")
    folder = next(one for one in patient.place.file.absolute().parents if one.is_dir())
    free, size = shutil.disk_usage(folder).free, patient.node.store.condition().bytes
    state = BAD if free < _LEAST_FREE else WARNING if free < 2 * size else OK
    found = f"{free >> 20:,} MiB free in {folder}, the store takes {size >> 20:,}"
    return _graded("disk", found, state, "make room: a backup takes as much as the store, restoring twice that")


def _keys(patient: Patient) -> Finding:
    path = keys_path(patient.node.store)
    last = patient.node.position
    for entry in patient.node.store.entries(last, last):
        digest_of(patient.node.keys, entry)
    mode = os.stat(path).st_mode & 0o077
    found = f"{path}, {'readable by its owner alone' if not mode else 'readable by others'}, opens the newest entry"
    return _graded("keys", found, BAD if mode else OK, f"chmod 600 {path}; and keep a copy elsewhere, without it nothing can be read")


def _rotation(patient: Patient) -> Finding:
    keys, again = patient.node.keys, "hervat keys rotate --by NAME --why TEXT"
    if keys.ring.is_being_rotated:
        return _graded("rotation", "begun and not done: the old wrap key is in the keys file yet", BAD, f"{again} brings it to its end")
    last = keys.signers[-1]
    how = f"rotated at position {last.since}" if last.since else "made"
    if not last.made_at:
        return _graded("rotation", "nobody wrote down when the keys were made", OK, again)
    age = patient.age(last.made_at)
    return _graded("rotation", f"the keys were {how}, {_days(age)} ago", WARNING if age > _OLD else OK, again)


def _copy(patient: Patient) -> Finding:
    copied, do = remembered_copy(keys_path(patient.node.store)), "hervat keys backup TO, apart from the store and its backups"
    if copied is None:
        return _graded("copy", "no copy of the keys was made from here", WARNING, do)
    found = f"a copy of the keys was made {_days(patient.age(copied.made_at))} ago"
    if copied.keys != patient.node.keys.ring.material:
        return _graded("copy", f"{found}, and they are others now: it opens nothing of this store", BAD, do)
    return _graded("copy", found, OK, do)


def _partners(patient: Patient) -> Finding:
    """A key that has ended is no matter while its partner has another one that will last."""
    trouble, known = list[str](), patient.node.roster().now
    for partner in known:
        ends = [min(filter(None, (key.valid_until, key.revoked_at)), default=None) for key in partner.keys]
        if not ends or any(end is None or end > patient.now + _SOON for end in ends):
            continue
        last = max(end for end in ends if end is not None)
        trouble.append(f"{partner.name} has no key {'since' if last <= patient.now else 'from'} {last.date()} on")
    found = "; ".join(trouble) or "nobody's last key ends within 30 days"
    return _graded("partners", found, WARNING if trouble else OK, "ask them for a new public key: hervat partner set OIN --key FILE")


def _held(patient: Patient) -> Finding:
    oldest = next(patient.node.held(), None)
    if oldest is None:
        return Finding("held", "nothing is held")
    age = patient.age(oldest["since"])
    found = f"oldest is position {oldest['position']}, {oldest['reason']}, for {_days(age)}"
    return _graded("held", found, WARNING if age > _WEEK else OK, "hervat held tells what it waits for; ask the sender of that")


def _gaps(patient: Patient) -> Finding:
    behind = sorted(_oldest_gaps(patient), key=lambda one: one[1], reverse=True)
    if not behind:
        return Finding("gaps", "no source has a gap")
    found = ", ".join(f"{name} for {_days(age)}" for name, age in behind)
    return _graded("gaps", found, WARNING if behind[0][1] > _DAY else OK, "ask these sources for what hervat horizon shows as missing")


def _oldest_gaps(patient: Patient) -> Iterator[tuple[str, timedelta]]:
    """For each source with gaps its name, and how long the oldest has been known: since what comes after it came."""
    store = patient.node.store
    for feed in store.feeds():
        gaps = store.missing(feed.number)
        if gaps:
            after = store.rows_by_sequence((feed.number, last + 1) for _, last in gaps)
            # What comes after a gap may be gone itself, and is then known by the act that says so.
            told = [one.since for one in store.gone(feed.number) if one.since is not None]
            first = min([*after.values(), *(told if len(after) < len(gaps) else [])])
            yield feed.name, patient.age(read_meta(store.entries_at([first])[first]).received_at)


def _balance(patient: Patient) -> Finding:
    feeds = patient.node.store.feeds()
    off = [feed.name for feed in feeds if feed.received != feed.applied + feed.held + feed.refused]
    found = f"received = applied + held + refused for {len(feeds) - len(off)} of {len(feeds)} sources"
    return _graded("balance", found, BAD if off else OK, "run hervat verify: the counts of a source do not add up")


def _conflicts(patient: Patient) -> Finding:
    count = patient.node.status()["conflicts"]
    state = WARNING if count else OK
    return _graded("conflicts", f"{count} conflicts", state, "hervat conflicts lists them; their senders must say which is right")


def _screened(patient: Patient) -> Finding:
    node, do = patient.node, "hervat screening day; a node that is served with a node.toml does that by itself"
    found = last_check(node.store, node.keys)
    if found is None:
        enrolled = sum(Population(node.store, node.keys).on(legal_day(patient.now)).values())
        told = f"{enrolled} people are screened, and it was never checked that all was told" if enrolled else "nobody is screened"
        return _graded("screening", told, WARNING if enrolled else OK, do)
    position, check = found
    when = f"on {check.on}, at position {position}"
    if check.differences:
        told = f"the two computations differed in {check.differences} of {check.changes} changes {when}"
        return _graded("screening", told, BAD, "hervat screening check names the first; mend that before anybody relies on it")
    age = legal_day(patient.now) - check.on
    told = f"{check.changes} changes, of which all was told, {when}"
    return _graded("screening", told, WARNING if age > _DAY else OK, do)


def _erased(patient: Patient) -> Finding:
    """What nothing hinders goes by itself; where that takes long, something hinders it."""
    pending = patient.node.not_scrubbed()
    if pending is None:
        return Finding("erased", "nothing erased is left in the files")
    age, hindrance = patient.age(pending.since), pending.hindrance
    acts = f"{len(pending.positions)} erasures, the first" if len(pending.positions) > 1 else "what was erased"
    when = f"at position {pending.positions[0]} on {pending.since}, {words.age(age)} ago"
    found = f"{acts} {when}, may still lie in the files: {hindrance.told}"
    return Finding("erased", found, WARNING if hindrance.by_itself and age < _WEEK else BAD, hindrance.do)


def _checkpoint(patient: Patient) -> Finding:
    last = patient.node.store.head().received_at
    if not last:
        return Finding("checkpoint", "nothing received yet")
    age = patient.age(last)
    found = f"of {patient.node.position} entries, {_days(age)} old"
    return _graded("checkpoint", found, WARNING if age > _WEEK else OK, "nothing came since: see whether the links are open")


def _backup(patient: Patient) -> Finding:
    made, size = remembered(patient.place), patient.node.position
    if made is None or made.origin != patient.node.keys.origin:
        return _graded("backup", "none was made from here", WARNING if size else OK, "hervat backup TO, on another disk than the keys")
    age, since = patient.age(made.made_at), size - made.size
    state = OK if age < _DAY or not since else WARNING if age < _WEEK else BAD
    return _graded("backup", f"{_days(age)} old, of {made.size} entries; {since} came since", state, "hervat backup TO")


def _clock(patient: Patient) -> Finding:
    """The hands may not run apart while we look, and the journal may not be ahead of the wall."""
    last, passed = patient.node.store.head().received_at, patient.clock.monotonic() - patient.began
    apart = abs((patient.clock.now() - patient.now).total_seconds() - passed)
    if passed < 0 or apart > _STEPPED:
        return Finding("clock", f"set by {apart:.0f} seconds in the middle of this", BAD, "see what sets this machine's clock, and how")
    ahead = parse_rfc3339(last) - patient.now if last else timedelta(0)
    state = BAD if ahead > _MINUTE else WARNING if ahead > timedelta(seconds=1) else OK
    return _graded("clock", f"last entry at {last or 'no time yet'}", state, "the journal is ahead of this machine's clock: set the clock")


CHECKS: tuple[Callable[[Patient], Finding], ...] = (
    *(_engine, _schema, _disk, _keys, _rotation, _copy, _clock),
    *(_balance, _held, _gaps, _conflicts, _partners, _screened),
    *(_erased, _checkpoint, _backup),
)
