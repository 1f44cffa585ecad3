"""A restart in a real browser: a crisis lead and a second person run it through the page to its end, with the keyboard alone."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journey.browsing import unfold, violations
from tests.journey.restarted import approval, make_exercised, make_ready, plan_and_report, send_all, statement, states, world_of
from tests.journey.site import Served, a_server
from tests.rooms.restarted import GPS, SKDB, first_identities

pytestmark = pytest.mark.browser
ready = a_server(make_ready)
exercised = a_server(make_exercised)
LINKS = ("open-skdb", "open-gps", "open-grip")
_FOCUS = "document.activeElement.id || document.activeElement.innerText || document.activeElement.name || ''"
_MOST = 250


class Person:
    """Somebody at a browser of their own who has a keyboard and no mouse."""

    def __init__(self, browser: Browser, server: Served, path: str) -> None:
        self.context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page: Page = self.context.new_page()
        self.address = server.address + path
        self.open()

    def open(self) -> None:
        """The page anew, past the menu."""
        self.page.goto(self.address)
        self.page.keyboard.press("Tab")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        expect(self.page.locator("main")).to_be_focused()

    def to(self, name: str) -> None:
        """Tab until what has the focus is called so: by its id, or by what stands on it."""
        seen = []
        for _ in range(_MOST):
            self.page.keyboard.press("Tab")
            seen.append(self.page.evaluate(_FOCUS))
            if seen[-1] == name:
                outline = self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert {name: outline} == {name: "solid"}, "what has the focus can be seen"
                return
        raise AssertionError(f"{name} is not reached: {seen}")

    def press(self, name: str) -> None:
        """Go there and press Enter; a new page is shown when it has come."""
        self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, **fields: str) -> None:
        """Fill in fields by their ids, in the order of the form."""
        for name, text in fields.items():
            self.to(name.replace("__", "-"))
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(text)

    def says(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def is_accessible(self) -> None:
        unfold(self.page)
        assert {self.page.url: violations(self.page)} == {self.page.url: []}
        for width in (320, 390):
            self.page.set_viewport_size({"width": width, "height": 800})
            assert {self.page.url: self.page.evaluate("document.documentElement.scrollWidth")} == {self.page.url: width}
        # Narrow, other things lie beside each other.
        assert {self.page.url: violations(self.page)} == {self.page.url: []}
        self.page.set_viewport_size({"width": 1280, "height": 900})


def hand_in(person: Person, step: str, signed: str, words: str, button: str, who: str) -> None:
    person.open()
    person.press(f"{words}: {step}")
    person.write(approval__approve=signed, why__approve="seen", by__approve=who)
    person.press(button)
    person.says(step)


def approved(lead: Person, second: Person, server: Served, step: str, told: dict[str, object]) -> None:
    """Each hands in what an organisation signed."""
    hand_in(lead, step, approval(server, step, SKDB, **told), "Lever een goedkeuring in", "Lever in (ECHT)", "Anna")
    hand_in(second, step, approval(server, step, GPS, **told), "Hand in an approval", "Hand it in (REAL)", "Bram")


def look(person: Person, said: str) -> None:
    """Look at the gates, with a statement of a partner."""
    person.open()
    person.press("Kijk nu naar de poorten")
    person.write(statement__check=said)
    person.press("Kijk nu (ECHT)")


def test_two_people_begin_and_run_a_restart_by_keyboard_alone(browser: Browser, ready: Served) -> None:
    begun = ready
    lead, second = Person(browser, begun, "/restart"), Person(browser, begun, "/en/restart")
    assert (lead.page.title(), second.page.title()) == ("ECHT: Herstart · hervat", "REAL: Restart · hervat")
    begin(lead, begun)
    send_all(begun)
    lead.open()
    lead.says("Ploeg ict doe deze stap")
    lead.is_accessible()

    lead.open()
    lead.press("Meld als gedaan")
    expect(lead.page.locator("#act")).to_be_focused()
    lead.write(evidence__done="scan 4411", by__done="Anna")
    lead.to("Wat is afgewogen")
    lead.page.keyboard.press("Enter")
    lead.write(known__done="the copy of 16 July", accepts__done="a day lost")
    lead.press("Meld het (ECHT)")
    lead.says("restore is als gedaan gemeld")
    second.open()
    second.press("Put down as done")
    second.write(evidence__done="rotated", by__done="Bram")
    second.press("Put it down (REAL)")
    second.says("keys was put down as done")
    expect(lead.page.locator(".newer")).to_contain_text("niet meer het nieuwste", timeout=8000)
    lead.is_accessible()
    lead.press("show-again")
    lead.says("keys")

    for step, feed in (("open-skdb", "skdb"), ("open-gps", "gps")):
        look(lead, statement(begun, feed))
        lead.says("precies dat is hier")
        approved(lead, second, begun, step, {})
        assert states(begun)[step] == "live"

    lost(lead, begun)
    told = isolated(lead, second, begun)
    look(lead, statement(begun, "grip", **told))
    approved(lead, second, begun, "open-grip", told)
    second.says("is completed")
    second.says("Stands")
    second.says("The run has ended")
    assert set(states(begun).values()) == {"live", "done"}
    lead.open()
    lead.is_accessible()
    for person in (lead, second):
        person.context.close()


def begin(lead: Person, server: Served) -> None:
    """A plan with the report of its exercise is handed in, looked at, and begun; what is no plan is told first."""
    plan, report = plan_and_report(server)
    lead.press("Begin een herstart")
    expect(lead.page.locator("#act")).to_be_focused()
    lead.is_accessible()
    lead.open()
    lead.press("Begin een herstart")
    lead.write(plan__begin=plan[:-9], report__begin=report, by__begin="Anna", second__begin="Bram", why__begin="the copy is clean")
    lead.press("Toon wat het is; er gebeurt nog niets (ECHT)")
    lead.says("Dit is geen plan zoals hervat plan --out dat schrijft.")
    lead.is_accessible()
    lead.press("Het plan")
    lead.page.keyboard.press("Control+A")
    lead.page.keyboard.insert_text(plan)
    lead.press("Toon wat het is; er gebeurt nog niets (ECHT)")
    for words in ("Er is nog niets gedaan", "Meteen dicht door te beginnen", "Matching Autoriteit", "zij slaagde", "goed te keuren door"):
        lead.says(words)
    lead.is_accessible()
    lead.press("Begin het (ECHT)")
    lead.says("Dat u het zeker weet: Kruis dit aan")
    lead.to("sure-begin")
    lead.page.keyboard.press("Space")
    lead.press("Begin het (ECHT)")
    lead.says("is begonnen")
    lead.says("door Anna: the copy is clean met Bram")


def lost(lead: Person, server: Served) -> None:
    """A gate fails: what the partner signs is not what is here. What waits for it closes too, and opens again through the gates."""
    look(lead, statement(server, "skdb", wrong=True))
    lead.says("dat is NIET wat hier is")
    lead.says("Poort verloren: aangesloten van open-skdb")
    lead.says("is niet wat hier is")
    assert [states(server)[step] for step in LINKS] == ["held"] * 3
    lead.is_accessible()
    look(lead, statement(server, "skdb"))
    assert [states(server)[step] for step in LINKS] == ["live", "live", "held"]


def isolated(lead: Person, second: Person, server: Served) -> dict[str, object]:
    """A partner is isolated again, at once and by one person; it comes back by two people, another key, and every gate anew."""
    second.open()
    second.press("Isolate an organisation")
    second.to("oin-isolate")
    second.page.keyboard.type("Openbaar")
    second.write(why__isolate="seen in their network", by__isolate="Bram")
    second.press("Isolate now (REAL)")
    second.says("ISOLATED: Openbaar Ministerie")
    second.says("no second person")
    assert [states(server)[step] for step in LINKS] == ["live", "held", "held"]
    second.is_accessible()

    lead.open()
    lead.press("Laat verdergaan")
    lead.write(evidence__done="scanned", by__done="Anna", second__done="anna")
    lead.press("Laat verdergaan (ECHT)")
    lead.says("Er is niets gedaan")
    expect(lead.page.locator("#evidence-done")).to_have_value("scanned")
    lead.is_accessible()
    lead.press("Wie mede besluit")
    expect(lead.page.locator("#second-done")).to_be_focused()
    lead.page.keyboard.press("Control+A")
    lead.page.keyboard.insert_text("Bram")
    lead.press("Laat verdergaan (ECHT)")
    lead.says("mag verdergaan")
    lead.says("is van voor zijn afzondering en geldt nog")
    assert states(server)["open-gps"] == "held"
    with world_of(server, writer=True) as world:
        world.rotate()
        told: dict[str, object] = {"identities": world.identities}
    assert first_identities() != told["identities"]
    assert states(server)["open-gps"] == "held"
    look(lead, statement(server, "gps", **told))
    assert states(server)["open-gps"] == "held"
    approved(lead, second, server, "open-gps", told)
    assert states(server)["open-gps"] == "live"
    return told


def test_an_exercise_is_never_taken_for_the_real_thing(browser: Browser, exercised: Served) -> None:
    person = Person(browser, exercised, "/restart")
    assert person.page.title() == "OEFENING: Herstart · hervat"
    for do in ("abort", "hold", "check"):
        person.page.goto(f"{person.address}?do={do}&step=open-gps")
        expect(person.page.locator(".deciding button")).to_contain_text("(OEFENING)")
        for place in (".mode", ".deciding"):
            assert person.page.evaluate(f"getComputedStyle(document.querySelector('{place}')).borderTopStyle") == "dashed"
    person.is_accessible()
    person.context.close()
