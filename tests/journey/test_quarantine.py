"""Quarantine from the command line: opened, looked at, let through by two people, closed; the same in the journal folded again."""

from pathlib import Path

from tests.faults.processes import EXAMPLES, hervat

OM = "00000099000000002000"
TWO = ("--by", "Anna", "--second", "Bram")


def test_what_a_partner_sends_waits_for_two_people(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    lines = EXAMPLES.read_bytes().splitlines()
    assert hervat("receive", "-", store=store, stdin=b"\n".join(lines[:4])).status == 0
    opened = hervat("quarantine", "open", OM, "--by", "Anna", "--why", "it comes back", "--json", store=store)
    assert (opened.status, opened.document["applied"]) == (0, 0)
    hervat("receive", "-", store=store, stdin=b"\n".join(lines[4:]))
    found = hervat("quarantine", "list", "--oin", OM, "--stolen-since", "2025-07-01T00:00:00Z", "--json", store=store).document
    inside = found["messages"]
    assert inside and {tuple(one["flags"]) for one in inside} == {("unsigned",)}
    assert "quarantine" in {row["link"] for row in hervat("horizon", "--json", store=store).document}
    first = str(inside[0]["position"])
    assert hervat("quarantine", "show", first, "--json", store=store).document["message"]["id"] == inside[0]["id"]
    assert f'"id": "{inside[0]["id"]}"' in hervat("quarantine", "show", first, store=store).out
    alone = hervat("quarantine", "release", OM, "--through", first, "--by", "Anna", "--second", "anna", "--ground", "x", store=store)
    assert (alone.status, "another person" in alone.err) == (2, True)
    through = str(found["position"])
    given = ("quarantine", "release", OM, "--through", through, *TWO, "--ground", "compared")
    part = hervat(*given, "--but", first, "--json", store=store).document
    assert (part["released"], part["kept"]) == (len(inside) - 1, 1)
    assert hervat(*given, store=store).out.startswith("1 messages let through")
    assert hervat("quarantine", "close", OM, *TWO, "--why", "all is through", store=store).status == 0
    assert hervat("quarantine", "list", store=store).out.startswith("nothing lies in quarantine")
    plain = tmp_path / "plain.db"
    hervat("receive", EXAMPLES, store=plain)
    assert hervat("digest", store=store).out == hervat("digest", store=plain).out
    assert hervat("verify", store=store).status == 0
    assert hervat("quarantine", "suspects", "--key", "k", "--json", store=store).status == 1
