"""The record of an incident from the command line and on its page: taken in, put down, corrected, and what was weighed in a decision."""

from pathlib import Path

from hervat.assemble import Node
from hervat.oversight.entries import TIMELINE_ADDED, TIMELINE_CORRECTED
from hervat.recording import Recording
from tests.faults.processes import hervat
from tests.journey.acting import act_at, done, head
from tests.journey.site import Served, a_server, person
from tests.journey.test_pages import text_of
from tests.rooms.test_oversight import REAL, an_entry

ENTRY = ("--kind", "fact", "--actor", "IVOM", "--what", "earliest exploitation")


def test_a_timeline_is_taken_in_corrected_and_shown_as_it_was(tmp_path: Path) -> None:
    store = ("--store", f"sqlite:///{tmp_path / 'node.db'}", "--json")
    taken = hervat("timeline", "import", str(REAL), "--by", "an investigator", *store)
    assert (taken.status, taken.document["added"]) == (0, 19)
    assert hervat("timeline", "import", str(REAL), "--by", "an investigator", *store).document["added"] == 0
    again = hervat("timeline", "import", str(REAL), "--by", "an investigator", *store[:2]).out
    assert "lines 4 and 5 look as if they were two moments of one act; where they are, give --same-act 5=4" in again
    for tied in (1, 0):
        one_act = hervat("timeline", "import", str(REAL), "--same-act", "5=4", "--by", "an investigator", *store).document
        assert (one_act["added"], one_act["known"], one_act["tied"], one_act["alike"]) == (0, 19, tied, [])
    said = ("--when", "2025-06", "--known", "OM since 2025-07-24~", "--by", "a")
    first = hervat("timeline", "add", *ENTRY, *said, *store).document["position"]
    moved = hervat("timeline", "correct", str(first), *ENTRY, "--when", "2025-05", "--by", "b", "--why", "found in logs", *store)
    assert moved.document == {"position": first + 1, "corrects": first}
    before = hervat("timeline", "show", "--position", str(first), *store).document["entries"]
    assert next(one for one in before if one["position"] == first)["corrected_by"] is None
    words = hervat("timeline", "show", *store[:2])
    assert f"[corrected at position {first + 1}]" in words.out and "OM since 2025-07-24~" in words.out
    knew = hervat("timeline", "show", "--known-by", "om", "--known-at", "2100-01-01T00:00:00Z", *store).document["entries"]
    assert knew == [], "what was corrected no longer says who knew"


def test_a_file_that_is_wrong_is_not_taken_and_each_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("date,actor,event,kind\n2025,OM,a,fact\nsoon,OM,b,fact\n", "utf-8")
    store = ("--store", f"sqlite:///{tmp_path / 'node.db'}")
    ended = hervat("timeline", "import", str(tmp_path / "bad.csv"), "--by", "a", *store)
    assert ended.status == 2 and "bad.csv, line 3" in ended.err and "nothing was taken" in ended.err
    ended = hervat("timeline", "add", *ENTRY, "--when", "soon", "--by", "a", *store)
    assert ended.status == 2 and "undated" in ended.err
    assert not (tmp_path / "node.db").exists() or hervat("timeline", "show", *store, "--json").document["entries"] == []


def test_what_was_weighed_is_said_with_the_decision(tmp_path: Path) -> None:
    store = ("--store", f"sqlite:///{tmp_path / 'node.db'}", "--json")
    source = "urn:nld:oin:00000099000000002000:systeem:gps"
    weighed = ("--known", "an intrusion", "--option", "wait a day", "--option", "cut now", "--accepts", "blind screening")
    held = hervat("ceiling", source, "--hold", "--by", "a", "--why", "cut", *weighed, *store).document
    bare = hervat("ceiling", source, "--open", "--by", "a", "--why", "back", *store).document
    assert held["considered"] == held["position"] + 1 and "considered" not in bare
    first, second = hervat("timeline", "show", *store).document["decisions"]
    (said,) = first["considered"]
    assert (said["known"], said["options"], said["risks"]) == ("an intrusion", ["wait a day", "cut now"], ["blind screening"])
    assert (said["by"], said["position"]) == ("a", held["considered"]) and second["considered"] == []
    assert "what was known and weighed was not recorded" in hervat("timeline", "show", *store[:2]).out
    late = hervat("timeline", "consider", str(bare["position"]), "--known", "patched", "--by", "b", *store)
    assert late.status == 0
    again = hervat("timeline", "consider", str(bare["position"]), "--known", "not all of it", "--by", "c", *store)
    said = hervat("timeline", "show", *store).document["decisions"][1]["considered"]
    assert [(one["known"], one["by"]) for one in said] == [("patched", "b"), ("not all of it", "c")]
    words = hervat("timeline", "show", *store[:2]).out
    assert "said by c, put on record" in words and f"at position {again.document['position']}:" in words


def make_empty(url: str) -> None:
    """A store in which nothing is on record."""
    with Node.opened(url, writer=True) as node:
        node.receive([person(1, "S1", "A")])


recorded = a_server(make_empty)
FORM = {"kind": "risk", "actor": "Justid", "what": "screening is blind", "when": "2025-07-18/.."}
FORM |= {"known": "Justid since 2025-07-18", "by": "a"}


def test_on_the_page_an_entry_is_put_down_once_and_corrected(recorded: Served) -> None:
    added, told = done(recorded, recorded.post("/en/timeline/add", FORM | {"mark": "m1"}))
    assert act_at(recorded, added)[0] == TIMELINE_ADDED and "It was put on record: screening is blind" in told
    again = recorded.post("/en/timeline/add", FORM | {"mark": "m1"})
    assert again.headers["location"] == f"/en/timeline?done={added}"
    page = recorded.get("/en/timeline").text
    assert "Justid since 2025-07-18" in page and f'<a href="#at-{added}"' in page and f'id="at-{added}"' in page
    assert f"Correct the entry at position {added}" in recorded.get(f"/en/timeline?correct={added}").text
    put_right = FORM | {"entry": str(added), "when": "undated", "why": "not known", "mark": "m2"}
    corrected, told = done(recorded, recorded.post("/timeline/correct", put_right))
    assert act_at(recorded, corrected)[0] == TIMELINE_CORRECTED and f"positie {added} staat is verbeterd" in told
    page = recorded.get("/en/timeline").text
    assert "<s>Justid: screening is blind</s>" in page and f"takes the place of position {added}: not known" in text_of(page)
    assert "Nothing is on record." in recorded.get("/en/timeline?known_at=2020-01-01").text
    assert "Nothing is on record." in recorded.get("/en/timeline?known_by=CJIB").text


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_put_down(recorded: Served) -> None:
    before = head(recorded)
    for wrong, fault in (
        ({"when": "soon"}, "When : This is no time"),
        ({"known": "Justid"}, "since when : Write WHO since WHEN"),
        ({"kind": "rumour"}, "What it is : "),
        ({"what": " "}, "What happened : Fill this in"),
        ({"by": ""}, "Fill this in"),
    ):
        answer = recorded.post("/en/timeline/add", FORM | wrong)
        assert answer.status_code == 400 and fault in text_of(answer.text), (wrong, text_of(answer.text))
    answer = recorded.post("/en/timeline/correct", FORM | {"entry": "999", "why": "x"})
    assert answer.status_code == 409 and "no entry of the timeline is at position 999" in answer.text
    assert recorded.post("/en/timeline/correct", FORM | {"entry": "", "why": "x"}).status_code == 400
    assert recorded.post("/timeline/add", FORM, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert head(recorded) == before


def test_a_correction_on_the_page_keeps_what_its_form_does_not_ask(recorded: Served) -> None:
    with Node.opened(recorded.url, writer=True) as node:
        first = Recording(node).add(an_entry(what="decided"), by="a")["position"]
        second = Recording(node).add(an_entry(kind="detection", what="seen", same_act=first), by="a")["position"]
    form = FORM | {"kind": "signal", "entry": str(second), "why": "better known", "mark": "m3"}
    corrected, _ = done(recorded, recorded.post("/en/timeline/correct", form))
    other, _ = done(recorded, recorded.post("/en/timeline/correct", form | {"kind": "risk", "entry": str(corrected), "mark": "m4"}))
    with Node.opened(recorded.url) as node:
        entries = {one.position: one.entry for one in Recording(node).entries()}
    assert (entries[corrected].kind, entries[corrected].same_act) == ("detection", first)
    assert (entries[other].kind, entries[other].same_act) == ("risk", first)
