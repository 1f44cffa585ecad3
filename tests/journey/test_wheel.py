"""The wheel, built and installed in places of their own without a network: everything that hervat reads is in it, and it runs."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from hervat import __version__
from tests.faults.processes import EXAMPLES, PATIENCE, ROOT
from tests.tidy.tree import paths

PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("HERVAT_", "PYTHON"))}
VENDORED = sorted((ROOT / "src" / "hervat" / "doors" / "pages" / "static" / "vendor").glob("htmx*"))


def run(*arguments: str | Path, cwd: Path) -> str:
    done = subprocess.run(arguments, cwd=cwd, env=PLAIN, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, for a build leaves things behind."""
    folder = tmp_path_factory.mktemp("wheel")
    packed = [path for path in paths() if path.startswith("src/") or path in ("pyproject.toml", "LICENSE")]
    for path in [*packed, *(str(vendored.relative_to(ROOT)) for vendored in VENDORED)]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, folder / path)
    told = ("--disable-pip-version-check", "-qq", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder / "dist")
    run(sys.executable, "-m", "pip", "wheel", *told, folder, cwd=folder)
    return next((folder / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel in it, and beside it what the packages of this one are."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    told = ("--disable-pip-version-check", "-qq", "install", "--no-deps", "--no-index")
    run(sys.executable, "-m", "pip", "--python", python, *told, wheel, cwd=folder)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    # Its own .pth files, and with them this checkout, are not read from there.
    (site / "beside.pth").write_text("\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}))
    assert run(python, "-c", "import hervat; print(hervat.__file__)", cwd=folder).startswith(str(site))
    return folder / "bin"


def test_everything_that_is_no_python_is_in_it_too(wheel: Path) -> None:
    with ZipFile(wheel) as packed:
        names = set(packed.namelist())
    source = [path.removeprefix("src/") for path in paths() if path.startswith("src/hervat/")]
    vendored = [str(path.relative_to(ROOT / "src")) for path in VENDORED]
    assert [path for path in [*source, *vendored] if path not in names] == []
    assert wheel.name == f"hervat-{__version__}-py3-none-any.whl"
    assert not [name for name in names if name.startswith("tests") or name.endswith((".db", ".key"))]


def test_it_receives_answers_and_proves(installed: Path, tmp_path: Path) -> None:
    hervat = installed / "hervat"
    run(hervat, "init", cwd=tmp_path)
    assert "applied 52" in run(hervat, "receive", EXAMPLES, cwd=tmp_path)
    assert "Karel Jansen" in run(hervat, "person", "20250001", cwd=tmp_path)
    assert "52 entries verified" in run(hervat, "verify", cwd=tmp_path)
    run(hervat, "backup", "kept", cwd=tmp_path)
    assert "Same world: yes" in run(hervat, "rehearse", "letter", "--scale", "0.001", cwd=tmp_path)


@contextmanager
def serving(hervat: Path, cwd: Path) -> Iterator[str]:
    given = (hervat, "serve", "--port", "0")
    with subprocess.Popen(given, cwd=cwd, env=PLAIN | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().partition("http://")[2].partition("/")[0]
        finally:
            process.terminate()


def test_it_serves_its_pages(installed: Path, tmp_path: Path) -> None:
    run(installed / "hervat", "receive", EXAMPLES, cwd=tmp_path)
    with serving(installed / "hervat", tmp_path) as address, httpx.Client(base_url=f"http://{address}") as site:
        for path in ("/en", "/", "/en/held"):
            page = site.get(path)
            assert page.status_code == 200
        named = {part.split('"')[0] for part in page.text.split('"/static/')[1:]}
        assert named
        assert {path: site.get(f"/static/{path}").status_code for path in named} == dict.fromkeys(named, 200)
        assert any(path.endswith(".css") for path in named)
        assert bool(VENDORED) == any("htmx" in path for path in named)
