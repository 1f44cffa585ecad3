"""Looking whom held messages may concern costs each of them as much however many there are: counted in messages looked at."""

from collections.abc import Callable, Iterable

import pytest

from hervat.intake.working import WorkingSet
from hervat.journal.store import Row
from tests.rooms.certified import message
from tests.rooms.messages import charge
from tests.rooms.nodes import fresh

PN = "10/000001-25"
MANY, TWICE = 150, 300


def judgment(number: int) -> bytes:
    verdicts = [{"charge": 1, "verdict": "convicted"}]
    given = {"judgment": f"J{number}", "court": "x", "instance": 1, "pn": PN, "given_on": "2025-08-01"}
    return message("grip", number, "judgment-given", given | {"verdicts": verdicts, "sentences": []})


def final(number: int) -> bytes:
    return message("grip", number, "judgment-final", {"judgment": f"J{number - 1}", "final_on": "2025-08-20"})


def judged(count: int) -> list[bytes]:
    """Judgments in a case that nobody registered."""
    return [judgment(number) for number in range(1, count + 1)]


def judged_and_final(count: int) -> list[bytes]:
    return [final(number) if number % 2 else judgment(number) for number in range(2, count + 2)]


def corrected(count: int) -> list[bytes]:
    """Each judgment and, behind it, its correction, in which there is another day."""

    def correction(number: int) -> bytes:
        verdicts = [{"charge": 1, "verdict": "acquitted"}]
        given = {"judgment": f"J{number - 1}", "court": "x", "instance": 1, "pn": PN, "given_on": "2025-08-02"}
        data = given | {"verdicts": verdicts, "sentences": []}
        named = {"source": "urn:nld:oin:00000099000000003000:systeem:grip", "id": f"grip-{number - 1}"}
        return message("grip", number, "message-corrected", {"corrects": named, "data": data})

    return [correction(number) if number % 2 == 0 else judgment(number) for number in range(1, count + 1)]


def registered() -> bytes:
    data = {"pn": PN, "skn": "S1", "office": "x", "received_on": "2025-07-01", "charges": [charge(1)]}
    return message("gps", 1, "case-registered", data)


class Count:
    """How many messages the working set gave."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given = 0
        rows, row = WorkingSet.rows, WorkingSet.row

        def counted_rows(working: WorkingSet, positions: Iterable[int]) -> list[Row]:
            found = rows(working, positions)
            self.given += len(found)
            return found

        def counted_row(working: WorkingSet, position: int) -> Row:
            self.given += 1
            return row(working, position)

        monkeypatch.setattr(WorkingSet, "rows", counted_rows)
        monkeypatch.setattr(WorkingSet, "row", counted_row)

    def of(self, messages: list[bytes], batch: int) -> int:
        with fresh("memory") as node:
            before = self.given
            answer = node.receive(messages, batch=batch)
            assert (answer["received"], answer["refused"]) == (len(messages), 0), answer["refusals"][:1]
            assert sum(feed.adrift for feed in node.store.feeds()) == answer["held"] > 0
            node.receive([registered()])
            assert not sum(feed.adrift for feed in node.store.feeds())
            return self.given - before


@pytest.mark.parametrize("batch", [10, TWICE])
@pytest.mark.parametrize("made", [judged, judged_and_final, corrected])
def test_twice_as_many_messages_about_one_case_are_looked_at_twice_as_often(
    made: Callable[[int], list[bytes]], batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = Count(monkeypatch)
    assert count.of(made(TWICE), batch) < 2.5 * count.of(made(MANY), batch)
