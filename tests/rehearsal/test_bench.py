"""The bench of certificates: it measures what it says, beside its baseline, and leaves nothing behind. No figure is asserted."""

from pathlib import Path
from random import Random

import msgspec
import pytest

from hervat.rehearsal.bench_certificates import applications
from hervat.rehearsal.rates import KNOWN_APPLICANTS
from tests.faults.processes import Ended, hervat
from tests.postgres import server

SCALE = "0.001"


def sound(ended: Ended, engine: str) -> None:
    assert ended.status == 0, ended
    found = ended.document
    assert found["engine"].startswith(engine)
    assert sum(found["proposed"].values()) == found["applications"] == 100
    assert found["proposed"].keys() <= {"grant", "assess"} and found["proposed"]["grant"] > 50
    measured = {"baseline", "one_by_one", "in_sixteens", "in_batches"}
    assert found["a_second"].keys() == found["a_processor_second"].keys() == measured
    assert found["milliseconds"].keys() == measured - {"in_batches"} | {"all_sixteen"}
    assert all(one["p50"] <= one["p99"] <= one["max"] for one in found["milliseconds"].values())
    assert found["of_baseline"].keys() == measured - {"baseline"}


def test_it_measures_beside_a_file_and_leaves_nothing_there(tmp_path: Path) -> None:
    sound(hervat("bench", "certificates", "--scale", SCALE, "--json", cwd=tmp_path), "SQLite ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_it_measures_on_a_server_and_leaves_nothing_there(tmp_path: Path) -> None:
    sound(hervat("bench", "certificates", "--scale", SCALE, "--on", server().address("postgres"), "--json", cwd=tmp_path), "PostgreSQL ")
    assert server().execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'hervat_bench%'") == []


def test_few_applicants_are_known_and_each_application_has_a_number_and_a_sequence() -> None:
    known = ["999990019", "999990020"]
    made = list(applications(Random(1), 2000, known, 7))
    assert len({number for number, _, _ in made}) == 2000
    told = [msgspec.json.decode(raw) for _, _, raw in made]
    assert [one["sequence"] for one in told] == [str(7 + at) for at in range(2000)]
    assert [(one["data"]["application"], one["data"]["bsn"]) for one in told] == [(number, bsn) for number, bsn, _ in made]
    share = sum(bsn in known for _, bsn, _ in made) / 2000
    assert abs(share - KNOWN_APPLICANTS.value) < 0.03
