"""Which papers are read twice: what decides on custody, and what is about a sex offence or violence (`readers.toml`).

What the offence is, the law of screening says, with its dated lists. Where that cannot be said, because the case is not known here or its
article is in no list, the paper is read twice as well.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from importlib import resources
from typing import Any, Literal

from hervat.case import Charge
from hervat.consumers.offences import offence_of
from hervat.kinds import EmergencyReport
from hervat.law import screening as law
from hervat.law.screening.ranking import Weight
from hervat.message import Value

Ground = Literal["custody", "sexual", "serious-violence", "cannot-tell"]
_WRITTEN = resources.files(__package__).joinpath("readers.toml").read_text(encoding="utf-8")
_VERSIONS: list[Mapping[str, Any]] = tomllib.loads(_WRITTEN)["version"]
_BY_WEIGHT: dict[Weight, Ground] = {
    Weight.SEXUAL: "sexual",
    Weight.SERIOUS_VIOLENCE: "serious-violence",
    Weight.ASSESS: "cannot-tell",
}


def grounds_of(kind: str, data: Value, charges: Iterable[Charge] | None, on: date) -> tuple[Ground, ...]:
    """Why a paper is read twice on a day; empty where one reader is enough. `charges` are those that it is about: of the data itself, or of
    its case as it is known here, None where it is about a case that is not.
    """
    found = set[Ground]()
    custody = next((one for one in reversed(_VERSIONS) if one["from"] <= on), _VERSIONS[0])
    if kind in custody["kinds"] or not {*_sentences(data)}.isdisjoint(custody["sentences"]):
        found.add("custody")
    if isinstance(data, EmergencyReport):
        found.add(data.category)
    elif charges is None:
        found.add("cannot-tell")
    else:
        found |= {ground for charge in charges if (ground := _ground(charge, on)) is not None}
    return tuple(sorted(found))


def _sentences(data: Value) -> Iterable[str]:
    return (sentence.kind for sentence in getattr(data, "sentences", ()))


def _ground(charge: Charge, on: date) -> Ground | None:
    weight = law.severity(offence_of(charge, None), law.Enrolment(), on=on).value
    return "cannot-tell" if weight is None else _BY_WEIGHT.get(weight.weight)
