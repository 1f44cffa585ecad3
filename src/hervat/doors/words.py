"""Answers as text: JSON documents for programs, short lines for people."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from unicodedata import category

import msgspec


def as_document(answer: Any) -> str:
    """One JSON document, indented."""
    return msgspec.json.format(msgspec.json.encode(answer), indent=1).decode()


def plain(line: str) -> str:
    """A line with nothing in it that a terminal would obey: what senders wrote may hold any character, and whoever reads it sees which."""
    return "".join(one if one.isprintable() or category(one) == "Zs" else _escaped(one) for one in line)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def lines(told: Iterable[str]) -> str:
    """Lines for people."""
    return "\n".join(map(plain, told))


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Columns as wide as what stands in them; numbers to the right."""
    lines = [tuple(head), *(tuple("" if cell is None else plain(str(cell)) for cell in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    right = [all(_is_number(line[column]) for line in lines[1:]) for column in range(len(head))]
    return "\n".join(_aligned(line, widths, right) for line in lines)


def _aligned(line: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    columns = zip(line, widths, right, strict=True)
    return "  ".join(cell.rjust(width) if to_right else cell.ljust(width) for cell, width, to_right in columns).rstrip()


def _is_number(cell: str) -> bool:
    return cell == "" or cell.replace(".", "", 1).isdigit()


def age(passed: timedelta) -> str:
    """How long something has been so, in the largest unit that fits."""
    for name, unit in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if passed >= unit:
            return f"{passed // unit} {name}{'' if passed // unit == 1 else 's'}"
    return "less than a minute"


def short(source: str) -> str:
    """The name of a source as people say it: what stands after the last colon."""
    return source.rpartition(":")[2]


def received(answer: dict[str, Any], not_taken: Sequence[str]) -> Iterator[str]:
    """What one call of receive came to."""
    yield (
        f"received {answer['received']}: applied {answer['applied']}, held {answer['held']}, refused {answer['refused']}; "
        f"duplicates {answer['duplicates']}, conflicts {answer['conflicts']}, held again {answer['reheld']}"
    )
    for gap in answer["gaps"][:20]:
        yield f"missing from {gap['source']}: {gap['first']} to {gap['last']}"
    if len(answer["gaps"]) > 20:
        yield f"and {len(answer['gaps']) - 20} more gaps; hervat horizon lists them all"
    for refusal in answer["refusals"][:20]:
        where = f"{refusal['path']}: " if refusal["path"] else ""
        yield f"refused {refusal['source']} {refusal['id'] or '(no id)'}: {where}{refusal['reason']}"
    if answer["refused"] > 20:
        yield f"and {answer['refused'] - 20} more refusals; --json lists up to 1000"
    yield from (f"not taken: {line}" for line in not_taken)


def person(answer: dict[str, Any]) -> Iterator[str]:
    """A person's record, the horizon first: what it rests on comes before what it says."""
    yield f"Horizon at position {answer['position']}: {answer['horizon']['text']}"
    if answer["purpose"] is not None:
        yield f"Asked for the purpose {answer['purpose'] or '(none)'}: reports by the police are shown only where their procedure has it."
    if not answer["known"]:
        yield f"{answer['skn']}: unknown here. Unknown is not clean."
    else:
        names = "; ".join(name(identity) for identity in answer["identities"])
        yield f"{answer['skn']} ({', '.join(answer['skns'])}): {names or 'no identity'}"
        if answer.get("died_on"):
            yield f"died on {answer['died_on']}"
        for case in answer["cases"]:
            yield from _case(case)
        for one in answer["foreign_convictions"]:
            yield f"foreign conviction {one['member_state']} {one['reference']}: {one['decided_on']}"
        for one in answer["emergency_reports"]:
            yield f"emergency report {one['police_report']} of {one['reported_on']}: {one['category']}"
        for one in answer["contradictions"]:
            yield f"contradiction: {one['what']}: {one['detail']}"
    yield from (f"held: {one['kind']} {one['id']} since {one['since']}: {why(one)}" for one in answer["held"])


def name(identity: dict[str, Any], born: str = "born") -> str:
    """An identity on a line; `born` is that word in the language of whoever reads it."""
    parts = (identity.get("given_names"), identity.get("prefix"), identity.get("surname"))
    since = f", {born} {identity['birth']}" if identity.get("birth") else ""
    return " ".join(part for part in parts if part) + since


def _case(case: dict[str, Any]) -> Iterator[str]:
    joined = f", joined into {case['joined_into']}" if case.get("joined_into") else ""
    yield f"case {case['prosecution_number']} ({case['office']}, registered {case['registered_on']}{joined})"
    for charge in case["charges"]:
        code = f" {charge['code']}" if charge.get("code") else ""
        final = f", final on {charge['final_on']}" if charge.get("final_on") else ""
        yield f"  charge {charge['charge']}, {charge['article']}: {charge['outcome']}{code} on {charge['outcome_on']}{final}"
    for told in case.get("process", ()):
        yield "  " + ", ".join((told["kind"], *(f"{name} {it}" for name, it in told.items() if name not in ("kind", "message"))))


def conflict(one: dict[str, Any]) -> str:
    """One conflict on a line."""
    if one["with"] is None:
        return f"{one['position']}  since {one['since']}: erased, with the message that it was in conflict with"
    named = f"id {one['id']}, sequence {one['sequence']}"
    end = "open: its sender must say which is right and amend what stands" if one["open"] else "amended by its sender since"
    return f"{one['position']}  {short(one['source'])}  {named}  since {one['since']}: entry {one['with']} stands; {end}"


_DOUBTS = {
    "enrolment-given-again": "it was given again, and {beside} counts; correct or retract the one that is wrong",
    "enrolment-ended-again": "it was ended again, and {beside} counts, which has the latest day; correct or retract the one that is wrong",
    "enrolment-ended-before-it-began": "it ended before it began ({beside}), so nobody is screened under it; correct the day that is wrong",
    "enrolments-overlap": "{beside} enrols the same BSN in the same sector on some of its days, so each change is told under each; end one",
    "several-persons": "several persons have this BSN, and what is known of each is told; the register of persons must say whose it is",
}


def doubt(one: dict[str, Any]) -> str:
    """What is doubtful about an enrolment, on a line."""
    beside = ", ".join(f"{short(named['source'])} {named['id']}" for named in one["beside"])
    where = f"{short(one['message']['source'])} {one['message']['id']}, {one['path']}"
    return plain(f"enrolment {one['enrolment']}  {where}: {_DOUBTS[one['what']].format(beside=beside)}")


def why(held: dict[str, Any]) -> str:
    """Why a message is held, in words."""
    again = " (it was applied before)" if held["was_applied"] else ""
    if held["reason"] == "quarantine":
        return f"two people have not let it through yet{again}"
    if held["reason"] == "ceiling":
        return f"its source may not go so far yet{again}"
    if held["reason"] == "gap":
        return f"an earlier message about the same person is not here: {', '.join(held['needs'])}{again}"
    return f"for lack of {', '.join(held['needs'])}{again}"


def horizon(rows: Sequence[dict[str, Any]]) -> str:
    """Up to where each source is known."""
    counts = ("received", "applied", "held", "refused", "missing", "gone", "stock")
    head = ("source", "through", "applied", "complete until", *counts, "link", "")
    return table(head, (_feed(row) for row in rows))


def _feed(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        short(row["source"]),
        row["received_through"],
        row["applied_through"],
        row["complete_until"] or "not said",
        row["received"],
        row["applied"],
        row["held"],
        row["refused"],
        sum(gap["last"] - gap["first"] + 1 for gap in row["gaps"]),
        sum(gone["last"] - gone["first"] + 1 for gone in row["gone"]),
        sum(one["count"] for one in row["stock"]),
        row["link"],
        "unreconciled" if row["unreconciled"] else "",
    )


def partners(known: Iterable[dict[str, Any]]) -> str:
    """The organisations, each with its roles, its keys, and the position that says so."""
    rows = [
        (one["oin"], one["name"], ", ".join(one["roles"]) or "none", ", ".join(map(_key, one["keys"])), one["since"] or "built in")
        for one in known
    ]
    return table(("OIN", "name", "roles", "keys", "since"), rows)


def _key(key: dict[str, Any]) -> str:
    return f"{key['id']} (revoked)" if "revoked_at" in key else key["id"]


def screened(answer: dict[str, Any]) -> str:
    """What one step of screening told."""
    if answer["position"] is None:
        return f"nothing changed since position {answer['through']}, so nothing is told"
    counts = f"delivered {answer['delivered']}, suppressed {answer['suppressed']}, withdrawn {answer['withdrawn']}"
    return f"{counts}; told through position {answer['through']}, in the act at position {answer['position']}"


def checked(answer: dict[str, Any]) -> Iterator[str]:
    """What the second computation of screening found."""
    told = f"delivered {answer['delivered']} + suppressed {answer['suppressed']} + pending {answer['pending']}"
    yield f"{answer['changes']} changes about screened persons at position {answer['position']}: {told}"
    if answer["pending"] or answer["to_withdraw"]:
        waiting = f"{answer['pending']} to tell and {answer['to_withdraw']} to take back"
        yield f"something changed after position {answer['through']}: {waiting}; hervat screening run does that"
    yield from (f"canary {name}: {through} changes went through" for name, through in answer["canaries"].items())
    yield "both computations agree" if answer["ok"] else f"they differ in {answer['differences']}, first in {answer['difference']}"


def told(position: int, through: int, counts: dict[str, int], listed: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What the receiver of screening signals knew."""
    yield f"At position {position}: screening had gone through position {through}"
    yield f"delivered {counts['delivered']}, suppressed {counts['suppressed']}, withdrawn {counts['withdrawn']}"
    for one in listed:
        enrolment, message = (f"{short(one[name]['source'])} {one[name]['id']}" for name in ("enrolment", "message"))
        ended = f", ended {' '.join(one['ending'])}" if one["ending"] else ""
        yield f"{one['told_on']}  {enrolment}: {one['kind']} {message}, {one['case']}, {one['says']}{ended}"
