"""The socket for acts: who may speak there, and that an act is taken back by who leaves before its turn."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.doors.acts.asked import ActRequest
from hervat.doors.acts.governing import CeilingChange, Scrub
from hervat.doors.acts.line import LARGEST, ActAnswer, Done, NotDone, asking, read_answer
from hervat.doors.acts.place import connected, listening
from hervat.doors.acts.taking import taking
from hervat.errors import StoreFault
from hervat.stores.opening import place_of

ACT = ActRequest(place="here", act=Scrub())
NOBODY = 65534


class Writer:
    """Keeps what is asked, and answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[Future[ActAnswer]] = []

    def ask(self, request: ActRequest) -> "Future[ActAnswer]":
        assert request == ACT
        self.asked.append(Future())
        return self.asked[-1]


async def until(holds: Any) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


async def leave(speaking: asyncio.StreamWriter) -> None:
    speaking.close()
    with suppress(OSError):
        await speaking.wait_closed()


def served(path: Path, story: Any, left: Sequence[asyncio.StreamWriter] = ()) -> Writer:
    """Let a story happen at a socket with a writer behind it; who is `left` speaks until after the end."""
    writer = Writer()

    async def run() -> None:
        with listening(path) as listener:
            async with taking(listener, writer.ask):
                ending: Coroutine[Any, Any, None] = story(writer)
                await ending
            for speaking in left:
                await leave(speaking)

    # A browser that another test left open has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, run()).result()
    return writer


def test_who_leaves_before_the_turn_takes_the_act_back_and_who_leaves_later_does_not(tmp_path: Path) -> None:
    path = tmp_path / "acts"

    async def story(writer: Writer) -> None:
        for number in range(2):
            _, speaking = await asyncio.open_unix_connection(path)
            speaking.write(asking(ACT.place, ACT.act))
            await until(lambda count=number + 1: len(writer.asked) == count)
            if number:
                writer.asked[number].set_running_or_notify_cancel()
            await leave(speaking)
            if not number:
                await until(writer.asked[0].cancelled)
        writer.asked[1].set_result(Done(answer={}))

    taken_back, done = served(path, story).asked
    assert taken_back.cancelled() and not done.cancelled()
    assert not path.exists()


def test_many_may_speak_and_those_beyond_are_turned_away(tmp_path: Path) -> None:
    path, left = tmp_path / "acts", list[asyncio.StreamWriter]()

    async def story(writer: Writer) -> None:
        idle = [await asyncio.open_unix_connection(path) for _ in range(16)]
        reading, speaking = await asyncio.open_unix_connection(path)
        answer = read_answer(await reading.read())
        assert isinstance(answer, NotDone) and "run the command again" in answer.message
        await leave(speaking)
        for _, one in idle[1:]:
            await leave(one)
        await asyncio.sleep(0.2)
        reading, speaking = await asyncio.open_unix_connection(path)
        speaking.write(asking(ACT.place, ACT.act))
        await until(lambda: writer.asked)
        writer.asked[0].set_result(Done(answer={"position": 1}))
        assert read_answer(await reading.read()) == Done(answer={"position": 1})
        await leave(speaking)
        # The first of them never says a whole line, and hinders nobody from ending.
        idle[0][1].write(b"{")
        left.append(idle[0][1])

    served(path, story, left)


def test_what_is_too_long_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "acts"

    async def story(_: Writer) -> None:
        reading, speaking = await asyncio.open_unix_connection(path)
        speaking.write(b"x" * (3 * LARGEST))
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reading.readexactly(1)
        await leave(speaking)

    assert served(path, story).asked == []


# Another user where there is one to be: what is loaded first may be readable by nobody else.
_AS_ANOTHER = f"import os, socket, sys; os.geteuid() or os.setuid({NOBODY}); s = socket.socket(socket.AF_UNIX); "
SPEAK = "s.connect(sys.argv[1])\ntry:\n s.send(b'x\\n')\nexcept OSError:\n pass\nprint(s.recv(9999))"
IS_ROOT = os.geteuid() == 0
_DOWN = f"os.geteuid() or os.setuid({NOBODY})"


def as_another(script: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", _AS_ANOTHER + script, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory that other users can reach, as those of pytest are not."""
    made = Path(tempfile.mkdtemp(prefix="hervat-acts-"))
    made.chmod(0o1777)
    yield made
    shutil.rmtree(made)


def test_another_user_is_turned_away_by_the_socket_and_by_who_listens(folder: Path) -> None:
    told = list[str]()

    async def story(_: Writer) -> None:
        for mode in (0o600, 0o666):
            (folder / "acts").chmod(mode)
            speaking = as_another(SPEAK, folder / "acts")
            told.append((await asyncio.to_thread(speaking.communicate))[0])

    served(folder / "acts", story)
    wanted = ["PermissionError", "acts are taken from the user"] if IS_ROOT else ["cannot read this"] * 2
    assert [words in said for words, said in zip(wanted, told, strict=True)] == [True, True], told


def test_nothing_is_told_to_another_user_who_listens_in_the_place_of_a_node(folder: Path) -> None:
    listening = as_another("s.bind(sys.argv[1]); s.listen(); print('listens', flush=True); print(s.accept()[0].recv(9))", folder / "acts")
    assert listening.stdout is not None and listening.stdout.readline() == "listens\n"
    if IS_ROOT:
        with pytest.raises(StoreFault, match="another user than you"), connected(folder / "acts"):
            raise AssertionError("it was trusted")
    else:
        with connected(folder / "acts") as connection:
            connection.sendall(b"told")
    assert listening.communicate(timeout=30)[0] == ("b''\n" if IS_ROOT else "b'told'\n")


def test_a_ceiling_is_one_thing_and_its_moment_is_one() -> None:
    decided = {"source": "s", "by": "a", "why": "b"}
    for wrong in ({"sequence": 1, "hold": True}, {"time": "2025-08-01T00:00:00"}, {"time": "2025-08-01T00:00:00Z", "sequence": 0}):
        with pytest.raises(ValueError, match=r"ceiling|time|offset|moment"):
            CeilingChange(**decided, **wrong)  # type: ignore[arg-type]


MAY_WRITE = "print(place_of(sys.argv[1]).is_writable())"


def test_a_store_that_another_user_may_only_read_is_known_before_anything_is_tried(folder: Path) -> None:
    path = folder / "hervat.db"
    with Node.opened(f"sqlite:///{path}", writer=True):
        pass
    assert place_of(f"sqlite:///{path}").is_writable()
    script = f"import os, sys; from hervat.stores.opening import place_of; os.geteuid() or os.setuid({NOBODY}); {MAY_WRITE}"
    found = []
    for file, around in ((0o666, 0o777), (0o444, 0o777), (0o666, 0o555)):
        path.chmod(file)
        folder.chmod(around)
        ended = subprocess.run([sys.executable, "-c", script, f"sqlite:///{path}"], capture_output=True, text=True, check=True)
        found.append(ended.stdout.strip())
    folder.chmod(0o777)
    assert found == ["True", "False", "False"]
    assert place_of(f"sqlite:///{folder / 'absent.db'}").is_writable(), "that it is not there is told first"


READ = "try:\n SQLiteStore(Path(sys.argv[1]), writer=False).head()\nexcept StoreFault as fault:\n print(fault)"


def test_who_may_only_read_is_told_what_reading_asks(folder: Path) -> None:
    path = folder / "hervat.db"
    with Node.opened(f"sqlite:///{path}", writer=True):
        pass
    folder.chmod(0o555)
    loaded = "import os, sys; from pathlib import Path; from hervat.errors import StoreFault; from hervat.stores.sqlite import SQLiteStore"
    script = f"{loaded}; from hervat.stores.sqlite.statements import migrations, statements; statements(); migrations(); {_DOWN}\n{READ}"
    ended = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    folder.chmod(0o777)
    assert "ask as its owner" in ended.stdout and "hervat verify" not in ended.stdout, ended.stdout
