"""The lines before the writer: fair between partners, bounded for each, and empty at the end."""

from datetime import UTC, datetime
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.doors.http.problems import Declined
from hervat.doors.http.queue import LARGEST_BYTES, Parcel, Queue
from hervat.doors.http.signers import Signer
from hervat.partner import PartnerKey

A, B, C = "a", "b", "c"
KEY = PartnerKey(id="k", algorithm="ed25519", public="", valid_from=datetime(2025, 1, 1, tzinfo=UTC))


def parcel(oin: str, count: int = 1) -> Parcel:
    return Parcel(Signer(oin, KEY), [b"{}"] * count, True, lambda answer: None)


def test_each_turn_takes_from_every_line() -> None:
    queue = Queue(100_000)
    many = [parcel(A, 500) for _ in range(40)]
    few = parcel(B)
    for one in [*many, few]:
        queue.put(one)
    first = queue.take(4000)
    assert first == [*many[:4], few]
    assert queue.take(4000) == many[4:12]


def test_a_parcel_larger_than_a_turn_is_taken_all_the_same() -> None:
    queue = Queue(10)
    large = [parcel(oin, 9000) for oin in (A, B, C)]
    for one in large:
        queue.put(one)
    assert queue.take(2) == large


def test_a_partner_has_room_for_so_many_messages_and_the_others_have_theirs() -> None:
    queue = Queue(1000)
    queue.put(parcel(A, 5000))
    with pytest.raises(Declined) as declined:
        queue.put(parcel(A))
    assert (declined.value.status_code, declined.value.headers) == (429, {"Retry-After": "1"})
    queue.put(parcel(B, 999))
    queue.put(parcel(B))
    queue.take(1)
    queue.put(parcel(A))


def test_bytes_are_reserved_for_each_and_given_back() -> None:
    queue = Queue(1)
    with queue.room(A, LARGEST_BYTES), queue.room(B, 1), pytest.raises(Declined), queue.room(A, 1):
        raise AssertionError("there was no room")
    with queue.room(A, LARGEST_BYTES):
        assert queue.take(1) == []


def test_whoever_waits_is_woken_and_at_the_end_gets_nothing() -> None:
    queue, taken = Queue(1), list[list[Parcel]]()
    thread = Thread(target=lambda: taken.extend(queue.take(9, wait=60) for _ in range(2)))
    thread.start()
    one = parcel(A)
    queue.put(one)
    queue.close()
    thread.join(10)
    assert taken in ([[one], []], [[one]])
    with pytest.raises(Declined) as declined:
        queue.put(parcel(A))
    assert declined.value.status_code == 503


@given(st.lists(st.tuples(st.sampled_from([A, B, C]), st.integers(1, 50)), max_size=40), st.integers(1, 120))
def test_everything_is_taken_once_in_the_order_of_its_line(sent: list[tuple[str, int]], most: int) -> None:
    queue = Queue(100_000)
    parcels = [parcel(*one) for one in sent]
    for one in parcels:
        queue.put(one)
    taken = list[Parcel]()
    while group := queue.take(most):
        assert {one.oin for one in group} == {one.oin for one in parcels if one not in taken}
        taken += group
    assert sorted(map(id, taken)) == sorted(map(id, parcels))
    for oin in (A, B, C):
        assert [one for one in taken if one.oin == oin] == [one for one in parcels if one.oin == oin]
