"""Who may send a kind, what it needs before it can be applied, and what it gives to others.

- `TABLE` is the whole of it, row for row as the contract has it; the rest of this file makes it fast.
- In a template `{pn}` is a field of the data, `{verdicts.charge}` that field of each of a list, `{charges}` each of a list of
  numbers, and `{message.source}`, `{message.id}` are those of the message itself.
- A key is text. It is given while at least one applied message gives it; it waits for no sender in particular.
- An amendment needs the message it names. The needs of its new data are asked with the kind of that message.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from hervat.partner import ROLES

Keys = tuple[str, ...]


class Rule(NamedTuple):
    """One row: the roles that may send the kind, the keys it needs and gives; `on_appeal` is needed in instance 2 and 3 alone."""

    roles: tuple[str, ...]
    needs: Keys = ()
    gives: Keys = ()
    on_appeal: Keys = ()


ANY = tuple(sorted(ROLES))

TABLE: dict[str, Rule] = {
    "person-registered": Rule(("matching-authority",), gives=("person:{skn}",)),
    "identity-added": Rule(("matching-authority",), needs=("person:{skn}",)),
    "persons-merged": Rule(
        ("matching-authority",),
        needs=("person:{kept}", "person:{merged}"),
        gives=("merge:{message.source}/{message.id}",),
    ),
    "persons-split": Rule(("matching-authority",), needs=("merge:{undoes.source}/{undoes.id}",)),
    "person-died": Rule(("matching-authority",), needs=("person:{skn}",)),
    "case-registered": Rule(("prosecution",), needs=("person:{skn}",), gives=("case:{pn}", "charge:{pn}#{charges.charge}")),
    "charges-amended": Rule(("prosecution",), needs=("case:{pn}",), gives=("charge:{pn}#{charges.charge}",)),
    "cases-joined": Rule(("prosecution",), needs=("case:{pn}", "case:{into}")),
    "case-dismissed": Rule(("prosecution",), needs=("charge:{pn}#{charges}",)),
    "penalty-order-issued": Rule(("prosecution",), needs=("charge:{pn}#{charges}",), gives=("order:{order}",)),
    "penalty-order-opposed": Rule(("prosecution",), needs=("order:{order}",)),
    "penalty-order-withdrawn": Rule(("prosecution",), needs=("order:{order}",)),
    "penalty-order-final": Rule(("prosecution", "collection"), needs=("order:{order}",)),
    "penalty-order-executed": Rule(("collection",), needs=("order:{order}",)),
    "summons-issued": Rule(("prosecution",), needs=("charge:{pn}#{charges}",)),
    "judgment-given": Rule(
        ("court",),
        needs=("charge:{pn}#{verdicts.charge}",),
        on_appeal=("appeal:{on_appeal_of}",),
        gives=("judgment:{judgment}",),
    ),
    "appeal-lodged": Rule(("court",), needs=("judgment:{judgment}",), gives=("appeal:{judgment}",)),
    "appeal-withdrawn": Rule(("court",), needs=("appeal:{judgment}",)),
    "judgment-final": Rule(("court",), needs=("judgment:{judgment}",), gives=("final:{judgment}",)),
    "sentence-started": Rule(("collection", "custody"), needs=("final:{judgment}",), gives=("started:{judgment}#{sentence}",)),
    "sentence-ended": Rule(("collection", "custody"), needs=("started:{judgment}#{sentence}",)),
    "conditional-sentence-enforced": Rule(("court",), needs=("final:{judgment}", "judgment:{enforced_by}")),
    "pardon-granted": Rule(("ministry",), needs=("final:{judgment}",)),
    "judgment-annulled": Rule(("court",), needs=("final:{judgment}",)),
    "foreign-conviction-notified": Rule(
        ("foreign-authority",), needs=("person:{skn}",), gives=("foreign:{member_state}/{reference}",)
    ),
    "case-reattributed": Rule(("prosecution",), needs=("case:{pn}", "person:{to}")),
    "message-corrected": Rule(ANY, needs=("message:{corrects.source}/{corrects.id}",)),
    "message-retracted": Rule(ANY, needs=("message:{retracts.source}/{retracts.id}",)),
    "emergency-report": Rule(("police",), needs=("person:{skn}",), gives=("report:{police_report}",)),
    "screening-enrolled": Rule(("population",), gives=("enrolment:{enrolment}",)),
    "screening-ended": Rule(("population",), needs=("enrolment:{enrolment}",)),
    "certificate-requested": Rule(("certificate-office",), gives=("application:{application}",)),
    "disclosure-requested": Rule(("consumer",), gives=("request:{request}",)),
    "stock-declared": Rule(ANY),
    "watermark": Rule(ANY),
    "custody-started": Rule(("custody",), needs=("case:{pn}",)),
    "custody-prolonged": Rule(("court",), needs=("case:{pn}",)),
    "custody-ended": Rule(("custody",), needs=("case:{pn}",)),
    "hearing-scheduled": Rule(("court",), needs=("case:{pn}",)),
    "file-released": Rule(("prosecution",), needs=("case:{pn}",)),
    "advice-requested": Rule(("prosecution", "court"), needs=("case:{pn}",), gives=("advice:{advice}",)),
    "advice-delivered": Rule(("probation",), needs=("advice:{advice}",)),
    "supervision-started": Rule(("probation",), needs=("final:{judgment}",)),
    "victim-informed": Rule(("victim-support",), needs=("case:{pn}",)),
}

_PLACE = re.compile(r"\{([a-z_.]+)\}")
_OWN = ("message.source", "message.id")
_LISTS = {"charges": None, "charges.charge": "charge", "verdicts.charge": "charge"}

_Make = Callable[[Any, str, str], Iterable[str]]


def _compiled(template: str) -> _Make:
    """The function that fills one template from (data, source, id)."""
    names = _PLACE.findall(template)
    form = _PLACE.sub("%s", template)
    if names == list(_OWN):
        return lambda data, source, id: (form % (source, id),)
    if names[-1] in _LISTS:
        head, rows, number = attrgetter(names[0]), attrgetter(names[-1].split(".")[0]), _LISTS[names[-1]]
        if number is None:
            return lambda data, source, id: [form % (head(data), row) for row in rows(data)]
        of = attrgetter(number)
        return lambda data, source, id: [form % (head(data), of(row)) for row in rows(data)]
    fields = attrgetter(*names)
    return lambda data, source, id: (form % fields(data),)


_NEEDS = {kind: tuple(map(_compiled, rule.needs)) for kind, rule in TABLE.items()}
_GIVES = {kind: tuple(map(_compiled, rule.gives)) for kind, rule in TABLE.items()}
_ON_APPEAL = {kind: tuple(map(_compiled, rule.on_appeal)) for kind, rule in TABLE.items() if rule.on_appeal}
_ROLES = {kind: frozenset(rule.roles) for kind, rule in TABLE.items()}


def _filled(makers: tuple[_Make, ...], data: object, source: str, id: str) -> Keys:
    keys: list[str] = []
    for make in makers:
        keys += make(data, source, id)
    return tuple(dict.fromkeys(keys))


def needs_of(kind: str, data: Any, source: str, id: str) -> Keys:
    """The keys that a message of `kind` with `data` (its struct) needs, each once, in the order of the table."""
    makers = _NEEDS[kind]
    if kind in _ON_APPEAL and data.instance > 1:
        makers += _ON_APPEAL[kind]
    return _filled(makers, data, source, id)


def gives_of(kind: str, data: Any, source: str, id: str) -> Keys:
    """The keys that a message of `kind` with `data` (its struct) gives once applied, each once, in the order of the table."""
    return _filled(_GIVES[kind], data, source, id)


def roles_of(kind: str) -> frozenset[str]:
    """The roles that may send `kind`."""
    return _ROLES[kind]


def topic_of(key: str) -> str:
    """The key under which what concerns `key` is found: a charge under its case, a final under its judgment; else itself."""
    sort, _, rest = key.partition(":")
    if sort == "charge":
        return "case:" + rest.rpartition("#")[0]
    if sort == "started":
        return "judgment:" + rest.rpartition("#")[0]
    if sort in ("appeal", "final"):
        return "judgment:" + rest
    return key


def persons_in(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The SKNs that the data of a message names: `skn`, `kept`, `merged`, and `from` and `to` where they stand together, as only
    persons do; a lone `from` is a day.
    """
    fields = ("skn", "kept", "merged", "from", "to") if "from" in data and "to" in data else ("skn", "kept", "merged")
    return tuple([data[field] for field in fields if isinstance(data.get(field), str)])


def mentioned_in(data: Mapping[str, Any]) -> tuple[str, ...]:
    """By what else the data of a message is found: its own BSN, or that of the identity it gives, and the number of the police that a case
    names. Nothing is bound by these, and nobody is led from one to another.
    """
    identity, number = data.get("identity"), data.get("police_report")
    bsns = (data.get("bsn"), identity.get("bsn") if isinstance(identity, dict) else None)
    keys = [f"bsn:{bsn}" for bsn in bsns if isinstance(bsn, str)]
    if isinstance(number, str) and "pn" in data:
        keys.append(police_key(number))
    return tuple(keys)


def police_key(number: str) -> str:
    """Under which key the cases are found that name a number of the police. It is not the key that a report gives."""
    return f"police-report:{number}"
