"""Sound messages of every kind, made by search: what a sender may send, and no more than that.

- `data_of(kind)` gives the data as JSON has it, `message_of(kind)` a whole message; `KINDS_OF_DATA` names the kinds.
- Numbers of persons, cases, judgments and orders come from small pools, so that messages meet each other.
- Written from the contract, not from the code.
"""

import datetime
import json
from typing import Any

from hypothesis import strategies as st

Data = dict[str, Any]

SKN_POOL = [f"2999000{n}" for n in range(1, 7)]
SENDERS = {
    "matching-authority": ("00000099000000001000", "skdb"),
    "prosecution": ("00000099000000002000", "gps"),
    "court": ("00000099000000003000", "grip"),
    "collection": ("00000099000000004000", "execute"),
    "custody": ("00000099000000015000", "tulp"),
    "ministry": ("00000099000000005000", "gratie"),
    "police": ("00000099000000006000", "bvh"),
    "population": ("00000099000000007000", "prk"),
    "certificate-office": ("00000099000000008000", "vog"),
    "consumer": ("00000099000000009000", "indigo"),
    "foreign-authority": ("00000099000000010000", "ecris"),
    "probation": ("00000099000000012000", "iris"),
    "victim-support": ("00000099000000013000", "slach"),
}


def source_of(role: str) -> str:
    oin, system = SENDERS[role]
    return f"urn:nld:oin:{oin}:systeem:{system}"


def fields(required: dict[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    return st.fixed_dictionaries(required, optional=optional)


def pool(name: str) -> st.SearchStrategy[str]:
    return st.integers(1, 5).map(lambda number: f"{name}-{number}")


def choice(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.split())


def with_check_digit(digits: str) -> str | None:
    """The BSN that begins with these eight digits; None where there is none."""
    rest = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), digits, strict=True)) % 11
    return None if rest == 10 or int(digits) == 0 else digits + str(rest)


def ends_not_before(pair: tuple[datetime.date, datetime.date]) -> Data:
    return {"from": min(pair).isoformat(), "to": max(pair).isoformat()}


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=12)
days = st.dates(datetime.date(1950, 1, 1), datetime.date(2026, 12, 31))
dates = days.map(datetime.date.isoformat)
days_of_emergency = st.dates(datetime.date(2025, 8, 12), datetime.date(2099, 12, 31)).map(datetime.date.isoformat)
births = st.one_of(dates, dates.map(lambda day: day[:7]), dates.map(lambda day: day[:4]))
times = st.builds(lambda day, zone: f"{day}T08:30:00{zone}", dates, st.sampled_from(["Z", ".125+01:00", "-05:00"]))
skns = st.sampled_from(SKN_POOL)
two_skns = st.lists(skns, min_size=2, max_size=2, unique=True)
bsns = st.integers(0, 99_999_999).map(lambda number: with_check_digit(f"{number:08}")).filter(bool)
pns = st.integers(1, 6).map(lambda number: f"10/99999{number}-25")
two_pns = st.lists(pns, min_size=2, max_size=2, unique=True)
numbers = st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True)
amounts = st.decimals(0, 10**9, places=2).map(str)
periods = st.tuples(days, days).map(ends_not_before)
durations = st.one_of(
    st.dictionaries(choice("days weeks months years"), st.integers(1, 400), min_size=1, max_size=2), st.just({"life": True})
)
measures = st.one_of(durations, st.builds(lambda amount: {"amount_eur": amount}, amounts))
conditionals = st.builds(lambda much, more: much | more, measures, fields({}, probation_years=st.integers(1, 10)))
sentence_numbers = st.integers(1, 4).map(str)

identities = fields(
    {"set": st.integers(1, 3).map(str), "surname": texts},
    prefix=texts,
    given_names=texts,
    birth=births,
    birth_place=texts,
    birth_country=texts,
    sex=choice("M F X"),
    nationalities=st.lists(texts, max_size=2),
    bsn=bsns,
    address=texts,
)


def charge(number: int) -> st.SearchStrategy[Data]:
    return fields(
        {
            "charge": st.just(number),
            "article": texts,
            "label": texts,
            "class": choice("misdrijf overtreding"),
            "period": periods,
        },
        maximum=durations,
        place=texts,
        ecris=texts,
    )


def verdict(number: int) -> st.SearchStrategy[Data]:
    names = "convicted acquitted discharged guilty-without-penalty inadmissible summons-void not-competent"
    return fields({"charge": st.just(number), "verdict": choice(names)}, label=texts)


def sentence(number: int) -> st.SearchStrategy[Data]:
    measured = "imprisonment detention youth-detention fine disqualification hospital-order youth-placement"
    ways = (
        st.tuples(choice(f"{measured} custodial-order-repeat-offender other"), measures),
        st.tuples(st.just("community-service"), st.fixed_dictionaries({"hours": st.integers(1, 240)})),
        st.tuples(choice("disqualification hospital-order youth-placement other"), st.just({})),
    )
    more = fields({}, conditional=conditionals)
    return st.builds(lambda way, more: {"sentence": str(number), "kind": way[0], **way[1], **more}, st.one_of(*ways), more)


charges = numbers.flatmap(lambda chosen: st.tuples(*map(charge, chosen)).map(list))
verdicts = numbers.flatmap(lambda chosen: st.tuples(*map(verdict, chosen)).map(list))
sentences = st.lists(st.integers(1, 4), max_size=2, unique=True).flatmap(lambda chosen: st.tuples(*map(sentence, chosen)).map(list))


@st.composite
def _case(draw: st.DrawFn) -> Data:
    given_charges = draw(charges)
    begun = min(one["period"]["from"] for one in given_charges)
    received = draw(dates.map(lambda day: max(day, begun)))
    shape = {"pn": pns, "skn": skns, "office": texts, "received_on": st.just(received), "charges": st.just(given_charges)}
    return draw(fields(shape, police_report=pool("PL")))


@st.composite
def _judgment(draw: st.DrawFn) -> Data:
    instance = draw(st.sampled_from([1, 2, 3]))
    shape = {"judgment": pool("j"), "court": texts, "instance": st.just(instance), "pn": pns}
    shape |= {"given_on": dates, "verdicts": verdicts, "sentences": sentences}
    shape |= {"on_appeal_of": pool("j")} if instance > 1 else {}
    return draw(fields(shape, appeal_number=texts, ecli=texts))


def _named(role: str) -> st.SearchStrategy[Data]:
    return st.fixed_dictionaries({"source": st.just(source_of(role)), "id": pool("m")})


def _stock(span: Data, more: Data) -> Data:
    return {"from": span["from"], "until": span["to"], **more}


def _custody(span: Data, more: Data, is_due: bool) -> Data:
    return {"from": span["from"], **more, **({"release_due": span["to"]} if is_due else {})}


def _prolonged(span: Data, pn: str) -> Data:
    return {"pn": pn, "decided_on": span["from"], "release_due": span["to"]}


_sanctions = st.builds(lambda much, more: much | more, measures, fields({"ecris": texts}, conditional=conditionals))
_remits = st.builds(lambda much, which: {"sentence": which, **much}, st.one_of(measures, st.just({})), sentence_numbers)
_judged: dict[str, st.SearchStrategy[Any]] = {"judgment": pool("j")}

DATA: dict[str, st.SearchStrategy[Data]] = {
    "person-registered": fields({"skn": skns, "identity": identities}),
    "identity-added": fields({"skn": skns, "identity": identities, "leading": st.booleans()}),
    "persons-merged": st.builds(
        lambda two, more: {"kept": two[0], "merged": two[1], **more}, two_skns, fields({"decided_on": dates, "ground": texts})
    ),
    "persons-split": fields({"undoes": _named("matching-authority"), "decided_on": dates, "ground": texts}),
    "person-died": fields({"skn": skns, "died_on": dates}),
    "case-registered": _case(),
    "charges-amended": fields({"pn": pns, "charges": charges}),
    "cases-joined": st.builds(lambda two, day: {"pn": two[0], "into": two[1], "joined_on": day}, two_pns, dates),
    "case-dismissed": fields(
        {"pn": pns, "charges": numbers, "code": choice("01 02 09 43"), "conditional": st.booleans(), "decided_on": dates},
        conditions=texts,
    ),
    "penalty-order-issued": fields({"order": pool("o"), "pn": pns, "charges": numbers, "issued_on": dates, "sentences": sentences}),
    "penalty-order-opposed": fields({"order": pool("o"), "opposed_on": dates}),
    "penalty-order-withdrawn": fields({"order": pool("o"), "withdrawn_on": dates, "ground": texts}),
    "penalty-order-final": fields({"order": pool("o"), "final_on": dates}),
    "penalty-order-executed": fields({"order": pool("o"), "executed_on": dates}),
    "summons-issued": fields({"pn": pns, "charges": numbers, "hearing_on": dates}),
    "judgment-given": _judgment(),
    "appeal-lodged": fields({**_judged, "remedy": choice("appeal cassation"), "by": texts, "lodged_on": dates}),
    "appeal-withdrawn": fields({**_judged, "withdrawn_on": dates}, by=texts),
    "judgment-final": fields({**_judged, "final_on": dates}),
    "sentence-started": fields({**_judged, "sentence": sentence_numbers, "started_on": dates}),
    "sentence-ended": fields({**_judged, "sentence": sentence_numbers, "ended_on": dates}),
    "conditional-sentence-enforced": fields(
        {**_judged, "sentence": sentence_numbers, "enforced_by": pool("j"), "days": st.integers(1, 400), "decided_on": dates}
    ),
    "pardon-granted": fields({**_judged, "decree": texts, "decided_on": dates, "remits": st.lists(_remits, max_size=2)}),
    "judgment-annulled": fields({**_judged, "decided_on": dates, "ground": texts}),
    "foreign-conviction-notified": fields(
        {
            "skn": skns,
            "member_state": choice("BE DE EE"),
            "reference": pool("r"),
            "decided_on": dates,
            "final_on": dates,
            "offences": st.lists(fields({"ecris": texts}, label=texts, date=dates), max_size=2),
            "sanctions": st.lists(_sanctions, max_size=2),
        }
    ),
    "case-reattributed": fields({"pn": pns, "from": skns, "to": skns, "decided_on": dates, "ground": texts}),
    "message-corrected": fields({"corrects": _named("prosecution"), "data": fields({"pn": pns, "charges": charges})}),
    "message-retracted": fields({"retracts": _named("prosecution"), "ground": texts}),
    "emergency-report": fields(
        {
            "police_report": pool("PL"),
            "skn": skns,
            "category": choice("serious-violence sexual"),
            "period": periods,
            "authority": texts,
            "reported_on": days_of_emergency,
        },
        article=texts,
    ),
    "screening-enrolled": fields(
        {"enrolment": pool("e"), "sector": choice("childcare taxi"), "bsn": bsns, "from": dates}, holder=texts
    ),
    "screening-ended": fields({"enrolment": pool("e"), "until": dates}),
    "certificate-requested": fields(
        {
            "application": pool("a"),
            "bsn": bsns,
            "birth": births,
            "purposes": st.lists(fields({"kind": choice("profile aspect"), "number": texts}), max_size=2),
            "applied_on": dates,
        }
    ),
    "disclosure-requested": st.builds(
        lambda who, more: who | more,
        st.one_of(fields({"skn": skns}), fields({"bsn": bsns}), fields({"skn": skns, "bsn": bsns})),
        fields(
            {"request": pool("q"), "article": texts, "purpose": texts, "requester": texts, "requested_on": dates},
            mandate=texts,
            consent=texts,
        ),
    ),
    "stock-declared": st.builds(
        _stock,
        periods,
        fields({"kinds": st.lists(texts, max_size=2), "count": st.integers(0, 9000), "counted_on": dates}, oldest_on=dates),
    ),
    "watermark": st.builds(
        lambda through, more: {"through_sequence": through, "count": through, **more},
        st.integers(0, 40),
        fields({"complete_until": times, "set_hash": st.binary(min_size=32, max_size=32).map(bytes.hex)}),
    ),
    "custody-started": st.builds(_custody, periods, fields({"skn": skns, "pn": pns}), st.booleans()),
    "custody-prolonged": st.builds(_prolonged, periods, pns),
    "custody-ended": fields({"pn": pns, "released_on": dates}),
    "hearing-scheduled": fields({"pn": pns, "court": texts, "on": dates}),
    "file-released": fields({"pn": pns, "to": texts, "released_on": dates}),
    "advice-requested": fields({"pn": pns, "advice": pool("v"), "about": texts, "due_on": dates}),
    "advice-delivered": fields({"advice": pool("v"), "delivered_on": dates}),
    "supervision-started": st.builds(_stock, periods, fields({**_judged, "sentence": sentence_numbers})),
    "victim-informed": fields({"pn": pns, "about": texts, "informed_on": dates}),
}
KINDS_OF_DATA = tuple(DATA)

ROLE_OF = dict.fromkeys(KINDS_OF_DATA[:5], "matching-authority")
ROLE_OF |= dict.fromkeys(KINDS_OF_DATA[5:15], "prosecution")
ROLE_OF |= dict.fromkeys(KINDS_OF_DATA[15:24], "court")
ROLE_OF |= {
    "penalty-order-executed": "collection",
    "sentence-started": "custody",
    "sentence-ended": "collection",
    "pardon-granted": "ministry",
    "foreign-conviction-notified": "foreign-authority",
    "case-reattributed": "prosecution",
    "message-corrected": "prosecution",
    "message-retracted": "prosecution",
    "emergency-report": "police",
    "screening-enrolled": "population",
    "screening-ended": "population",
    "certificate-requested": "certificate-office",
    "disclosure-requested": "consumer",
    "stock-declared": "court",
    "watermark": "court",
    "custody-started": "custody",
    "custody-prolonged": "court",
    "custody-ended": "custody",
    "hearing-scheduled": "court",
    "file-released": "prosecution",
    "advice-requested": "court",
    "advice-delivered": "probation",
    "supervision-started": "probation",
    "victim-informed": "victim-support",
}


def data_of(kind: str) -> st.SearchStrategy[Data]:
    """Sound data of `kind`, as JSON has it."""
    return DATA[kind]


def envelope(kind: str, data: Data, *, id: str = "n-1", sequence: int = 41, **more: object) -> Data:
    """A message of `kind` with `data`, from a sender that may send it; `more` are further attributes, or others instead."""
    return {
        "specversion": "1.0",
        "id": id,
        "source": source_of(ROLE_OF[kind]),
        "type": f"nl.hervat.{kind}.v1",
        "time": "2026-05-01T08:00:00Z",
        "sequence": str(sequence),
        "sequencetype": "Integer",
        "datacontenttype": "application/json",
        "data": data,
        **more,
    }


def message_of(kind: str) -> st.SearchStrategy[Data]:
    """A sound message of `kind`, as JSON has it."""
    more = fields({}, previous=pool("m"), traceparent=texts, salt=st.just("AAECAwQFBgcICQoLDA0ODw=="))
    return st.builds(lambda data, more: envelope(kind, data, **more), data_of(kind), more)


messages = st.sampled_from(KINDS_OF_DATA).flatmap(message_of)


@st.composite
def renderings(draw: st.DrawFn, document: Data) -> bytes:
    """One of the ways to write `document`: with other white space, escapes, and order of its attributes."""
    attributes = draw(st.permutations(list(document)))
    shuffled = {name: document[name] for name in attributes}
    text = json.dumps(shuffled, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
    return (text.replace("/", "\\/") if draw(st.booleans()) else text).encode()
