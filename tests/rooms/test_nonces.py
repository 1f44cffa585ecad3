"""Nonces: each comes once within its time, across restarts; neither memory nor file grows without end."""

import os
from pathlib import Path

import pytest

from hervat.doors.http import nonces
from hervat.doors.http.nonces import Nonces
from hervat.errors import StoreFault

A, B = "00000099000000001000", "00000099000000002000"


def test_a_nonce_comes_once_for_each_partner(tmp_path: Path) -> None:
    seen = Nonces(tmp_path / "nonces", 0)
    assert [seen.remember(oin, "n", 100, 1) for oin in (A, A, B, B)] == [True, False, True, False]
    seen.close()
    again = Nonces(tmp_path / "nonces", 50)
    assert [again.remember(oin, "n", 150, 51) for oin in (A, B)] == [False, False]


def test_what_is_past_its_time_is_forgotten_in_memory_and_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what came there are never more than a hundred within their time; as each is synced, what may lie there besides is made small."""
    monkeypatch.setattr(nonces, "_SPARE", 400)
    path = tmp_path / "nonces"
    seen = Nonces(path, 0)
    longest = 0
    for number in range(2_500):
        assert seen.remember(A, str(number), number // 10 + 10, number // 10) is True
        longest = max(longest, path.stat().st_size)
    assert longest < 1_250 * 60
    assert seen.remember(A, "2499", 900, 249) is False
    assert seen.remember(A, "0", 900, 249) is True
    seen.close()
    Nonces(path, 1_000).close()
    assert path.read_bytes() == b""


def test_a_line_that_was_cut_off_is_no_nonce(tmp_path: Path) -> None:
    path = tmp_path / "nonces"
    seen = Nonces(path, 0)
    seen.remember(A, "whole", 100, 1)
    seen.close()
    with path.open("ab") as file:
        file.write(b"100 00000099000000001000 abc")
    again = Nonces(path, 2)
    assert again.remember(A, "whole", 100, 2) is False
    assert again.remember(A, "cut", 100, 2) is True


def test_a_partner_has_room_for_so_many_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nonces, "MOST", 3)
    seen = Nonces(tmp_path / "nonces", 0)
    assert [seen.remember(A, str(number), 100, 1) for number in range(4)] == [True, True, True, None]
    assert seen.remember(B, "0", 100, 1) is True
    assert seen.remember(A, "4", 200, 140) is True


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="which requests it has seen"):
        Nonces(tmp_path / "nowhere" / "nonces", 0)


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    Nonces(tmp_path / "nonces", 0).close()
    assert os.stat(tmp_path / "nonces").st_mode & 0o077 == 0
