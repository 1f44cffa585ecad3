"""The real process, ended at any moment: nothing with a receipt is gone, and a second run goes on to the same register."""

import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.processes import (
    command,
    digest_of,
    environment,
    examine,
    hervat,
    kill_and_see_helpers_end,
    lines_of,
    url,
    whole_receipts,
    write_lines,
)

SEED = int(os.environ.get("KILL_SEED", "20250718"))
KILLS = 6


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str, float]:
    """A file of messages; how many, the digest of an undisturbed run, and the seconds which that took."""
    folder = tmp_path_factory.mktemp("undisturbed")
    lines = lines_of(7, 0.014)
    source = write_lines(folder / "messages.jsonl", lines)
    began = time.monotonic()
    done = hervat("receive", source, "--receipts", folder / "receipts", "--json", store=folder / "hervat.db")
    took = time.monotonic() - began
    assert done.status == 0
    receipts = whole_receipts(folder / "receipts")
    assert len(receipts) == len(lines)
    assert examine(folder / "hervat.db", receipts) == done.document["received"]
    return source, len(lines), digest_of(folder / "hervat.db"), took


def receiving(source: Path, store: Path, **more: object) -> subprocess.Popen[bytes]:
    given = command("receive", source, "--receipts", store.with_name("receipts"), "--json", "--store", url(store))
    return subprocess.Popen(
        given,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **more,  # type: ignore[call-overload]
    )


def after_a_delay(delay: float) -> Callable[[Path], None]:
    return lambda store: time.sleep(delay)


def once_there_are(receipts: int, delay: float = 0) -> Callable[[Path], None]:
    """Waits until so many receipts are out, and a little more."""

    def wait(store: Path) -> None:
        file, until = store.with_name("receipts"), time.monotonic() + 60
        while not (file.exists() and len(whole_receipts(file)) >= receipts):
            assert time.monotonic() < until, "it receives nothing"
            time.sleep(0.002)
        time.sleep(delay)

    return wait


def goes_on(source: Path, store: Path, expected: str) -> None:
    """A second run takes what is missing, and only that; every receipt is the one that was given before."""
    given = whole_receipts(store.with_name("receipts"))
    size = examine(store, given) if store.exists() else 0
    assert size >= len({receipt["position"] for receipt in given})
    again = hervat("receive", source, "--receipts", store.with_name("receipts"), "--json", store=store)
    assert again.status == 0
    after = whole_receipts(store.with_name("receipts"))
    assert after[: len(given)] == given
    assert again.document["received"] == examine(store, after) - size
    assert digest_of(store) == expected


@pytest.mark.parametrize("turn", range(KILLS))
def test_kill_at_a_random_moment(world: tuple[Path, int, str, float], tmp_path: Path, turn: int) -> None:
    source, count, expected, took = world
    rng = random.Random(SEED + turn)
    store = tmp_path / "hervat.db"
    for _ in range(1 + turn % 2):
        # Half of the moments lie anywhere, the making of the store included; half while receipts come out.
        at_random = after_a_delay(rng.uniform(0.05, took))
        while_receiving = once_there_are(rng.randrange(1, count // 2), rng.uniform(0, 0.1))
        process = receiving(source, store)
        (at_random if turn % 4 < 2 else while_receiving)(store)
        process.kill()
        process.communicate(timeout=60)
        if store.exists():
            examine(store, whole_receipts(store.with_name("receipts")))
    goes_on(source, store, expected)


@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_interrupt(world: tuple[Path, int, str, float], tmp_path: Path, delay: float) -> None:
    """Ctrl-C reaches every process of the terminal's foreground; one of them tells it in words."""
    source, _, expected, _ = world
    store = tmp_path / "hervat.db"
    process = receiving(source, store)
    once_there_are(1, delay)(store)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.decode().splitlines() == [
        "hervat: stopped; whatever was acknowledged is on disk, run the same command again to go on"
    ]
    assert b'"status": 130' in out
    goes_on(source, store, expected)


def test_interrupt_while_it_begins(world: tuple[Path, int, str, float], tmp_path: Path) -> None:
    """While the helper of the receiving process comes up, too, there are words and no traceback of any process."""
    source, _, expected, _ = world
    for turn, delay in enumerate((0.2, 0.35)):
        store = tmp_path / str(turn) / "hervat.db"
        store.parent.mkdir()
        process = receiving(source, store)
        while not store.with_name("hervat.db.key").exists():
            time.sleep(0.002)
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert b"Traceback" not in err, err.decode()
        assert process.returncode in (0, 130)
    goes_on(source, store, expected)


def test_a_full_disk(world: tuple[Path, int, str, float], tmp_path: Path) -> None:
    """A disk that takes no more ends the command in words; there is room again, and it goes on."""
    source, _, expected, _ = world
    store = tmp_path / "hervat.db"

    def no_more_than(size: int) -> Callable[[], None]:
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    for size in (30_000, 2_000_000):
        process = receiving(source, store, preexec_fn=no_more_than(size))
        out, err = process.communicate(timeout=60)
        assert process.returncode == 3, (out, err)
        assert b"Traceback" not in err, err.decode()
        assert err.startswith(b"hervat: ")
        if store.exists():
            examine(store, whole_receipts(store.with_name("receipts")))
    goes_on(source, store, expected)


def test_the_helper_ends_with_its_parent(world: tuple[Path, int, str, float], tmp_path: Path) -> None:
    source, _, _, _ = world
    store = tmp_path / "hervat.db"
    process = receiving(source, store)
    once_there_are(1)(store)
    kill_and_see_helpers_end(process)
