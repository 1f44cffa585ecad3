"""The command line and the pages on a store on a server: the same commands, the same answers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.errors import NotSo
from hervat.journal.keys import NodeKeys
from hervat.stores.opening import place_of
from tests.faults.processes import EXAMPLES, Ended, hervat, whole_receipts, write_lines
from tests.journey.site import served
from tests.postgres import empty_store, server

pytestmark = pytest.mark.postgres
GRIP = "urn:nld:oin:00000099000000003000:systeem:grip"


@pytest.fixture
def url() -> Iterator[str]:
    with empty_store() as found:
        yield found


def answers(store: str | Path, cwd: Path) -> list[Ended]:
    """What one story comes to, command by command; moments and seals differ between two nodes."""
    story = (
        ("held",),
        ("receive", EXAMPLES),
        ("receive", EXAMPLES),
        ("person", "20250001"),
        ("person", "20250001", "--position", "20"),
        ("person", "29999999"),
        ("horizon",),
        ("digest",),
        ("ceiling", GRIP, "--hold", "--by", "a", "--why", "b"),
    )
    return [hervat(*command, "--json", store=store, cwd=cwd) for command in story]


def test_the_same_story_on_a_file_and_on_a_server(url: str, tmp_path: Path) -> None:
    on_server, on_file = answers(url, tmp_path), answers(tmp_path / "hervat.db", tmp_path)
    assert [(each.status, each.document) for each in on_server] == [(each.status, each.document) for each in on_file]
    keys = tmp_path / place_of(url).keys_beside
    assert keys.stat().st_mode & 0o077 == 0

    def ask(*command: str | Path) -> Ended:
        return hervat(*command, "--json", store=url, cwd=tmp_path)

    verified = ask("verify").document
    assert (verified["ok"], verified["entries"]) == (True, 53)
    assert "amcheck" in verified["not_checked"]
    assert ask("prove", "5").document["size"] == 53
    earlier = write_lines(tmp_path / "earlier", [])
    earlier.write_text(ask("checkpoint").document["checkpoint"])
    assert ask("verify", "--witness", earlier).document["witness"] == 53
    assert ask("checkpoint", "--since", earlier).status == 0
    assert ask("status").document["position"] == 53
    assert {one["what"] for one in ask("doctor").document} >= {"engine", "keys", "clock", "held", "balance", "conflicts", "backup"}
    receipts = tmp_path / "receipts"
    assert ask("receive", EXAMPLES, "--receipts", receipts).document["duplicates"] == 52
    assert len(whole_receipts(receipts)) == 52


def test_without_its_keys_nothing_of_a_store_is_read(url: str, tmp_path: Path) -> None:
    """From another directory, or with another file at their place."""
    assert hervat("receive", EXAMPLES, store=url, cwd=tmp_path).status == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    told = hervat("held", "--json", store=url, cwd=elsewhere)
    assert (told.status, list(elsewhere.iterdir())) == (3, [])
    assert "there is no keys file" in told.document["error"]
    keys = next(tmp_path.glob("*.key"))
    assert hervat("digest", store=url, cwd=elsewhere, HERVAT_KEYS=str(keys)).status == 0


def test_a_store_finds_the_keys_that_an_earlier_hervat_or_another_server_named_and_takes_no_others(url: str, tmp_path: Path) -> None:
    own = tmp_path / place_of(url).keys_beside
    stem = own.name.partition("@")[0]
    earlier, moved = tmp_path / f"{stem}.key", tmp_path / f"{stem}@1.key"

    def told() -> Ended:
        return hervat("keys", "show", "--json", store=url, cwd=tmp_path)

    # Of an empty store nobody knows whether it has the keys that an earlier hervat made under this name.
    NodeKeys.create("example.org/other").save(earlier)
    before = earlier.read_bytes()
    for command in (("receive", str(EXAMPLES)), ("keys", "show")):
        refused = hervat(*command, "--json", store=url, cwd=tmp_path)
        assert refused.status == 3 and f"say HERVAT_KEYS={own.name} once" in refused.document["error"]
    assert [*tmp_path.glob("*.key")] == [earlier] and earlier.read_bytes() == before
    assert hervat("receive", EXAMPLES, store=url, cwd=tmp_path, HERVAT_KEYS=own.name).status == 0
    found = told().document
    assert (found["file"], found["origin"] != "example.org/other") == (own.name, True)
    # Its own file is gone, and the other one is another node's: that is not taken for it.
    own.rename(tmp_path / "away")
    gone = hervat("digest", "--json", store=url, cwd=tmp_path)
    assert gone.status == 3 and f"no keys file at {own.name}" in gone.document["error"]
    # Under the name of earlier, and under that of the server from which the store was moved, they are found and stay.
    for name in (earlier, moved):
        earlier.unlink(missing_ok=True)
        (tmp_path / "away").replace(name)
        assert (told().document["origin"], told().document["file"]) == (found["origin"], name.name)
        assert hervat("verify", store=url, cwd=tmp_path).status == 0
        assert hervat("receive", EXAMPLES, "--json", store=url, cwd=tmp_path).document["duplicates"] == 52
        assert rotated_under_its_own_name_alone(url, name, own) == [name, own]
        name.unlink()
        own.rename(tmp_path / "away")
    assert [*tmp_path.glob("*.key")] == []


def rotated_under_its_own_name_alone(url: str, name: Path, own: Path) -> list[Path]:
    """The keys that a store found under a name which another may have as well; returns the files that are there then."""
    content, asked = name.read_bytes(), ("keys", "rotate", "--by", "a test", "--why", "an exercise", "--json")
    refused = hervat(*asked, store=url, cwd=name.parent)
    assert (refused.status, f"copy it to {own.name} first" in refused.document["error"]) == (1, True)
    with pytest.MonkeyPatch.context() as there:
        # As a node that serves.
        there.chdir(name.parent)
        with Node.opened(url, writer=True) as node:
            size = node.position
            with pytest.raises(NotSo, match="which another store may use as well"):
                node.rotate(by="a test", why="an exercise")
            assert (node.position, own.exists()) == (size, False)
    shutil.copyfile(name, own)
    done = hervat(*asked, store=url, cwd=name.parent).document
    assert (done["position"], done["sealed"], name.read_bytes() == content) == (size + 1, size, True)
    return [*sorted(own.parent.glob("*.key"), key=[name, own].index)]


def test_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is not there is told and not made, and no page shows the password."""
    monkeypatch.setenv("HERVAT_KEYS", str(tmp_path / "node.key"))
    url = server().store()
    with served(url.replace("//hervat@", "//hervat:s3cret@")) as site:
        assert site.get("/en").status_code == 503
        assert not place_of(url).is_there()
        with Node.opened(url, writer=True) as node:
            node.receive(EXAMPLES.read_bytes().splitlines())
        pages = [site.get(path) for path in ("/en", "/en/held", "/")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any("s3cret" in page.text for page in pages)


def test_the_bench_leaves_nothing_behind(url: str) -> None:
    ended = hervat("bench", "receive", "--scale", "0.0002", "--json", store=url)
    assert ended.status == 0, ended
    assert ended.document["engine"].startswith("PostgreSQL ")
    assert server().execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'hervat_bench%'") == []
