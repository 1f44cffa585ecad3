"""What goes and what stays when something is erased, case by case (the contract, section 3, 10, and the readings of ADR 6)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.errors import NotSo
from hervat.journal.entry import open_entry
from hervat.journal.store import APPLIED
from tests.rooms.messages import FEEDS, PNS
from tests.rooms.nodes import all_rows, fresh

DAY = "2025-07-02"
WHO = {"by": "a test", "ground": "a term is over"}


class Chain:
    """A node and its senders, who number what they send."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._sent: dict[str, int] = {}

    def send(self, feed: str, kind: str, data: dict[str, Any], **more: Any) -> int:
        """The position at which the message is in custody."""
        number = self._sent[feed] = self._sent.get(feed, 0) + 1
        self.node.receive([self.raw(feed, kind, number, data, **more)])
        return self.node.position

    def raw(self, feed: str, kind: str, number: int, data: dict[str, Any], **more: Any) -> bytes:
        document = {
            "specversion": "1.0", "id": f"{feed}-{number}", "source": FEEDS[feed], "type": f"nl.hervat.{kind}.v1",
            "time": f"{DAY}T08:00:00Z", "sequence": str(number), "sequencetype": "Integer", "datacontenttype": "application/json",
            "data": data,
        }  # fmt: skip
        return json.dumps(document | more).encode()

    def person(self, skn: str) -> int:
        return self.send("skdb", "person-registered", {"skn": skn, "identity": {"set": "1", "surname": f"Naam{skn}"}})

    def case(self, pn: str, skn: str, *numbers: int) -> int:
        return self.send("gps", "case-registered", case_of(pn, skn, *numbers))

    def judgment(self, pn: str, number: str, *charges: int) -> int:
        verdicts = [{"charge": charge, "verdict": "convicted"} for charge in charges]
        told = {"judgment": number, "court": "x", "instance": 1, "pn": pn, "given_on": DAY, "verdicts": verdicts}
        return self.send("grip", "judgment-given", told | {"sentences": [{"sentence": "1", "kind": "fine", "amount_eur": "100.00"}]})

    def correct(self, feed: str, of: str, data: dict[str, Any]) -> int:
        return self.send(feed, "message-corrected", {"corrects": {"source": FEEDS[feed], "id": of}, "data": data})

    def erase(self, position: int, part: str | None = None) -> dict[str, Any]:
        answer = self.node.erase_message(position, part, **WHO)
        assert self.node.verify().ok
        return answer

    def cases(self, skn: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.node.person(skn).get("cases", [])
        return found

    def left(self, position: int) -> bytes | None:
        return open_entry(self.node.keys, self.node.store.entries_at([position])[position]).left


def case_of(pn: str, skn: str, *numbers: int) -> dict[str, Any]:
    period = {"from": "2025-06-01", "to": "2025-06-02"}
    charges = [{"charge": one, "article": "Sr 310", "label": "l", "class": "misdrijf", "period": period} for one in numbers]
    return {"pn": pn, "skn": skn, "office": "x", "received_on": DAY, "charges": charges}


@pytest.fixture
def chain() -> Iterator[Chain]:
    with fresh("sqlite") as node:
        yield Chain(node)


def test_one_charge_of_three_goes_and_nobody_speaks_of_it_any_more(chain: Chain) -> None:
    chain.person("S1")
    case = chain.case(PNS[0], "S1", 1, 2, 3)
    chain.judgment(PNS[0], "J1", 1, 2)
    chain.judgment(PNS[0], "J2", 1)
    chain.erase(case, "charge:1")
    (shown,) = chain.cases("S1")
    assert [one["charge"] for one in shown["charges"]] == [2, 3]
    assert [(one["judgment"], [verdict["charge"] for verdict in one["verdicts"]]) for one in shown["judgments"]] == [("J1", [2])]
    assert all(row.state == APPLIED for row in all_rows(chain.node.store))


def test_a_charge_that_is_registered_again_is_shown(chain: Chain) -> None:
    chain.person("S1")
    case = chain.case(PNS[0], "S1", 1, 2)
    chain.erase(case, "charge:1")
    chain.send("gps", "charges-amended", {"pn": PNS[0], "charges": case_of(PNS[0], "S1", 1)["charges"]})
    assert [one["charge"] for one in chain.cases("S1")[0]["charges"]] == [1, 2]


def test_a_charge_of_which_the_whole_message_went_is_not_shown_by_a_judgment(chain: Chain) -> None:
    chain.person("S1")
    chain.case(PNS[0], "S1", 1)
    added = chain.send("gps", "charges-amended", {"pn": PNS[0], "charges": case_of(PNS[0], "S1", 2)["charges"]})
    chain.judgment(PNS[0], "J1", 1, 2)
    chain.erase(added)
    (shown,) = chain.cases("S1")
    assert [verdict["charge"] for verdict in shown["judgments"][0]["verdicts"]] == [1]


def test_parts_that_others_do_not_hang_on(chain: Chain) -> None:
    person = chain.person("S1")
    chain.case(PNS[0], "S1", 1, 2)
    judgment = chain.judgment(PNS[0], "J1", 1, 2)
    for position, part in ((person, "identity"), (judgment, "verdict:1"), (judgment, "sentence:1")):
        chain.erase(position, part)
    told = chain.node.person("S1")
    assert (told["known"], told["identities"]) == (True, [])
    shown = told["cases"][0]["judgments"][0]
    assert ([verdict["charge"] for verdict in shown["verdicts"]], shown["sentences"]) == ([2], [])
    chain.erase(judgment, "verdict:2")
    assert chain.cases("S1")[0]["judgments"][0]["verdicts"] == []


def test_what_is_held_is_applied_by_its_erasure_and_what_waits_for_it_comes(chain: Chain) -> None:
    case = chain.case(PNS[0], "S1", 1)
    judgment = chain.judgment(PNS[0], "J1", 1)
    act = chain.erase(case)["position"]
    rows = chain.node.store.rows_at([case, judgment])
    assert [(rows[one].state, rows[one].applied_at) for one in (case, judgment)] == [(APPLIED, act), (APPLIED, act)]
    assert {row["position"] for row in chain.node.held()} == set()


def test_other_content_goes_with_it_and_what_comes_later_is_kept_without_any(chain: Chain) -> None:
    person = chain.person("S1")
    other = {"skn": "S1", "identity": {"set": "1", "surname": "Anders"}}
    chain.node.receive([chain.raw("skdb", "person-registered", 1, other)])
    conflict = chain.node.position
    assert {one["position"] for one in chain.erase(person)["erased"]} == {person, conflict}
    later = chain.raw("skdb", "person-registered", 1, other | {"identity": {"set": "1", "surname": "Weeranders"}})
    same = chain.raw("skdb", "person-registered", 1, other)
    again = [chain.node.receive([one]) for one in (same, later, later)]
    assert [one["conflicts"] for one in again] == [1, 1, 1]
    assert chain.left(conflict) is None
    assert b"eeranders" not in (chain.left(chain.node.position) or b"")
    assert chain.node.status()["conflicts"] == 2
    assert chain.node.verify().ok


def test_a_correction_that_nobody_could_read_has_no_effect_ever(chain: Chain) -> None:
    chain.person("S1")
    chain._sent["gps"] = 1
    correction = chain.correct("gps", "gps-1", case_of(PNS[0], "S1", 1, 2))
    with pytest.raises(NotSo, match="is not in custody"):
        chain.node.erase_message(correction, "charge:2", **WHO)
    chain.erase(correction)
    chain.node.receive([chain.raw("gps", "case-registered", 1, case_of(PNS[0], "S1", 1))])
    assert [one["charge"] for one in chain.cases("S1")[0]["charges"]] == [1]
    assert chain.node.verify().ok


def test_a_later_correction_of_an_erased_message_gives_no_facts(chain: Chain) -> None:
    chain.person("S1")
    case = chain.case(PNS[0], "S1", 1)
    chain.erase(case)
    chain.correct("gps", "gps-1", case_of(PNS[0], "S1", 1, 2))
    assert chain.cases("S1") == []
    assert chain.node.verify().ok
    assert len(chain.erase(case)["erased"]) == 1


def test_a_dismissal_that_hides_does_not_go_by_itself(chain: Chain) -> None:
    chain.person("S1")
    case = chain.case(PNS[0], "S1", 1, 2)
    dismissal = {"pn": PNS[0], "charges": [1], "code": "01", "conditional": False, "decided_on": DAY}
    hiding = chain.send("gps", "case-dismissed", dismissal)
    with pytest.raises(NotSo, match="it hides the charges"):
        chain.node.erase_message(hiding, None, **WHO)
    chain.erase(case, "charge:1")
    chain.erase(hiding)
    assert [one["charge"] for one in chain.cases("S1")[0]["charges"]] == [2]


def test_of_a_person_goes_what_is_bound_to_it_and_nothing_else(chain: Chain) -> None:
    first, second, third = chain.person("S1"), chain.person("S2"), chain.person("S3")
    own, moved = chain.case(PNS[0], "S1", 1), chain.case(PNS[1], "S1", 1)
    away = chain.send("gps", "case-reattributed", {"pn": PNS[1], "from": "S1", "to": "S2", "decided_on": DAY, "ground": "x"})
    judgment, others = chain.judgment(PNS[0], "J1", 1), chain.judgment(PNS[1], "J2", 1)
    held = chain.send("gps", "case-dismissed", {"pn": PNS[0], "charges": [7], "code": "02", "conditional": False, "decided_on": DAY})
    merge = chain.send("skdb", "persons-merged", {"kept": "S1", "merged": "S3", "decided_on": DAY, "ground": "x"})
    answer = chain.node.erase_person("S3", **WHO)
    assert {one["position"] for one in answer["erased"]} == {first, third, own, judgment, held, merge}
    assert {one["position"] for one in answer["left"]} == {moved, away}
    assert chain.node.verify().ok
    assert not chain.node.person("S1")["known"]
    assert [one["prosecution_number"] for one in chain.cases("S2")] == [PNS[1]]
    assert all(chain.left(position) is not None for position in (second, moved, away, others))


def test_a_correction_that_counts_goes_with_the_original_also_where_it_names_one_that_was_refused(chain: Chain) -> None:
    chain.person("S1")
    case = chain.case(PNS[0], "S1", 1)
    refused = chain.correct("gps", "gps-1", case_of(PNS[0], "S1", 2) | {"nickname": "y"})
    counting = chain.correct("gps", "gps-2", case_of(PNS[0], "S1", 3))
    alone = chain.correct("gps", "gps-1", case_of(PNS[0], "S1", 4) | {"nickname": "y"})
    assert [one["charge"] for one in chain.cases("S1")[0]["charges"]] == [3]
    # One that was refused and that nothing hangs on takes nothing with it.
    assert {one["position"] for one in chain.erase(alone)["erased"]} == {alone}
    assert {one["position"] for one in chain.erase(refused)["erased"]} == {case, refused, counting}
    assert chain.cases("S1") == []


def test_what_has_a_wrong_subject_is_of_whose_case_it_is(chain: Chain) -> None:
    """Else what hides a charge of somebody else would go, and the charge be shown again."""
    chain.person("S1")
    chain.person("S2")
    case = chain.case(PNS[1], "S2", 1)
    dismissal = {"pn": PNS[1], "charges": [1], "code": "01", "conditional": False, "decided_on": DAY}
    hiding = chain.send("gps", "case-dismissed", dismissal, subject="S1")
    chain.send("skdb", "persons-split", {"undoes": {"source": FEEDS["skdb"], "id": "skdb-9"}, "decided_on": DAY, "ground": "x"})
    answer = chain.node.erase_person("S1", **WHO)
    assert [one["position"] for one in answer["left"]] == [hiding]
    assert all(chain.left(position) is not None for position in (case, hiding))
    assert chain.cases("S2") == []


def test_what_names_a_person_as_its_subject_alone_goes_as_well(chain: Chain) -> None:
    person = chain.person("S1")
    chain.send("gps", "case-registered", {"pn": PNS[0]})
    retraction = chain.send("gps", "message-retracted", {"retracts": {"source": FEEDS["gps"], "id": "gps-1"}, "ground": "x"}, subject="S1")
    answer = chain.node.erase_person("S1", **WHO)
    assert {one["position"] for one in answer["erased"]} == {person, retraction}


def test_what_was_about_a_person_before_it_was_corrected_is_told(chain: Chain) -> None:
    chain.person("S1")
    chain.case(PNS[0], "S1", 1)
    chain.judgment(PNS[0], "J1", 1)
    final = chain.send("grip", "judgment-final", {"judgment": "J1", "final_on": DAY})
    chain.correct("grip", "grip-2", {"judgment": "J9", "final_on": DAY})
    answer = chain.node.erase_person("S1", **WHO)
    assert [one["position"] for one in answer["left"]] == [final]


def test_no_part_goes_of_a_correction_that_cannot_be_read_yet_whatever_else_went_of_its_versions(chain: Chain) -> None:
    chain.person("S1")
    chain._sent["gps"] = 2
    later = chain.correct("gps", "gps-2", case_of(PNS[0], "S1", 1, 2))
    chain.erase(later)
    chain._sent["gps"] = 1
    correction = chain.correct("gps", "gps-1", case_of(PNS[0], "S1", 1, 2))
    with pytest.raises(NotSo, match="is not in custody"):
        chain.node.erase_message(correction, "charge:2", **WHO)
    chain.node.receive([chain.raw("gps", "case-registered", 1, case_of(PNS[0], "S1", 1))])
    assert chain.node.verify().ok


def test_a_correction_that_declares_stays_also_where_what_it_corrects_was_refused(chain: Chain) -> None:
    stock = {"kinds": ["judgment-given"], "from": DAY, "until": DAY, "count": 1, "oldest_on": DAY, "counted_on": DAY}
    chain.send("grip", "stock-declared", stock | {"nickname": "y"})
    refused = chain.correct("grip", "grip-1", stock | {"nickname": "y"})
    corrects = {"corrects": {"source": FEEDS["grip"], "id": "grip-1"}, "data": stock}
    correction = chain.send("grip", "message-corrected", corrects, previous="x")
    for position in (1, correction):
        with pytest.raises(NotSo, match="is a stock-declared"):
            chain.node.erase_message(position, None, **WHO)
    # Nothing hangs on one that was refused and corrects nothing.
    chain.erase(refused)


def test_what_was_refused_and_retracted_may_be_any_bytes(chain: Chain) -> None:
    chain.person("S1")
    refused = chain.send("gps", "case-registered", [], subject="S1")  # type: ignore[arg-type]
    chain.send("gps", "message-retracted", {"retracts": {"source": FEEDS["gps"], "id": "gps-1"}, "ground": "x"})
    assert refused in {one["position"] for one in chain.node.erase_person("S1", **WHO)["erased"]}


def test_a_split_goes_with_the_merge_that_it_undoes_and_with_no_other(chain: Chain) -> None:
    """Whatever its subject, and whatever else has the id of that merge: else two others would be one person again."""
    for skn in ("S1", "S2", "S3", "S4"):
        chain.person(skn)
    other = FEEDS["skdb"] + "2"
    merges = {"S1": ("S1", "S2", FEEDS["skdb"]), "S3": ("S3", "S4", other)}
    for kept, merged, source in merges.values():
        data = {"kept": kept, "merged": merged, "decided_on": DAY, "ground": "x"}
        chain.node.receive([chain.raw("skdb", "persons-merged", 5, data, source=source)])
    chain.node.receive([chain.raw("skdb", "person-died", 1, {"skn": "S1", "died_on": DAY}, source=other, subject="S1")])
    undoes = {"undoes": {"source": other, "id": "skdb-5"}, "decided_on": DAY, "ground": "x"}
    chain.node.receive([chain.raw("skdb", "persons-split", 6, undoes, source=other, subject="S1")])
    split = chain.node.position
    answer = chain.node.erase_person("S2", **WHO)
    assert split not in {one["position"] for one in answer["erased"]}
    assert split in {one["position"] for one in answer["left"]}
    assert chain.node.person("S3")["skns"] == ["S3"]
