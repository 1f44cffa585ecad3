"""A plan from the command line: explained, compared, priced, written; and a map that is none, refused with what is wrong."""

from pathlib import Path

import msgspec
import pytest

from hervat.chain.parts import ChainMap
from hervat.chain.plan import Plan
from hervat.clock import SteppedClock, parse_rfc3339
from hervat.doors.cli import main
from hervat.rehearsal.bench_plan import in_words, measure_plan
from tests.faults.processes import hervat
from tests.rooms.test_planning import a_cut_map


def _written(path: Path, chain: ChainMap) -> Path:
    """A map as TOML: tables of flat values are enough for that."""
    told = msgspec.to_builtins(chain, builtin_types=())
    lines = [f'name = "{told["name"]}"', "[cut]", *(f"{name} = {_toml(value)}" for name, value in told["cut"].items())]
    for table, rows in told.items():
        if isinstance(rows, list | tuple):
            for row in rows:
                lines += [f"[[{table}]]", *(f"{name} = {_toml(value)}" for name, value in row.items() if value is not None)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _toml(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text.strip('"') if isinstance(value, str) and value[:4].isdigit() and value[4:5] == "-" else text


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    return _written(tmp_path / "chain.toml", a_cut_map())


def test_a_plan_is_explained_and_written(chain: Path, tmp_path: Path) -> None:
    ended = hervat("plan", str(chain), "--out", str(tmp_path / "plan.json"), "--draws", "20", "--json")
    assert ended.status == 0, ended
    told = ended.document
    plan = msgspec.json.decode((tmp_path / "plan.json").read_bytes(), type=Plan)
    assert plan.hash == told["hash"] and len(plan.steps) == len(told["why"]) == 4
    assert told["published"]["same"] == [{"first": "om-jds", "then": "courts-jds"}] and told["doubt"]["choices"] == []
    assert told["harm"] <= min(told["baselines"].values())
    words = hervat("plan", str(chain), "--draws", "0")
    assert "open-om-jds (data)" in words.out and "1 pairs in the same order" in words.out
    assert "No plan of this map does less: optimal." in words.out


def test_what_is_said_against_a_plan_is_priced(chain: Path) -> None:
    told = hervat("plan", str(chain), "--before", "restore-berber,restore-gps", "--draws", "0", "--json").document
    assert told["price_of_overrides"] > 0
    assert told["prices"] == [{"said": "--before restore-berber,restore-gps", "price": told["price_of_overrides"]}]
    two = hervat("plan", str(chain), "--not-before", "restore-gps=24", "--pin", "restore-berber=2", "--draws", "0", "--json").document
    assert [one["said"] for one in two["prices"]] == ["--pin restore-berber=2", "--not-before restore-gps=24"]
    assert all(0 < one["price"] <= two["price_of_overrides"] for one in two["prices"]) and two["pinned_later"] == []
    said = hervat("plan", str(chain), "--pin", "restore-gps=1e999", "--draws", "0")
    assert said.status == 2 and "is to be STEP=HOUR" in said.err


def test_a_pin_that_is_not_met_is_told(chain: Path) -> None:
    told = hervat("plan", str(chain), "--pin", "open-courts-jds=0", "--draws", "0", "--json").document
    starts = {step["id"]: step["start"] for step in told["plan"]["steps"]}
    assert told["pinned_later"] == [{"step": "open-courts-jds", "asked": 0, "start": starts["open-courts-jds"]}]
    words = hervat("plan", str(chain), "--pin", "open-courts-jds=0", "--draws", "0").out
    assert "open-courts-jds is to start at hour 0 and cannot: it starts at hour" in words and "when open-om-jds is done (data)" in words
    # What is said of the best plan is said of those that keep to what people want.
    assert "No plan that is held to what was said does less" in words and "No plan of this map" not in words
    held = hervat("plan", str(chain), "--pin", "open-courts-jds=400", "--draws", "0", "--json").document
    assert held["pinned_later"] == []


def test_the_harm_of_the_plan_is_that_of_the_impact_and_what_the_crews_cost(chain: Path) -> None:
    """One reckoning: what impact says that the plan does is what the plan says, and both tell what it is without crews."""
    told = hervat("plan", str(chain), "--draws", "0", "--json").document
    impact = hervat("impact", str(chain), "--draws", "0", "--json").document
    parts = told["of_which"]
    assert told["harm"] == impact["harm_by_plan"]["net"] == pytest.approx(sum(parts.values()), abs=0.01)
    assert impact["harm"]["net"] == pytest.approx(parts["before"] + parts["coming_back"], abs=0.01)
    assert parts["crews"] >= 0 and told["bound"] <= told["harm"]


def test_without_a_cut_in_the_map_it_is_said_what_is_cut_and_since_when(chain: Path, tmp_path: Path) -> None:
    text = chain.read_text("utf-8")
    start = text.index("[cut]")
    chain.write_text(text[:start] + text[text.index("[[", start) :], "utf-8")
    none = hervat("plan", str(chain), "--draws", "0")
    assert none.status == 2 and "the map says nothing of a cut; name a system with --cut" in none.err
    cut = ("--cut", "gps", "--cut", "berber", "--for", "17", "--draws", "0")
    for told in (hervat("plan", str(chain), *cut, "--json"), hervat("impact", str(chain), *cut, "--json")):
        assert told.status == 0, told
    plan = hervat("plan", str(chain), *cut, "--json").document
    assert plan["plan"]["begins"] is None and len(plan["plan"]["steps"]) == 4
    assert "nobody said it" in hervat("plan", str(chain), *cut).out
    out = tmp_path / "plan.json"
    refused = hervat("plan", str(chain), *cut, "--out", str(out))
    assert refused.status == 2 and "give --begins MOMENT" in refused.err and not out.exists()
    assert hervat("plan", str(chain), *cut, "--out", str(out), "--begins", "2025-08-04T08:00:00+02:00").status == 0
    assert msgspec.json.decode(out.read_bytes(), type=Plan).begins == parse_rfc3339("2025-08-04T06:00:00Z")
    for wrong in (("--for", "soon"), ("--begins", "monday"), ("--cut", "nowhere"), ("--not-before", "restore-gps")):
        ended = hervat("plan", str(chain), *cut, *wrong)
        assert ended.status == 2 and wrong[0] in ended.err and "Traceback" not in ended.err


def test_a_large_plan_says_that_doubt_was_left_out_and_how_to_ask_for_it(
    monkeypatch: pytest.MonkeyPatch, chain: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hervat.doors.planning._LARGE", 3)
    assert main(["plan", str(chain)]) == 0
    assert "was not looked at: the plan has 4 steps, and each draw plans them anew. --draws 200 does it" in capsys.readouterr().out
    assert main(["plan", str(chain), "--lang", "nl", "--draws", "2"]) == 0
    out = capsys.readouterr().out
    assert "In 2 trekkingen binnen wat niet bekend is" in out and "optimaal" in out


@pytest.mark.parametrize("text", ["", "name = ", "name = 1", 'name = "x"\n[[partner]]\nid = "A B"\nname = "x"'])
def test_a_map_that_is_none_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.toml").write_text(text, "utf-8")
    ended = hervat("plan", str(tmp_path / "bad.toml"))
    assert ended.status == 2 and "bad.toml" in ended.err and "Traceback" not in ended.err


def test_the_bench_shows_every_rule_beside_the_plan_and_the_bound() -> None:
    clock = SteppedClock(parse_rfc3339("2025-07-18T08:00:00Z"))
    found = measure_plan(clock, lambda words: None, seeds=(1, 11), large=12)
    assert found["never_worse"] and found["best_baseline_to_plan"] > 1
    text = "\n".join(in_words(found))
    assert "tiers+" in text and "Never worse than any rule on any chain: yes." in text and "12 systems" in text


@pytest.mark.parametrize(("what", "chains"), [("plan", "0"), ("plan", "37"), ("start", "2")])
def test_chains_are_those_of_the_bench_of_plans(what: str, chains: str) -> None:
    ended = hervat("bench", what, "--chains", chains)
    assert ended.status == 2 and "--chains goes with hervat bench plan, and is from 1 to 36" in ended.err


@pytest.mark.long
def test_the_bench_of_plans_is_never_worse_than_a_rule_on_any_of_its_chains() -> None:
    found = measure_plan(SteppedClock(parse_rfc3339("2025-07-18T08:00:00Z")), lambda words: None)
    assert found["never_worse"] and len(found["instances"]) == 36 and found["large"]["systems"] == 500
