"""What can be told of the Containerfile without building it: its stages, the paths it copies, as whom it runs, and what it starts."""

import json
import re
import tomllib

from hervat.doors.commands import COMMANDS
from tests.tidy.tree import ROOT, paths

INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"}


def instructions() -> list[tuple[str, str]]:
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line and not line.startswith("#"))]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for name, rest in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found


def values(stage: list[tuple[str, str]], name: str) -> list[str]:
    return [rest for each, rest in stage if each == name]


def test_it_is_written_in_instructions_and_builds_in_stages() -> None:
    assert {name for name, _ in instructions()} <= INSTRUCTIONS
    assert len(stages()) == 3


def test_images_are_named_barely() -> None:
    images = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    assert [image for image in images if not re.fullmatch(r"[a-z]+:[0-9.]+-[a-z]+", image)] == []


def test_what_is_copied_is_there() -> None:
    listed, named = set(paths()), set[str]()
    for stage in stages():
        for copy in values(stage, "COPY"):
            begin, *sources = copy.split()[:-1]
            if begin.startswith("--from="):
                assert begin.removeprefix("--from=") in named
                continue
            missing = [each for each in (begin, *sources) if each not in listed and not any(path.startswith(f"{each}/") for path in listed)]
            assert missing == []
        named.add(values(stage, "FROM")[0].rpartition(" AS ")[2])


def test_what_the_pages_get_is_what_make_gives_them() -> None:
    """Both put the same files of htmx in the same place."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    vendor = re.search(r"^VENDOR := (.*)$", makefile, re.MULTILINE)
    assert vendor is not None
    copied = [copy.split()[1:] for copy in values(stages()[1], "COPY") if copy.startswith("--from=pages")]
    assert len(copied) == 2
    for source, to in copied:
        made = to.replace(vendor[1], "$(VENDOR)")
        assert f"cp {source.removeprefix('/build/')} {made}\n" in makefile


def test_it_installs_under_hashes_what_this_checkout_does() -> None:
    runs = "\n".join(values(stages()[1], "RUN"))
    assert "--require-hashes -r requirements/run.txt" in runs
    assert "--no-deps --no-build-isolation ." in runs


def test_it_runs_as_somebody_without_rights_and_keeps_its_store_on_the_volume() -> None:
    last = stages()[-1]
    (user,), (volume,) = values(last, "USER"), values(last, "VOLUME")
    assert int(user) > 0
    assert f"--uid {user} " in values(last, "RUN")[0]
    assert [name for name, _ in last[last.index(("USER", user)) :] if name == "RUN"] == []
    environment = dict(rest.split("=", 1) for rest in values(last, "ENV"))
    assert environment["HERVAT_STORE"].startswith(f"sqlite:///{volume}/")
    assert values(last, "WORKDIR") == [volume]


def test_what_it_starts_is_a_command() -> None:
    last, project = stages()[-1], tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (program,) = json.loads(values(last, "ENTRYPOINT")[0])
    assert program in project["scripts"]
    assert json.loads(values(last, "CMD")[0])[0] in COMMANDS
    assert values(last, "EXPOSE") == []
