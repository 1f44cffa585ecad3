"""`node.toml`: what holds when nothing is said, what is looked for where, and what is refused with its line."""

import re
import tomllib
from pathlib import Path

import pytest

from hervat.doors.acts.place import socket_path
from hervat.doors.cli import main
from hervat.doors.config import Config, DoorTable, NodeTable, RestartTable, ScreeningTable, ServeTable, read_config
from hervat.errors import Usage
from hervat.stores.opening import place_of

WHOLE = """\
[node]
store = "sqlite:///hervat.db"
keys = "keys/hervat.key"
socket = "run/acts"

[serve]
port = 8025

[door]
enabled = false
skew_seconds = 60
largest_queue = 100
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "node.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_holds_when_nothing_is_said(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, "")) == Config(node=NodeTable(store=f"sqlite:///{tmp_path / 'hervat.db'}"))
    assert (ScreeningTable().daily, ScreeningTable().at, ScreeningTable().canaries) == (True, "05:00", ())
    assert RestartTable().look_seconds == 30
    assert (ServeTable().port, DoorTable().enabled, DoorTable().skew_seconds) == (8025, True, 300)


def test_all_of_it_is_read_and_lies_beside_the_file(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, WHOLE))
    placed = {"keys": str(tmp_path / "keys" / "hervat.key"), "socket": str(tmp_path / "run" / "acts")}
    assert config.node == NodeTable(store=f"sqlite:///{tmp_path / 'hervat.db'}", **placed)
    assert config.door == DoorTable(enabled=False, skew_seconds=60, largest_queue=100)


def test_what_init_writes_shows_every_setting_and_what_holds_without_it(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "node")]) == 0
    path = tmp_path / "node" / "node.toml"
    as_it_is = read_config(path)
    path.write_text(re.sub(r"^# (?=[a-z_]+ = )", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")
    shown = tomllib.loads(path.read_text(encoding="utf-8"))
    assert {table: list(settings) for table, settings in shown.items()} == {
        "node": list(NodeTable.__struct_fields__),
        "serve": list(ServeTable.__struct_fields__),
        "door": ["enabled", "skew_seconds", "largest_queue", "authority"],
        "screening": list(ScreeningTable.__struct_fields__),
        "restart": list(RestartTable.__struct_fields__),
    }
    place = place_of(as_it_is.node.store)
    config = read_config(path)
    assert (config.node.keys, config.node.socket) == (str(place.keys_beside), str(socket_path(place)))
    assert (config.serve, config.door) == (as_it_is.serve, DoorTable(authority="register.example.org"))
    assert config.screening == ScreeningTable(canaries=("lrk-000000001",))
    assert config.restart == RestartTable()


@pytest.mark.parametrize("store", ["sqlite:////var/lib/hervat.db", "postgresql://hervat@north/hervat"])
def test_an_absolute_store_stays_where_it_is(tmp_path: Path, store: str) -> None:
    assert read_config(written(tmp_path, f'[node]\nstore = "{store}"\n')).node.store == store


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHOLE + "colour = 1\n", "line 13: door.colour: this is no setting; known are enabled, authority, skew_seconds, largest_queue"),
        ("[node]\n\n[server]\nport = 1\n", "line 3: server: this is no setting; known are node, serve, door"),
        ("port = 1\n", "line 1: port: this is no setting"),
        ("[serve]\n# a port\nport = 70000\n", "line 3: serve.port: Expected `int` <= 65535"),
        ("[serve]\nport = true\n", "line 2: serve.port: Expected `int`"),
        ("door = 3\n", "line 1: door: Expected `object`"),
        ("[serve\n", "it is no TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Usage) as told:
        read_config(written(tmp_path, text))
    assert said in str(told.value)


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="No such file"):
        read_config(tmp_path / "node.toml")


def test_a_file_that_is_no_text_is_wrong_use(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Usage, match="no text"):
        read_config(path)
