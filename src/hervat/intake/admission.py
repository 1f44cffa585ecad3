"""Admission: judging one message by itself, whatever bytes come.

- `judge` never raises for what a message contains. It answers with the data, or with one refusal: the first that fails of envelope,
  role, schema and content, and within a stage the first in the order of the document; what is missing comes last.
- A message that cannot be attributed to a known organisation stands under the source `unknown`.
- Nearly every message is sound and takes the fast way, which can only say yes. Whatever gives it pause is judged again from the
  bytes, slowly, by the same checks; so there is one place where refusals are made.
- A correction is judged twice: here as a message, and by `judge_inner` once the kind of the message it corrects is known.
"""

import re
from hashlib import sha256
from typing import Any

import msgspec

from hervat.intake.content import Fault, Own, faults_of
from hervat.intake.envelope import ATTRIBUTES, MISSING, REQUIRED, TYPES, oin_of, sound
from hervat.intake.reading import Document, Reading, few_levels, first_flaw, place, printable, read, read_sound
from hervat.intake.terms import Terms
from hervat.kinds import KINDS, EmergencyReport
from hervat.message import UNKNOWN, Refusal, Value
from hervat.needs import roles_of
from hervat.partner import Partners
from hervat.procedure import Procedures

_CORRECTION = "message-corrected"
_ABOUT = {kind: "skn" for kind, shape in KINDS.items() if "skn" in shape.__struct_fields__}
_ABOUT |= {"persons-merged": "kept", "case-reattributed": "to"}
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)


class Judged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message and what was found.

    `canonical` is the RFC 8785 form of `document`; where the bytes are no JSON object, or have no such form, `document` is None and
    `canonical` is the bytes. `digest` is the SHA-256 of `canonical`, 32 bytes. Of a refused message each attribute is given that
    is sound by itself. `data` is the struct of the kind; it is None exactly where there is a `refusal`.
    """

    raw: bytes
    document: Document | None
    canonical: bytes
    digest: bytes
    source: str
    id: str | None = None
    sequence: int | None = None
    kind: str | None = None
    time: str | None = None
    previous: str | None = None
    subject: str | None = None
    data: Value | None = None
    refusal: Refusal | None = None


def judge(raw: bytes, terms: Terms) -> Judged:
    """Judge one message as it came, by the roles and the emergency procedures of `terms`. Never raises for what it contains."""
    return _accepted(raw, terms) or _examined(raw, terms)


def judge_inner(
    kind: str, data: object, procedures: Procedures, *, source: str, id: str, sequence: int, subject: str | None = None
) -> Value | Refusal:
    """Judge the new data of a correction as data of `kind`, the kind of the message it corrects.

    `procedures` are those known at the correction; `source`, `id` and `sequence` are those of the message whose data it becomes. The
    subject of a correction is that of the message it names, so `subject` is compared only where it is given. Paths begin with `data.data`.
    """
    flaw = first_flaw(data, "data.data")
    if flaw is not None:
        return Refusal("schema", *flaw)
    shaped = _shaped(kind, data, "data.data")
    if isinstance(shaped, Refusal):
        return shaped
    document = {"subject": subject, "data": {"data": data}}
    return _content_refusal(kind, shaped, Own(source, id, sequence), procedures, document, "data.data") or shaped


def _accepted(raw: bytes, terms: Terms) -> Judged | None:
    """The judgment of a sound message; None for one that may not be sound."""
    read = read_sound(raw)
    if read is None:
        return None
    document, canonical = read
    envelope = sound(document)
    if envelope is None:
        return None
    kind, source, subject = TYPES[envelope.type], envelope.source, envelope.subject
    if not _may_send(kind, source, terms.partners):
        return None
    own = Own(source, envelope.id, int(envelope.sequence))
    try:
        data = msgspec.convert(envelope.data, KINDS[kind])
    except msgspec.ValidationError:
        return None
    if _faults(kind, data, own, terms.procedures) or _subject_differs(kind, data, subject):
        return None
    if kind == _CORRECTION and not (few_levels(raw) and first_flaw(envelope.data, "data") is None):
        return None
    return Judged(
        raw=raw,
        document=document,
        canonical=canonical,
        digest=sha256(canonical).digest(),
        source=source,
        id=own.id,
        sequence=own.sequence,
        kind=kind,
        time=envelope.time,
        previous=envelope.previous,
        subject=subject,
        data=data,
    )


def _examined(raw: bytes, terms: Terms) -> Judged:
    """The judgment of any message, from the bytes."""
    reading = read(raw)
    shown = _sound_attributes(reading)
    source = shown.get("source")
    if source is None or terms.partners.roles(oin_of(source) or "") is None:
        source = UNKNOWN
    found = _decide(reading, terms)
    return Judged(
        raw=raw,
        document=reading.document,
        canonical=reading.canonical,
        digest=sha256(reading.canonical).digest(),
        source=source,
        id=shown.get("id"),
        sequence=int(shown["sequence"]) if "sequence" in shown else None,
        kind=TYPES[shown["type"]] if "type" in shown else None,
        time=shown.get("time"),
        previous=shown.get("previous"),
        subject=shown.get("subject"),
        data=None if isinstance(found, Refusal) else found,
        refusal=found if isinstance(found, Refusal) else None,
    )


def _sound_attributes(reading: Reading) -> dict[str, str]:
    """The attributes that are text and sound by themselves, whatever is wrong with the rest."""
    return {
        name: value
        for name, value in reading.shown.items()
        if type(value) is str and name in ATTRIBUTES and name not in reading.flaws and ATTRIBUTES[name](value) is None
    }


def _decide(reading: Reading, terms: Terms) -> Value | Refusal:
    """The data of a message, or the first thing that is wrong with it."""
    document = reading.shown
    if reading.fault is not None:
        return Refusal("envelope", "", reading.fault)
    refusal = _envelope_refusal(reading, terms.partners)
    if refusal is not None:
        return refusal
    kind, source = TYPES[document["type"]], document["source"]
    reason = _role_reason(kind, source, terms.partners)
    if reason is not None:
        return Refusal("role", "type", reason)
    data = _schema(reading, kind)
    if isinstance(data, Refusal):
        return data
    own = Own(source, document["id"], int(document["sequence"]))
    return _content_refusal(kind, data, own, terms.procedures, document, "data") or data


def _envelope_refusal(reading: Reading, partners: Partners) -> Refusal | None:
    """The first attribute that is wrong, in the order of the document; then the first that is missing."""
    document = reading.shown
    for name, value in document.items():
        flaw = reading.flaws.get(name)
        if flaw is not None and (name != "data" or flaw.path == "data"):
            return Refusal("envelope", *flaw)
        reason = ATTRIBUTES[name](value) if name in ATTRIBUTES else None
        if reason is None and name == "source" and partners.roles(oin_of(value) or "") is None:
            reason = "No organisation with this OIN is known; have it entered among the partners before sending again."
        if reason is not None:
            return Refusal("envelope", name, reason)
    missing = next((name for name in REQUIRED if name not in document), None)
    return None if missing is None else Refusal("envelope", missing, MISSING)


def _may_send(kind: str, source: str, partners: Partners) -> bool:
    roles = partners.roles(oin_of(source) or "")
    return roles is not None and not roles.isdisjoint(roles_of(kind))


def _role_reason(kind: str, source: str, partners: Partners) -> str | None:
    """Why the organisation behind `source` may not send `kind`; None where it may."""
    if _may_send(kind, source, partners):
        return None
    return f"This sender has none of the roles that may send {kind}: {', '.join(sorted(roles_of(kind)))}."


def _schema(reading: Reading, kind: str) -> Value | Refusal:
    """The data as the struct of its kind, or the first thing that has not its shape."""
    document, flaw = reading.shown, reading.flaws.get("data")
    if flaw is None:
        return _shaped(kind, document["data"], "data")
    refusal = Refusal("schema", *flaw)
    try:
        shaped = _shaped(kind, document["data"], "data")
    except UnicodeEncodeError:
        # A lone surrogate where a value is looked up in a closed set; it is among the flaws, and none comes before the first.
        return refusal
    return min(refusal, shaped, key=lambda one: place(document, one.path)) if isinstance(shaped, Refusal) else refusal


def _shaped(kind: str, data: object, root: str) -> Value | Refusal:
    """`data` as the struct of `kind`; a refusal with a path below `root` where it has not its shape.

    Raises UnicodeEncodeError for some data with a lone surrogate.
    """
    try:
        return msgspec.convert(data, KINDS[kind])
    except msgspec.ValidationError as error:
        return _schema_refusal(kind, str(error), root)


def _schema_refusal(kind: str, told: str, root: str) -> Refusal:
    """A refusal in our words and paths; never with a value out of the message, for that may concern a person."""
    text, _, path = told.rpartition(" - at `$") if " - at `$" in told else (told, "", "")
    path = root + path.removesuffix("`")
    named = _FIELD.fullmatch(text)
    if named is not None:
        path = printable(f"{path}.{named[2]}")
    if named is not None and named[1] == "missing required":
        return Refusal("schema", path, f"This field is missing; a message of the kind {kind} must carry it.")
    if named is not None:
        return Refusal("schema", path, f"A message of the kind {kind} has no such field; leave it out or correct its name.")
    if text.startswith("Invalid enum value"):
        text = "This is none of the values allowed here"
    elif "matching regex" in text:
        text = "This has not the form required here"
    return Refusal("schema", path, f"{printable(text)}; `hervat schema {kind}` tells what belongs here.")


def _subject_differs(kind: str, data: Value, subject: str | None) -> bool:
    """Whether the subject is another person than the one the data is about."""
    about = _ABOUT.get(kind)
    if about is None or subject is None:
        return False
    skn = getattr(data, about)
    return skn is not None and skn != subject


def _faults(kind: str, data: Value, own: Own, procedures: Procedures) -> list[Fault]:
    """What is wrong in the data: by itself, and for a report by the police by the procedures it must fall within."""
    faults = faults_of(kind, data, own)
    return [*faults, *procedures.faults(data)] if isinstance(data, EmergencyReport) else faults


def _content_refusal(
    kind: str, data: Value, own: Own, procedures: Procedures, document: dict[str, Any], root: str
) -> Refusal | None:
    """The first thing in the content that is wrong, in the order of the document."""
    faults = [(f"{root}.{path}", reason) for path, reason in _faults(kind, data, own, procedures)]
    if _subject_differs(kind, data, document.get("subject")):
        faults.append(("subject", f"The subject is not the person in `{root}.{_ABOUT[kind]}`; send the same SKN in both."))
    if not faults:
        return None
    return Refusal("content", *min(faults, key=lambda fault: place(document, fault[0])))
