"""The page of retention over HTTP: what stops a run, looking ahead, recording a forecast, and a run of what was looked at."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.consumers.retention.acts import FORECAST, HIDDEN, REMOVED
from tests.journey.acting import act_at, done, head
from tests.journey.site import Served, served
from tests.journey.test_pages import text_of
from tests.rooms.kept import Feeds, charge

DONE, JUDGED = date(1990, 1, 1), date(1990, 6, 1)
DECIDES = {"by": "the archivist", "ground": "Wjsg 4 and 6"}
RECORDING = DECIDES | {"on": "2020-01-01"}


def old_feeds() -> Feeds:
    """One misdrijf and one overtreding that are due, and one misdrijf that will be in 2020."""
    feeds = Feeds()
    feeds.person("S1")
    for number, (sort, maximum) in enumerate((("misdrijf", 4), ("overtreding", None), ("misdrijf", 6)), 1):
        feeds.case(number, "S1", DONE, [charge(1, DONE, sort=sort, maximum=maximum and {"years": maximum})])
        feeds.judgment(number, JUDGED, {1: "convicted"}, [])
    feeds.close()
    return feeds


def make_old(url: str) -> None:
    feeds = old_feeds()
    with Node.opened(url, writer=True) as node:
        assert node.receive(feeds.all)["refused"] == 0


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Served]:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    make_old(url)
    with served(url) as server:
        yield server


def record(server: Served, on: str = "2020-01-01") -> int:
    return done(server, server.post("/retention/forecast", RECORDING | {"on": on}))[0]


def looked(server: Served, on: str, path: str = "/retention/look") -> str:
    answer = server.post(path, {"on": on})
    assert answer.status_code == 200
    return answer.text


def run_of(page: str) -> dict[str, str]:
    """The form of a run, as it stands beside what it would do, with who decides."""
    form = page.split('action="/retention/run"')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)) | DECIDES


def test_a_forecast_is_recorded_shown_and_looked_for_by_a_run(old: Served) -> None:
    said = text_of(old.get("/en/retention").text)
    assert "1 thing stops it; nothing goes. no forecast is recorded" in said and "without one nothing goes." in said
    before = head(old)
    position = record(old)
    assert position == before + 1 and act_at(old, position)[0] == FORECAST
    said = text_of(old.get("/en/retention").text)
    assert "Recorded for 2020-01-01, until 2022-01-01, by the archivist." in said
    assert "Due then 1 misdrijf, 1 overtreding Coming due after that 1 misdrijf" in said


def test_looking_changes_nothing_and_a_run_hides_and_later_removes_what_was_looked_at(old: Served) -> None:
    record(old)
    before, page = head(old), looked(old, "2020-01-02")
    assert "Zou worden verborgen 1 misdrijf, 1 overtreding" in text_of(page) and head(old) == before
    assert looked(old, "2020-01-02") and head(old) == before
    position, said = done(old, old.post("/retention/run", run_of(page)))
    assert act_at(old, position)[0] == HIDDEN and "2 feiten die op 2020-01-02 te vernietigen waren, zijn verborgen." in said
    assert "2 feiten, op 2020-01-02; mogen weg op 2020-02-01" in said
    with Node.opened(old.url) as node:
        assert len(node.person("S1")["cases"]) == 1
    removing = looked(old, "2020-02-01")
    assert "Zou worden verwijderd 1 misdrijf, 1 overtreding" in text_of(removing)
    position, said = done(old, old.post("/retention/run", run_of(removing)))
    assert act_at(old, position)[0] == REMOVED and "2 feiten die op 2020-02-01 te vernietigen waren, zijn verwijderd." in said
    assert "Er is niets verborgen dat nog niet weg is." in said


def test_a_run_is_only_of_what_was_looked_at(old: Served) -> None:
    record(old)
    form = run_of(looked(old, "2020-01-02"))
    before = head(old)
    for wrong in ({"seen": ""}, {"seen": "0" * 64}):
        answer = old.post("/en/retention/run", form | wrong)
        assert answer.status_code == 409 and "not what you looked at" in text_of(answer.text) and 'value="the archivist"' in answer.text
    assert head(old) == before
    first, again = old.post("/retention/run", form), old.post("/retention/run", form)
    assert first.headers["location"] == again.headers["location"] and head(old) == before + 1
    late = old.post("/retention/run", form | {"mark": "another"})
    assert late.status_code == 409 and head(old) == before + 1


def test_what_stops_a_run_is_named_with_where_it_is_seen(screened: Served, old: Served) -> None:
    page = screened.get("/en/retention").text
    assert 'href="/en/#feeds"' in page or 'href="/en#feeds"' in page
    said = text_of(page)
    assert "grip: it does not say up to when it is complete" in said and "things stop it; nothing goes" in said
    dry = looked(screened, "2025-01-01", "/en/retention/look")
    assert "The register is not complete, so nothing is due." in text_of(dry) and 'action="/en/retention/run"' not in dry
    assert "what comes late may lengthen the term" in text_of(dry)
    before = head(screened)
    refused = screened.post("/en/retention/forecast", RECORDING | {"on": "2025-01-01"})
    assert refused.status_code == 409 and "the register is not complete" in text_of(refused.text) and head(screened) == before
    stopped = old.post("/en/retention/run", DECIDES | {"on": "2020-01-02", "seen": "x"})
    assert stopped.status_code == 409 and "something stops it" in text_of(stopped.text)
    assert "hidden" not in str([act_at(old, at)[0] for at in range(head(old), head(old) + 1)])


def test_what_was_removed_too_soon_by_what_came_later_is_named(old: Served) -> None:
    record(old)
    for on in ("2020-01-02", "2020-02-01"):
        done(old, old.post("/retention/run", run_of(looked(old, on))))
    feeds = old_feeds()
    known = len(feeds.all)
    judged = date(2005, 6, 1)
    feeds.case(9, "S1", date(2004, 1, 1), [charge(1, date(2004, 1, 1), maximum={"years": 4})])
    feeds.judgment(9, judged, {1: "convicted"}, [])
    late = [raw for raw in feeds.all if raw not in set(old_feeds().all)]
    assert len(late) == len(feeds.all) - known == 2
    with Node.opened(old.url, writer=True) as node:
        assert node.receive(late)["applied"] == 2
    said = text_of(looked(old, "2020-02-02", "/en/retention/look"))
    assert "Removed too soon" in said and "charge 1: removed on 2020-02-01; it would be due on 2025-06-01" in said


@pytest.mark.parametrize(
    ("path", "wrong", "fault"),
    [
        ("/retention/forecast", {"by": " "}, "Wie besluit : Vul dit in"),
        ("/retention/forecast", {"ground": ""}, "Grond : Vul dit in"),
        ("/retention/forecast", {"on": "2999-01-01"}, "Dag : Deze dag is nog niet gekomen"),
        ("/retention/forecast", {"on": "soon"}, "Dag : Dit is geen datum"),
        ("/retention/run", {"by": ""}, "Wie besluit : Vul dit in"),
        ("/retention/run", {"on": "2999-01-01"}, "Dag : Deze dag is nog niet gekomen"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_done(old: Served, path: str, wrong: dict[str, str], fault: str) -> None:
    record(old)
    before = head(old)
    answer = old.post(path, RECORDING | {"on": "2020-01-02"} | wrong)
    assert answer.status_code == 400 and fault in text_of(answer.text)
    assert head(old) == before
    assert old.post("/retention/look", {"on": "soon"}).status_code == 400


def test_read_only_and_other_sites_do_nothing(old: Served, tmp_path: Path) -> None:
    for path in ("/retention/look", "/retention/forecast", "/retention/run"):
        assert old.post(path, RECORDING, {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    url = f"sqlite:///{tmp_path / 'r.db'}"
    make_old(url)
    with served(url, "--read-only") as server:
        before, page = head(server), looked(server, "2020-01-02")
        assert 'action="/retention/run"' not in page and 'action="/retention/forecast"' not in page
        assert [server.post(f"/retention/{what}", RECORDING).status_code for what in ("forecast", "run")] == [403, 403]
        assert head(server) == before
