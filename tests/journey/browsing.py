"""A real browser for the tests beside this file: what it asked and complained of is kept, and axe looks at what it shows."""

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
HTMX = ROOT / "src" / "hervat" / "doors" / "pages" / "static" / "vendor" / "htmx.min.js"
# Without these the browser asks its maker's hosts for one thing and another.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}


class Watched:
    """A page of which every request and every complaint of the browser is kept."""

    def __init__(self, context: BrowserContext) -> None:
        self.asked: set[str] = set()
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", lambda request: self.asked.add(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))


def search(page: Page, address: str, skn: str) -> None:
    page.goto(address)
    page.fill("#skn", skn)
    page.press("#skn", "Enter")
    page.wait_for_selector("#horizon")


def violations(page: Page) -> list[str]:
    """What axe finds on a page with its style: an element of it may be there before that has come."""
    page.wait_for_load_state("load")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # What is in order fills megabytes, and takes longer to hand over than to find.
    found: list[dict[str, Any]] = page.evaluate("async rules => (await axe.run(document, rules)).violations", RULES)
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def unfold(page: Page) -> None:
    """Open all that can be folded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
