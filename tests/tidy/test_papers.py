"""The papers that go with the code: what an installation takes, what a release says, who may use it."""

import ast
import json
import re
import sys
import tomllib

import yaml

from tests.tidy.tree import ROOT, modules, texts

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {match["name"]: match["version"] for match in PIN.finditer(text)}


def bare(requirement: str) -> str:
    return re.split(r"[<>=~! ;\[]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_every_package_is_pinned_under_a_hash_and_no_host_is_named() -> None:
    for name in ("run.txt", "test.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert not re.search(r"^\s*-", text.replace("    --hash", ""), re.MULTILINE), "an option of pip"
        for block in re.split(r"\n(?=[a-z0-9])", text.strip()):
            assert PIN.match(block), block.splitlines()[0]
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_requirements_cover_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    run = {bare(r) for r in [*project["dependencies"], *extras["build"]]}
    assert run - pins("run.txt").keys() == set()
    assert {bare(r) for r in extras["postgres"]} - pins("run.txt").keys() == set()
    assert {bare(r) for r in extras["test"]} - pins("test.txt").keys() == set()
    assert pins("run.txt").items() <= pins("test.txt").items()


def test_the_lock_of_the_pages_names_no_host() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    packages = {path: entry for path, entry in json.loads(text)["packages"].items() if path}
    assert [path for path, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []


def test_nothing_is_imported_that_is_not_asked_for() -> None:
    """What the code imports stands in pyproject.toml itself, not only in the wake of another package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked_for = {bare(one) for one in (*project["dependencies"], *project["optional-dependencies"]["postgres"])}
    assert strangers("src") - asked_for == set()
    assert strangers("tools") - asked_for - {bare(one) for one in project["optional-dependencies"]["test"]} == set()


def strangers(room: str) -> set[str]:
    """The packages of others that the code of a room imports."""
    imported = {name.split(".")[0] for module in modules(room) for name in imports(module.tree)}
    return imported - sys.stdlib_module_names - {"hervat", "tools"}


def imports(tree: ast.Module) -> list[str]:
    plain = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    return plain + [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    headings = re.findall(r"^## \[?([^\]\n]+)\]?", texts()["CHANGELOG.md"], re.MULTILINE)
    assert headings[0] == "Unreleased"


def test_publiccode_yml_has_what_the_standard_requires() -> None:
    """The required keys of publiccode.yml 0.5, and the lengths that it allows."""
    found = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    assert found["publiccodeYmlVersion"] == "0.5"
    assert {"name", "url", "platforms", "developmentStatus", "softwareType", "description", "legal", "maintenance", "localisation"} <= set(
        found
    )
    assert found["developmentStatus"] in ("concept", "development", "beta", "stable", "obsolete")
    assert found["softwareType"] in ("standalone/backend", "standalone/web", "standalone/other")
    assert found["platforms"]
    assert set(found["description"]) == set(found["localisation"]["availableLanguages"])
    for told in found["description"].values():
        assert 0 < len(told["shortDescription"]) <= 150
        assert 150 <= len(told["longDescription"]) <= 10_000
        assert told["features"]
    assert found["legal"]["license"] == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license"]
    assert found["maintenance"]["type"] == "community"
    assert [one["name"] for one in found["maintenance"]["contacts"]]
    assert isinstance(found["localisation"]["localisationReady"], bool)


def test_the_licence_is_the_whole_english_eupl() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert [n for n in range(1, 16) if not re.search(rf"^{n}\.", text, re.MULTILINE)] == []
    assert text.rstrip().endswith("require the production of a new EUPL version.")


def test_ci_runs_what_everyone_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    assert script.rstrip().endswith("make test")
