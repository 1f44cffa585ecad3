"""The page of retention over HTTP: what stops a run, looking ahead, recording a forecast, and a run of what was looked at."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.clock import FixedClock, SystemClock, legal_day
from hervat.consumers.removed import HIDDEN, REMOVED
from hervat.consumers.retention.acts import FORECAST
from hervat.retaining import desk_of
from tests.journey.acting import act_at, done, head
from tests.journey.certified import today
from tests.journey.site import Served, a_server, served
from tests.journey.test_pages import text_of
from tests.rooms.kept import LIGHT, Feeds, charge

JUDGED = date(today().year - 29, 1, 1)
DONE = JUDGED - timedelta(days=100)
FORECAST_ON, HIDDEN_ON = (SystemClock().now() - timedelta(days=days) for days in (60, 40))
DECIDES = {"by": "the archivist", "ground": "Wjsg 4 and 6"}


def recording() -> dict[str, str]:
    return DECIDES | {"on": f"{today()}"}


def old_feeds() -> Feeds:
    """One misdrijf and one overtreding that are due, and one misdrijf that will be 30 years after it was judged, next January."""
    feeds = Feeds()
    feeds.person("S1")
    for number, (sort, maximum) in enumerate((("misdrijf", 4), ("overtreding", None), ("misdrijf", 6)), 1):
        feeds.case(number, "S1", DONE, [charge(1, DONE, sort=sort, maximum=maximum and {"years": maximum})])
        feeds.judgment(number, JUDGED, {1: "convicted"}, LIGHT)
    feeds.close()
    return feeds


def make_old(url: str, *, forecast: bool = True, hidden: bool = False) -> None:
    """What came sixty days ago, with a forecast of that day; and what was due hidden forty days ago."""
    with Node.opened(url, writer=True, clock=FixedClock(FORECAST_ON)) as node:
        assert node.receive(old_feeds().all)["refused"] == 0
        if forecast:
            desk_of(node).record_forecast(legal_day(FORECAST_ON), **DECIDES)
    if hidden:
        with Node.opened(url, writer=True, clock=FixedClock(HIDDEN_ON)) as node:
            assert desk_of(node).run(legal_day(HIDDEN_ON), dry=False, **DECIDES)["stopped"] == []


old = a_server(make_old)
old_as_is = a_server(make_old, "module")
hiding = a_server(make_old, hidden=True)
"""A register in which what is due is hidden for long enough."""


def looked(server: Served, on: date | None = None, path: str = "/retention/look") -> str:
    answer = server.post(path, {"on": f"{on or today()}"})
    assert answer.status_code == 200
    return answer.text


def run_of(page: str) -> dict[str, str]:
    """The form of a run, as it stands beside what it would do, with who decides."""
    form = page.split('action="/retention/run"')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)) | DECIDES


def test_a_forecast_is_recorded_and_shown(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    make_old(url, forecast=False)
    with served(url) as server:
        said = text_of(server.get("/en/retention").text)
        assert "1 thing stops it; nothing goes. no forecast is recorded" in said and "without one nothing goes." in said
        before = head(server)
        position, _ = done(server, server.post("/retention/forecast", recording()))
        assert position == before + 1 and act_at(server, position)[0] == FORECAST
        said = text_of(server.get("/en/retention").text)
    assert f"Recorded for {today()}, until " in said and ", by the archivist." in said
    assert "Due then 1 misdrijf, 1 overtreding Coming due after that 1 misdrijf" in said


def test_looking_changes_nothing_and_a_run_hides_what_was_looked_at(old: Served) -> None:
    before, page = head(old), looked(old)
    assert "Zou worden verborgen 1 misdrijf, 1 overtreding" in text_of(page) and head(old) == before
    assert looked(old) and head(old) == before
    position, said = done(old, old.post("/retention/run", run_of(page)))
    assert act_at(old, position)[0] == HIDDEN and f"2 feiten die op {today()} te vernietigen waren, zijn verborgen." in said
    assert f"2 feiten, op {today()}; mogen weg op {today() + timedelta(days=30)}" in said
    with Node.opened(old.url) as node:
        assert len(node.person("S1")["cases"]) == 1


def test_what_was_hidden_for_long_enough_is_removed(hiding: Served) -> None:
    assert f"2 feiten, op {legal_day(HIDDEN_ON)}; mogen weg op" in text_of(hiding.get("/retention").text)
    removing = looked(hiding)
    assert "Zou worden verwijderd 1 misdrijf, 1 overtreding" in text_of(removing)
    position, said = done(hiding, hiding.post("/retention/run", run_of(removing)))
    assert act_at(hiding, position)[0] == REMOVED and f"2 feiten die op {today()} te vernietigen waren, zijn verwijderd." in said
    assert "Er is niets verborgen dat nog niet weg is." in said


def test_a_run_is_of_today(old_as_is: Served) -> None:
    before, page = head(old_as_is), looked(old_as_is, today() - timedelta(days=1), "/en/retention/look")
    assert "Would be hidden 1 misdrijf, 1 overtreding" in text_of(page) and "A run is of today." in text_of(page)
    assert 'action="/en/retention/run"' not in page
    form = run_of(looked(old_as_is)) | {"on": f"{today() - timedelta(days=1)}"}
    answer = old_as_is.post("/en/retention/run", form)
    assert answer.status_code == 400 and "A run is of today." in text_of(answer.text) and head(old_as_is) == before


def test_a_run_is_only_of_what_was_looked_at(old: Served) -> None:
    form = run_of(looked(old))
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
    dry = looked(screened, date(2025, 1, 1), "/en/retention/look")
    assert "The register is not complete, so nothing is due." in text_of(dry) and 'action="/en/retention/run"' not in dry
    assert "what comes late may lengthen the term" in text_of(dry)
    before = head(screened)
    refused = screened.post("/en/retention/forecast", recording() | {"on": "2025-01-01"})
    assert refused.status_code == 409 and "the register is not complete" in text_of(refused.text) and head(screened) == before
    done(old, old.post("/retention/forecast", recording()))
    before = head(old)
    stopped = old.post("/en/retention/run", recording() | {"seen": "x"})
    assert stopped.status_code == 409 and "something stops it" in text_of(stopped.text) and head(old) == before


def test_what_was_removed_too_soon_by_what_came_later_is_named(hiding: Served) -> None:
    done(hiding, hiding.post("/retention/run", run_of(looked(hiding))))
    feeds = old_feeds()
    known = len(feeds.all)
    judged = JUDGED.replace(year=JUDGED.year + 15)
    feeds.case(9, "S1", judged - timedelta(days=99), [charge(1, judged - timedelta(days=100), maximum={"years": 4})])
    feeds.judgment(9, judged, {1: "convicted"}, LIGHT)
    late = [raw for raw in feeds.all if raw not in set(old_feeds().all)]
    assert len(late) == len(feeds.all) - known == 2
    with Node.opened(hiding.url, writer=True) as node:
        assert node.receive(late)["applied"] == 2
    said = text_of(looked(hiding, path="/en/retention/look"))
    due = judged.replace(year=judged.year + 20)
    assert "Removed too soon" in said and f"charge 1: removed on {today()}; it would be due on {due}" in said


@pytest.mark.parametrize(
    ("path", "wrong", "fault"),
    [
        ("/retention/forecast", {"by": " "}, "Wie besluit : Vul dit in"),
        ("/retention/forecast", {"ground": ""}, "Grond : Vul dit in"),
        ("/retention/forecast", {"on": "2999-01-01"}, "Dag : Deze dag is nog niet gekomen"),
        ("/retention/forecast", {"on": "soon"}, "Dag : Dit is geen datum"),
        ("/retention/run", {"by": ""}, "Wie besluit : Vul dit in"),
        ("/retention/run", {"on": "2999-01-01"}, "Dag : Deze dag is nog niet gekomen"),
        ("/retention/run", {"on": "2020-01-02"}, "Dag : Een uitvoering is van vandaag"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_done(old_as_is: Served, path: str, wrong: dict[str, str], fault: str) -> None:
    before = head(old_as_is)
    answer = old_as_is.post(path, recording() | wrong)
    assert answer.status_code == 400 and fault in text_of(answer.text)
    assert head(old_as_is) == before
    assert old_as_is.post("/retention/look", {"on": "soon"}).status_code == 400


def test_read_only_and_other_sites_do_nothing(old: Served, tmp_path: Path) -> None:
    for path in ("/retention/look", "/retention/forecast", "/retention/run"):
        assert old.post(path, recording(), {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    url = f"sqlite:///{tmp_path / 'r.db'}"
    make_old(url)
    with served(url, "--read-only") as server:
        before, page = head(server), looked(server)
        assert 'action="/retention/run"' not in page and 'action="/retention/forecast"' not in page
        assert [server.post(f"/retention/{what}", recording()).status_code for what in ("forecast", "run")] == [403, 403]
        assert head(server) == before
