"""The schema of each engine is a row of migrations: numbered from 1, each number once."""

import pytest

from tests.tidy.tree import ROOT


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_migrations_are_numbered_without_gap_or_double(engine: str) -> None:
    names = sorted(path.name for path in (ROOT / "src/hervat/stores" / engine / "migrations").glob("*.sql"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
