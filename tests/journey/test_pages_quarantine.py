"""The page of quarantine over HTTP: what lies inside and who signed it, letting it through, and what is told where something is wrong."""

from hervat.assemble import Node
from hervat.batch import BATCH_TAKEN, BatchTaken
from hervat.intake.quarantine import QUARANTINE_CLOSED, QUARANTINE_OPENED, QUARANTINE_RELEASED
from hervat.quarantining import Quarantine
from tests.journey.acting import act_at, done, head
from tests.journey.site import GPS, Served, a_server, case, person
from tests.journey.test_pages import text_of

OM = "00000099000000002000"
TWO = {"oin": OM, "by": "Anna", "second": "Bram"}


def make_quarantined(url: str) -> None:
    """Two cases in quarantine, one of which came by a signed batch."""
    with Node.opened(url, writer=True) as node:
        node.receive([person(1, "S1", "A")])
        Quarantine(node).open(OM, by="Anna", why="a test")
        node.receive([case(1, "S1")])
        at = node.position
        made = {"oin": OM, "key": "om-2024", "made_at": "2025-08-01T08:00:00Z", "source": GPS, "first": 1, "last": 1, "root": "0" * 64}
        node.decide(BATCH_TAKEN, BatchTaken(**made, entered=(at, at), carried="hand"))
        node.receive([case(2, "S1"), case(2, "S1").replace(b"Utrecht", b"Zwolle")])


quarantined = a_server(make_quarantined)


def test_two_people_let_through_and_close(quarantined: Served) -> None:
    said = text_of(quarantined.get("/en/quarantine?stolen=2025-07-01").text)
    flags = ("by a key that is not known", "signed since the theft", "in no batch that anybody signed", "has other content under")
    for words in ("2 messages lie inside.", "om-2024", "by hand", *flags):
        assert words in said
    assert "naar eigen zeggen, voor de diefstal" in text_of(quarantined.get("/quarantine?stolen=2025-09-01").text)
    last = head(quarantined)
    form = TWO | {"through": str(last), "but": str(last - 1), "ground": "compared", "mark": "m1"}
    released, told = done(quarantined, quarantined.post("/en/quarantine/release", form))
    assert act_at(quarantined, released)[0] == QUARANTINE_RELEASED and "but for 1 message" in told and "1 message lies inside." in told
    again = quarantined.post("/en/quarantine/release", form)
    assert (again.status_code, again.headers["location"]) == (303, f"/en/quarantine?done={released}")
    closed, told = done(quarantined, quarantined.post("/quarantine/close", TWO | {"why": "all is through"}))
    assert act_at(quarantined, closed)[0] == QUARANTINE_CLOSED and "sluis gesloten" in told and head(quarantined) == closed
    opened, told = done(quarantined, quarantined.post("/quarantine/open", {"oin": OM, "by": "Anna", "why": "again"}))
    assert act_at(quarantined, opened)[0] == QUARANTINE_OPENED and "sluis open" in told


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_done(quarantined: Served) -> None:
    before = head(quarantined)
    form = TWO | {"through": str(before), "but": "", "ground": "compared"}
    for wrong, fault in (
        ({"second": "ANNA"}, "Who decides as well : This must be another person."),
        ({"second": ""}, "Who decides as well : Fill this in"),
        ({"but": "1, 2"}, "But not : Nothing of this organisation"),
        ({"but": "two"}, "But not : Give positions"),
        ({"through": "9999"}, "Up to position : Give positions"),
        ({"through": "4 5"}, "Up to position : Give positions"),
        ({"ground": " "}, "Ground : Fill this in"),
    ):
        answer = quarantined.post("/en/quarantine/release", form | wrong)
        assert answer.status_code == 400 and fault in text_of(answer.text), wrong
        assert '<details class="act" open>' in answer.text
    assert quarantined.post("/quarantine/open", {"oin": "", "by": "Anna", "why": "x"}).status_code == 400
    assert quarantined.post("/quarantine/open", {"oin": OM, "by": "Anna", "why": "x"}).status_code == 409
    assert quarantined.post("/quarantine/close", TWO | {"second": "anna", "why": "x"}).status_code == 400
    assert quarantined.post("/quarantine/release", form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert head(quarantined) == before
