"""The two stores and their servers, once for each process that runs tests."""

from collections.abc import Iterator

import pytest

from tests.journey.site import Served, make_broken_off, make_whole, served


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    url = f"sqlite:///{tmp_path_factory.mktemp('whole') / 'whole.db'}"
    make_whole(url)
    with served(url) as server:
        yield server


@pytest.fixture(scope="session")
def broken_off(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    url = f"sqlite:///{tmp_path_factory.mktemp('broken') / 'broken_off.db'}"
    make_broken_off(url)
    with served(url) as server:
        yield server
