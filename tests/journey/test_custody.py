"""Custody on its page and on the command line: the list, a check by hand that both show, and what differs when messages come."""

from datetime import timedelta

from hervat.assemble import Node
from hervat.consumers.custody.checked import CHECKED
from tests.faults.processes import hervat
from tests.journey.acting import act_at, done, head
from tests.journey.certified import today
from tests.journey.site import Served, a_server
from tests.journey.test_pages import text_of
from tests.rooms.messages import PNS
from tests.rooms.wire import Wire

HAND = {"found": "released", "title": "", "source": "het register van de inrichting", "by": "J. Jansen", "why": "er komt niets binnen"}


def day(after: int) -> str:
    return str(today() + timedelta(days=after))


WRONG = [
    ({"day": ""}, "Vul dit in"), ({"found": "held"}, "Vul dit in"),
    ({"day": day(1)}, "dit kan zo niet"), ({"on": "x"}, "Dit is geen datum"),
]  # fmt: skip


def make_held(url: str) -> None:
    """S1 was due yesterday, S2 is due in three days, S3 tomorrow; of S3 the case is not here."""
    with Node.opened(url, writer=True) as node:
        wire = Wire(node)
        for number, until in ((1, -1), (2, 3)):
            wire.person(f"S{number}")
            wire.case(PNS[number - 1], f"S{number}")
            wire.tell("dji", "custody-started", skn=f"S{number}", pn=PNS[number - 1], from_=day(-20), release_due=day(until))
        wire.tell("dji", "custody-started", skn="S3", pn=PNS[2], from_=day(-2), release_due=day(1))


held = a_server(make_held)


def test_the_page_lists_by_the_clock_and_a_check_moves_somebody(held: Served) -> None:
    page = text_of(held.get("/custody").text)
    assert [page.index(f"SKN S{number}") for number in (1, 3, 2)] == sorted(page.index(f"SKN S{number}") for number in (1, 3, 2))
    for said in ("Een dag die voorbij is", "no source for custody-prolonged", "zegt niet tot wanneer zij volledig is", "onbekend",
                 "alle berichten hierover zijn aangehouden", "ongeverifieerde waarde"):  # fmt: skip
        assert said in page
    english = text_of(held.get("/en/custody").text)
    assert "that day has passed, and no release or prolongation was told: unknown" in english and "held too long by" not in english
    before, form = head(held), HAND | {"day": day(-1), "on": day(0), "mark": "a-mark"}
    for wrong, said in WRONG:
        answer = held.post("/custody/3", form | wrong)
        assert answer.status_code == 400 and said in text_of(answer.text) and "het register van de inrichting" in answer.text
    assert head(held) == before
    position, page = done(held, held.post("/custody/3", form))
    assert "Met de hand gevonden: in vrijheid gesteld" in page and "nog geen bericht daarna" in page
    assert done(held, held.post("/custody/3", form))[0] == position == head(held)
    kind, content = act_at(held, position)
    assert kind == CHECKED and "S1" not in content and PNS[0] not in content
    assert held.post("/custody/3", form | {"mark": "b"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert held.post("/custody/9999", form).status_code == 409
    with Node.opened(held.url, writer=True) as node:
        wire = Wire(node)
        wire.lose("dji", 3)
        wire.tell("dji", "custody-ended", pn=PNS[0], released_on=day(0))
    said = text_of(held.get("/en/custody").text)
    assert "messages say something else (another day of release)" in said and "Held too long: 1 release, 1 days." in said


def test_the_command_gives_the_list_takes_a_check_and_tells_the_differences(held: Served) -> None:
    listed = hervat("custody", "due", "--within", "2", "--json", store=held.url).document
    assert [(one["skn"], one["clock"], one["state"]) for one in listed["due"]] == [("S1", day(-1), "unknown"), ("S3", day(1), "due")]
    assert "SKN S1" in hervat("custody", "due", "--lang", "nl", store=held.url).out
    told = ("--source", "a book", "--by", "x", "--why", "y")
    for wrong in ((), ("--held", "x", "--released-on", day(-1)), ("--released-on", "soon")):
        assert hervat("custody", "check", "3", *wrong, *told, store=held.url).status == 2
    assert hervat("custody", "check", "1", "--held", "x", *told, store=held.url).status == 1
    checked = hervat("custody", "check", "3", "--prolonged-until", day(9), *told, "--json", store=held.url)
    assert (checked.status, checked.document["found"]) == (0, "prolonged")
    again = hervat("custody", "due", "--json", store=held.url).document["due"]
    assert [(one["skn"], one["clock"], one["by_hand"]) for one in again][-1] == ("S1", day(9), True)
    found = hervat("custody", "differences", "--since", day(-30), "--json", store=held.url).document
    assert ([one["says"] for one in found["checks"]], found["held_too_long"]["releases"], found["lost"]) == (["waits"], 0, [])
    assert "no message since" in hervat("custody", "differences", "--since", day(-30), store=held.url).out
    assert hervat("custody", "differences", "--since", day(1), store=held.url).status == 2
