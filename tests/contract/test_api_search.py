"""schemathesis searches the running door from its own description, signed and not: no answer is other than described."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.faults.processes import ROOT, environment, examine
from tests.journey.door import OM, Door, Signer, case, exchanging, opened

PRIVATE = Ed25519PrivateKey.generate()
PROSECUTOR = Signer(OM, private=PRIVATE)
# Fields of the signature are not searched here: it is made last, over whatever is sent (tests/contract/signing.py).
SEARCH = (
    *("--phases", "examples,coverage,fuzzing"),
    *("--max-examples", "15"),
    *("--seed", "1"),
    *("--generation-with-security-parameters", "false"),
    "--no-color",
)
CONFIG = ROOT / "tests" / "contract" / "schemathesis.toml"
PATIENCE = 120


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("search")
    with opened(folder / "hervat.db", PROSECUTOR, settings=exchanging(folder)) as served:
        assert served.send(PROSECUTOR, [case(1), case(2)]).status_code == 202
        yield served


def searched(door: Door, folder: Path, **more: str) -> str:
    """What schemathesis says at its end; fails where it found anything."""
    program = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)]
    command = [*program, "run", f"{door.url}/openapi.json", *SEARCH]
    named = environment(**more) | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run(command, cwd=folder, env=named, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_search_with_a_partners_signature_finds_nothing(door: Door, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    named = {"HERVAT_TEST_KEY": str(key), "HERVAT_TEST_KEYID": PROSECUTOR.keyid}
    said = searched(door, tmp_path, SCHEMATHESIS_HOOKS="tests.contract.signing", **named)
    assert "returned only 401 responses" not in said
    assert int(re.findall(r"(\d+) passed", said)[-1]) > 100


def test_a_search_without_a_signature_finds_nothing_and_takes_nothing(door: Door, tmp_path: Path) -> None:
    before = examine(door.ground.url)
    assert int(re.findall(r"(\d+) passed", searched(door, tmp_path))[-1]) > 100
    assert examine(door.ground.url) == before
