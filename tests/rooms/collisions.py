"""Small worlds in which everything collides with everything, to search for an order or a set that breaks a law.

Few persons, cases, numbers and days, so that merges loop, numbers are used twice and dates are equal; much points to nothing.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from hervat.message import Message
from tests.rooms.story import charge, said

SKNS, PNS = ("A", "B", "C", "D"), ("10/000001-25", "10/000002-25")
DAYS = tuple(f"2025-01-0{day}" for day in range(1, 6))
skns, pns, days = st.sampled_from(SKNS), st.sampled_from(PNS), st.sampled_from(DAYS)
numbers = st.sampled_from((1, 2, 3))
charges = st.lists(numbers, min_size=1, max_size=2, unique=True)
judgments, orders, sentences = st.sampled_from(("j1", "j2", "j3")), st.sampled_from(("o1", "o2")), st.sampled_from(("1", "2"))
parties = st.sampled_from(("defendant", "prosecution"))
reports = st.sampled_from((None, "PL1", "PL2"))
listed = charges.flatmap(lambda some: st.tuples(*(article(number) for number in some)))
imposed = st.lists(sentences.map(lambda number: {"sentence": number, "kind": "imprisonment", "days": 3}), max_size=1)


def article(number: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(("Sr 310", "Sr 311")).map(lambda name: charge(number, article=name))


def verdicts() -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({"charge": numbers, "verdict": st.sampled_from(("convicted", "acquitted", "discharged"))})
    return st.lists(one, min_size=1, max_size=2, unique_by=lambda verdict: verdict["charge"])


def identity() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({"set": st.sampled_from(("1", "2")), "surname": st.sampled_from(("Jansen", 'Öz\t\u2028\x7f"\\'))})


def sayings(codes: tuple[str, ...]) -> dict[str, dict[str, st.SearchStrategy[Any]]]:
    """What may be said of each kind; `codes` are those of dismissals."""
    ground = st.just("x")
    undoes = st.integers(1, 30).map(lambda number: {"source": "urn:a", "id": f"m{number}"})
    foreign = {"member_state": st.just("BE"), "reference": st.just("r"), "offences": st.just([]), "sanctions": st.just([])}
    remits = st.lists(sentences.map(lambda number: {"sentence": number, "days": 1}), max_size=2)
    period = st.just({"from": "2024-12-01", "to": "2024-12-01"})
    emergency = {"category": st.just("sexual"), "authority": ground, "period": period, "reported_on": days}
    return {
        "person-registered": {"skn": skns, "identity": identity()},
        "identity-added": {"skn": skns, "identity": identity(), "leading": st.booleans()},
        "persons-merged": {"kept": skns, "merged": skns, "decided_on": days, "ground": ground},
        "persons-split": {"undoes": undoes, "decided_on": days, "ground": ground},
        "person-died": {"skn": skns, "died_on": days},
        "case-registered": {
            "pn": pns,
            "skn": skns,
            "office": ground,
            "received_on": days,
            "police_report": reports,
            "charges": listed,
        },
        "charges-amended": {"pn": pns, "charges": listed},
        "cases-joined": {"pn": pns, "into": pns, "joined_on": days},
        "case-reattributed": {"pn": pns, "from": skns, "to": skns, "decided_on": days, "ground": ground},
        "case-dismissed": {
            "pn": pns,
            "charges": charges,
            "code": st.sampled_from(codes),
            "conditional": st.booleans(),
            "decided_on": days,
        },
        "penalty-order-issued": {"order": orders, "pn": pns, "charges": charges, "issued_on": days, "sentences": imposed},
        "penalty-order-opposed": {"order": orders, "opposed_on": days},
        "penalty-order-withdrawn": {"order": orders, "withdrawn_on": days, "ground": ground},
        "penalty-order-final": {"order": orders, "final_on": days},
        "penalty-order-executed": {"order": orders, "executed_on": days},
        "summons-issued": {"pn": pns, "charges": charges, "hearing_on": days},
        "judgment-given": {
            "judgment": judgments,
            "court": ground,
            "instance": st.sampled_from((1, 2, 3)),
            "pn": pns,
            "on_appeal_of": st.none() | judgments,
            "given_on": days,
            "verdicts": verdicts(),
            "sentences": imposed,
        },
        "appeal-lodged": {"judgment": judgments, "remedy": st.just("appeal"), "by": parties, "lodged_on": days},
        "appeal-withdrawn": {"judgment": judgments, "by": st.none() | parties, "withdrawn_on": days},
        "judgment-final": {"judgment": judgments, "final_on": days},
        "judgment-annulled": {"judgment": judgments, "decided_on": days, "ground": ground},
        "sentence-started": {"judgment": judgments, "sentence": sentences, "started_on": days},
        "sentence-ended": {"judgment": judgments, "sentence": sentences, "ended_on": days},
        "conditional-sentence-enforced": {
            "judgment": judgments,
            "sentence": sentences,
            "enforced_by": judgments,
            "days": st.just(5),
            "decided_on": days,
        },
        "pardon-granted": {"judgment": judgments, "decree": ground, "decided_on": days, "remits": remits},
        "foreign-conviction-notified": {"skn": skns, "decided_on": days, "final_on": days} | foreign,
        "emergency-report": {"police_report": st.sampled_from(("PL1", "PL2")), "skn": skns} | emergency,
        **process_sayings(),
    }


def process_sayings() -> dict[str, dict[str, st.SearchStrategy[Any]]]:
    ground, advices = st.just("x"), st.sampled_from(("v1", "v2"))
    return {
        "custody-started": {"skn": skns, "pn": pns, "from": days, "release_due": st.none() | st.just("2025-01-09")},
        "custody-prolonged": {"pn": pns, "decided_on": days, "release_due": st.just("2025-01-09")},
        "custody-ended": {"pn": pns, "released_on": days},
        "hearing-scheduled": {"pn": pns, "court": ground, "on": days},
        "file-released": {"pn": pns, "to": ground, "released_on": days},
        "advice-requested": {"pn": pns, "advice": advices, "about": ground, "due_on": days},
        "advice-delivered": {"advice": advices, "delivered_on": days},
        "supervision-started": {"judgment": judgments, "sentence": sentences, "from": days, "until": st.just("2025-01-09")},
        "victim-informed": {"pn": pns, "about": ground, "informed_on": days},
    }


Saying = tuple[str, str, str, dict[str, Any]]
ONE_PERSON: list[Saying] = [("person-registered", "a", DAYS[0], {"skn": "A", "identity": {"set": "1", "surname": "A"}})]
ONE_CASE: list[Saying] = [
    (
        "case-registered",
        "a",
        DAYS[0],
        {"pn": pn, "skn": "A", "office": "x", "received_on": DAYS[0], "charges": [charge(1), charge(2)]},
    )
    for pn in PNS
]


def worlds(codes: tuple[str, ...] = ("02", "43", "01"), known: int = 2) -> st.SearchStrategy[list[Message]]:
    """Sets of messages. In most of them person A and two cases of A are there to begin with."""
    table = sayings(codes)
    one = st.sampled_from(sorted(table)).flatmap(
        lambda kind: st.tuples(st.just(kind), st.sampled_from(("a", "b")), days, st.fixed_dictionaries(table[kind]))
    )
    begun = st.sampled_from(([], ONE_PERSON, *[ONE_PERSON + ONE_CASE] * known))
    return st.tuples(begun, st.lists(one, max_size=28)).map(lambda parts: told([*parts[0], *parts[1]]))


def told(sayings: Iterable[Saying]) -> list[Message]:
    """The messages, numbered as they come: `m7` is the seventh of its source."""
    sequence: Counter[str] = Counter()
    messages = []
    for kind, source, on, data in sayings:
        sequence[source] += 1
        number = sequence[source]
        messages.append(said(kind, data, source=source, id=f"m{number}", sequence=number, on=on))
    return messages
