"""Looking again asks for a thousand applications what it asks for one: how many questions a step puts does not grow with them."""

from collections import Counter
from typing import Any

from hervat.reopening import Reopening
from hervat.stores.memory import MemoryStore
from tests.rooms.certified import ON, Said, all_of, application, case, registered, sealed
from tests.rooms.nodes import node_on
from tests.rooms.test_certificates_again import decide, open_rules

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


class Counted(MemoryStore):
    """A store that counts the questions it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.questions = Counter[str]()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in ("rows_at", "rows_by_ident", "links", "entries_at", "acts_by_ident", "held_about", "amendments_of", "acts"):
            return found

        def asked(*told: Any) -> Any:
            self.questions[name] += 1
            return found(*told)

        return asked


def bsns(many: int) -> list[str]:
    """Numbers that pass the eleven-test."""
    drawn = (f"{number:09d}" for number in range(100_000_000, 100_000_000 + 30 * many))
    return [one for one in drawn if not sum(int(digit) * weight for digit, weight in zip(one, WEIGHTS, strict=True)) % 11][:many]


def asked_in_a_step(many: int) -> int:
    """How many questions a step asks after a case, of which nothing counts, came about each of so many who have a certificate."""
    store = Counted()
    node, numbers = node_on(store), bsns(many)
    people: list[Said] = [registered(f"S{at}", bsn) for at, bsn in enumerate(numbers)]
    cases = [said for at in range(many) for said in case(at, ON.replace(year=2024), "acquitted", skn=f"S{at}")]
    asked = [application(number=f"A{at}", bsn=bsn) for at, bsn in enumerate(numbers)]
    whole = sealed([*people, *asked, *cases])
    late = whole.pop("gps") + whole.pop("grip")
    node.receive(all_of(whole))
    open_rules(node, "decide")
    assert all(decide(node, f"A{at}") for at in range(many))
    Reopening(node).step(ON)
    node.receive(late)
    store.questions.clear()
    assert Reopening(node).step(ON)["opened"] == 0
    return store.questions.total()


def test_a_step_asks_little_more_of_many_than_of_one() -> None:
    few, many = asked_in_a_step(2), asked_in_a_step(40)
    assert many < 2 * few
