"""The pages of docs/law are what the rules say now."""

from pathlib import Path

from hervat.doors.lawbook import pages

ROOT = Path(__file__).parents[2]


def test_the_pages_of_the_law_are_what_the_rules_say_now() -> None:
    """Where this fails: make law."""
    folder = ROOT / "docs" / "law"
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == pages()
