"""Who must do what next in a restart: of every step that waits for no other, what it waits for, and the form or page where that is done."""

from collections.abc import Iterator, Mapping
from typing import Any

from hervat.doors.pages.phases import Shown
from hervat.doors.pages.wording import Wording
from hervat.restart.run import OPENED, OPENING, SETTLING

_BY_GATE = {
    "loaded": ("partner", None),
    "reconciled": ("partner", "check"),
    "clean": ("two", "/quarantine"),
    "rehearsed": ("crisis", "check"),
    "no-held": ("partner", "/held"),
    "soaked": ("clock", None),
}
"""Who does what a gate lacks, and the form or the page where it is done."""
_BY_LACK = {"check-not-done": ("crew", None), "old-key": ("crisis", "/partners")}
"""The same for what lacks otherwise than its gate says."""


class Awaiting:
    """What is to be done now, of a standing as `view` shows it."""

    def __init__(self, told: Mapping[str, Any], words: Wording, view: Shown) -> None:
        self._told = told
        self._words = words
        self._view = view

    def listed(self) -> list[dict[str, Any]]:
        """In the order of the plan: `who`, `what`, the `step`, and the form (`do`, called `go`) or the page (`at`) for it."""
        if self._told["ended"] is not None:
            return []
        found = [one for step in self._told["steps"] for one in self._of_step(step)]
        # One look is at every gate of every step.
        looks = [one for one in found if one["go"] == "check"]
        return [*(one for one in found if one not in looks), *looks[:1]]

    def _of_step(self, step: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        if step["complete"] or not all(wait["complete"] for wait in step["waits_for"]):
            return
        words = self._words
        if step["act"] != "open":
            yield _next(step, words("restart.crew", crew=step["crew"]), words("restart.do_step"), "done")
            return
        if step["stopped"] is not None:
            how = words.term("restart_stops", step["stopped"]["how"])
            yield _next(step, words("restart.two_people"), words("restart.let_go_on", how=how), "done", go="let-on")
        asked = SETTLING if step["state"] in OPENED else OPENING
        lacking = [gate for gate in step["gates"] if gate["gate"] in asked and gate["passed"] is None]
        for gate in lacking:
            yield from self._of_gate(step, gate)
        if not lacking and step["stopped"] is None:
            if step["source"] is None and step["done"] is None:
                yield _next(step, words("restart.crew", crew=step["crew"]), words("restart.do_link"), "done")
            else:
                yield _next(step, words("restart.crisis"), words("restart.look_now"), "check")

    def _of_gate(self, step: Mapping[str, Any], gate: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        words, lacks = self._words, gate["lacks"]
        if lacks["code"] == "not-approved":
            for one in lacks["values"]["who"]:
                who = words("restart.role_of", role=one["role"], name=self._view.name(one["oin"] or ""))
                yield _next(step, who, words("restart.sign"), "approve")
            return
        if lacks["code"] == "to-be-looked-at":
            yield _next(step, words("restart.crisis"), words("restart.look_now"), "check")
            return
        by, where = _BY_LACK.get(lacks["code"]) or _BY_GATE[gate["gate"]]
        yield _next(step, self._who(by, step), self._view.lacks(lacks), where, go="hand-in" if where == "check" else where)

    def _who(self, by: str, step: Mapping[str, Any]) -> str:
        words, oin = self._words, _oin(step)
        match by:
            case "partner":
                return self._view.name(oin) if oin else str(step["partner"])
            case "crew":
                return words("restart.crew", crew=step["crew"])
            case "two":
                return words("restart.two_people")
            case "clock":
                return words("restart.clock")
            case _:
                return words("restart.crisis")


def _next(step: Mapping[str, Any], who: str, what: str, where: str | None, *, go: str | None = None) -> dict[str, Any]:
    is_page = where is not None and where.startswith("/")
    place = {"do": None if is_page else where, "at": where if is_page else None, "go": go or where}
    return {"step": step["id"], "who": who, "what": what} | place


def _oin(step: Mapping[str, Any]) -> str:
    """Whose feed a link opens; empty where none comes here."""
    source = step["source"] or ""
    return source.split(":")[3] if source.count(":") >= 3 else ""
