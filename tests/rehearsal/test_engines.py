"""The letter on both engines and in steps of any size: the same registers, and the same messages held."""

import pytest

from hervat.rehearsal import beside, letter
from hervat.rehearsal.report import in_words
from hervat.rehearsal.world import World
from tests.faults.processes import PATIENCE, hervat
from tests.postgres import empty_store, server

pytestmark = pytest.mark.postgres
SCALE = 0.0005
SIZES = (1, 7, 100, 1000)


def _quiet(name: str, done: float, total: float) -> None:
    """Nobody watches a test."""


def _told(run: letter.Run) -> tuple[object, ...]:
    held = sorted((one["source"], one["id"], one["reason"], *one["needs"]) for one in run.held_at_end)
    spoken = {
        pair: [(on, one.says, one.disposition, one.days, one.case, one.reason) for on, _, one in said.said]
        for pair, said in run.spoken.items()
    }
    return run.digest, held, run.refused, run.balance, run.horizon, spoken


def test_the_same_on_both_engines_in_steps_of_any_size(costly_seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A seed takes two of the four sizes, one an engine, so that four seeds have had them all on either."""
    world = World(costly_seed, SCALE)
    folder = tmp_path_factory.mktemp("letter")
    size, other = SIZES[costly_seed % 4], SIZES[(costly_seed + 2) % 4]
    on_file = letter.run_all(world, letter.in_files(folder), _quiet, size, decides=False)
    with empty_store() as one, empty_store() as two, empty_store() as three:
        urls = dict(zip(on_file, (one, two, three), strict=True))
        on_server = letter.run_all(world, lambda name: letter.Where(urls[name], folder / f"{name}.key"), _quiet, other, decides=False)
        assert {name: _told(run) for name, run in on_file.items()} == {name: _told(run) for name, run in on_server.items()}
        assert beside.compare(world, on_server["cut"]).equal
    assert len({run.digest["register"] for run in on_server.values()}) == 1


def test_one_world_in_all_four_sizes(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The world with a cut, in which much is held; the others are laid beside it in two of the sizes for each seed above."""
    world, told = World(4, SCALE), []
    name, deliver = letter.WORLDS[1]
    for size in SIZES:
        folder = tmp_path_factory.mktemp(f"size{size}")
        with empty_store() as url:
            places = (letter.in_files(folder)(name), letter.Where(url, folder / "node.key"))
            told += [_told(letter.run_world(name, world, list(deliver(world)), where, _quiet, size)) for where in places]
    assert told == [told[0]] * (2 * len(SIZES))


def schemas() -> list[str]:
    either = "nspname LIKE 'hervat_letter_%' OR nspname LIKE 'hervat_returning%'"
    found = server().execute(f"SELECT nspname FROM pg_namespace WHERE {either} ORDER BY 1")
    return [name for (name,) in found]


def test_the_command_rehearses_on_a_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same report as on files; the schemas stay with their keys in the directory, or are gone at the end."""
    folder, on = tmp_path_factory.mktemp("command"), server().address("postgres")
    given = ("rehearse", "letter", "--scale", "0.0003", "--json")
    on_file = hervat(*given, cwd=folder)
    kept = hervat(*given, "--on", on, "--directory", folder / "kept", cwd=folder, PGCONNECT_TIMEOUT=str(PATIENCE))
    assert (on_file.status, kept.status, schemas()) == (0, 0, ["hervat_letter_cut", "hervat_letter_uncut", "hervat_letter_wrong_order"])
    words = "\n".join(in_words(kept.document))
    assert "HERVAT_KEYS=" in words
    store = words.partition("--store '")[2].partition("'")[0]
    told = [ended.document for ended in (on_file, kept)]
    for each in told:
        for world in each["worlds"].values():
            del world["store"], world["keys"]
    assert told[0] == told[1]
    assert hervat("digest", store=store, HERVAT_KEYS=str(folder / "kept" / "cut.key")).status == 0
    for name in schemas():
        server().execute(f"DROP SCHEMA {name} CASCADE")
    # Of a scenario that takes a tenth of the time: what makes the schemas and takes them away is one for all.
    thrown_away = hervat("rehearse", "returning-intruder", "--scale", "0.01", "--on", on, "--json", cwd=folder)
    assert (thrown_away.status, schemas()) == (0, [])
    assert hervat(*given, "--on", "sqlite:///x.db", cwd=folder).status == 2
