"""What hinders the sending to a partner for a while, and never ends it: addresses at which nothing can be, a node that cannot be opened,
a partner that says to come back in a thousand years, a fault of ours.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from hervat.assemble import Node
from hervat.batch import Gone
from hervat.clock import SystemClock
from hervat.dispatch.batches import Batch, manifest_of
from hervat.dispatch.ways import LinkCut
from hervat.doors.config import ExchangeTable
from hervat.doors.exchange.ourselves import Ourselves
from hervat.doors.exchange.sending import LONGEST_LATER, Dispatch, Sending
from hervat.exchanging import Exchange
from hervat.intake.partnering import Wish
from tests.journey.chain import FEED, Member, two
from tests.journey.door import case
from tests.rooms.exchanged import JDS, OM, Side

PATIENCE = 60


@pytest.fixture
def members(tmp_path: Path) -> tuple[Member, Member]:
    om, jds = two(tmp_path)
    om.receives([case(1), case(2)])
    return om, jds


def ours(member: Member) -> Ourselves:
    table = ExchangeTable(oin=member.oin, key=str(member.folder / "exchange.pem"), key_id="k1")
    return Ourselves(member.url, None, None, table)


def sending(member: Member, stop: Event) -> Sending:
    return Sending(ours(member), member.identity, JDS, SystemClock(), random.Random(1), stop)


@pytest.mark.parametrize("address", ["http://[", "http://127.0.0.1:99999", f"http://{'a' * 70}.nl", "http://.", "http://x:y"])
def test_an_address_at_which_nothing_can_be_is_told_and_tried_again(
    members: tuple[Member, Member], address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    om, jds = members
    om.knows(jds, address)
    dispatch = Dispatch(ours(om), SystemClock(), 1)
    dispatch.run(once=True)
    assert dispatch.hindered or dispatch.told()[0]["last"]
    assert "Traceback" not in capfd.readouterr().err


@contextmanager
def running(sender: Sending, stop: Event) -> Iterator[Thread]:
    thread = Thread(target=sender.run, kwargs={"once": False})
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(PATIENCE)


def test_a_node_that_cannot_be_opened_for_a_while_ends_nothing(members: tuple[Member, Member]) -> None:
    om, _ = members
    keys, away = om.folder / "hervat.db.key", om.folder / "away"
    stop = Event()
    sender = sending(om, stop)
    keys.rename(away)
    with running(sender, stop) as thread:
        _until(lambda: sender.hindered is not None)
        away.rename(keys)
        _until(lambda: sender.hindered is None and len(sender.known()) == 1)
        assert thread.is_alive()
    assert not thread.is_alive()


def _until(so: Callable[[], bool]) -> None:
    for _ in range(600):
        if so():
            return
        Event().wait(0.1)
    raise AssertionError("it never came")


def test_what_a_node_cannot_open_is_no_success(members: tuple[Member, Member]) -> None:
    om, _ = members
    dispatch = Dispatch(ours(om), SystemClock(), 1)
    (om.folder / "hervat.db.key").rename(om.folder / "away")
    dispatch._begin(JDS, once=True)
    dispatch._threads[0].join(PATIENCE)
    assert "key" in dispatch.hindered[JDS]


class _Never(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(503)
        self.send_header("Retry-After", "9" * 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def test_whatever_a_partner_says_it_is_asked_again(members: tuple[Member, Member]) -> None:
    om, jds = members
    with HTTPServer(("127.0.0.1", 0), _Never) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        om.knows(jds, f"http://127.0.0.1:{server.server_port}")
        sender = sending(om, Event())
        (journey,) = sender.journeys()
        assert not sender.step(journey)
        assert journey.again <= SystemClock().monotonic() + LONGEST_LATER
        sender.end()
        server.shutdown()


def test_a_partner_that_was_restored_from_a_backup_is_sent_what_it_signed_for_and_lost(members: tuple[Member, Member]) -> None:
    om, jds = members
    backup = jds.store.read_bytes()
    assert _sent(om, jds) == (2, [1, 2])
    jds.store.write_bytes(backup)
    om.receives([case(3)])
    assert _sent(om, jds) == (3, [1, 2, 3])


def test_a_partner_whose_word_does_not_count_is_sent_what_it_lost_and_people_are_told(members: tuple[Member, Member]) -> None:
    om, jds = members
    backup = jds.store.read_bytes()
    assert _sent(om, jds) == (2, [1, 2])
    jds.store.write_bytes(backup)
    with Node.opened(om.url, writer=True) as node:
        node.set_partner(JDS, Wish(revoke=("k1",)), by="a", why="b")
    with jds.serving() as door:
        om.knows(jds, door.url)
        sender = sending(om, Event())
        sender.run(once=True)
        (journey,) = sender.known()
        assert "was revoked" in str(journey.progress.last)
    with Node.opened(jds.url) as node:
        assert [*Side(node, jds.identity).digests(FEED)] == [1, 2]


@pytest.mark.parametrize("highest", [2, 3])
def test_what_a_thief_signed_as_gone_and_lies_here_differs_and_is_sent_again(members: tuple[Member, Member], highest: int) -> None:
    om, jds = members
    om.receives([case(number) for number in range(3, highest + 1)])
    backup = jds.store.read_bytes()
    assert _sent(om, jds)[0] == highest
    jds.store.write_bytes(backup)
    _stolen(om, jds, 2)
    jds.receives([case(1)])
    with jds.serving() as door:
        om.knows(jds, door.url)
        (told,) = om.does("reconcile", JDS, "--json").document
    differing = [(one["sequence"], one["what"]) for one in told["differences"]]
    assert (told["equal"], told["gone"], differing) == (False, [], [(number, "missing-there") for number in range(2, highest + 1)])
    assert _sent(om, jds)[0] == highest - 1
    with Node.opened(jds.url) as node:
        (feed,) = (one for one in node.store.feeds() if one.name == FEED)
        assert [*node.store.sequence_run(feed.number, 1, highest)] == [*range(1, highest + 1)]


def _stolen(om: Member, jds: Member, number: int) -> None:
    """Who has the key of OM signs a message that lies at OM as gone, with its true digest."""
    with Node.opened(om.url) as node:
        digest = Side(node, om.identity).digests(FEED)[number]
    with Node.opened(jds.url, writer=True) as node:
        gone = (Gone(sequence=number, digest=digest.hex(), whole=True),)
        at = SystemClock().now()
        manifest = manifest_of(om.identity, FEED, JDS, (number, number), gone, [digest], at)
        Side(node, jds.identity).exchange.take(Batch(manifest, ()), "wire", at)


def _sent(om: Member, jds: Member) -> tuple[int, list[int]]:
    """What goes when there is sent until nothing is to go; and what is there then."""
    with jds.serving() as door:
        om.knows(jds, door.url)
        sender = sending(om, Event())
        sender.run(once=True)
        (journey,) = sender.known()
        assert journey.progress.last is None
    with Node.opened(jds.url) as node:
        return journey.progress.sent, [*Side(node, jds.identity).digests(FEED)]


def test_what_was_made_ready_is_made_anew_after_a_cut(members: tuple[Member, Member]) -> None:
    om, jds = members
    om.knows(jds, "http://127.0.0.1:1")
    sender = sending(om, Event())
    (journey,) = sender.journeys()
    journey.ahead, journey.again = sender._beside.submit(sender._made, journey.way, 0), 1e12
    with Node.opened(om.url, writer=True) as node:
        Exchange(node, OM).act(LinkCut(partner=JDS, by="a", why="b"))
    assert sender.journeys() == []
    (told,) = sender.known()
    assert (told.ahead, told.again) == (None, 0.0)
    assert "cut" in str(told.progress.last)
    sender.end()
