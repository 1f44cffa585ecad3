"""The steps of a restart as the page shows them, by phase: state in a word and a shape, gates with their evidence or what they lack, who
must approve and by which command, what is waived, and what can be done with it.
"""

import shlex
from collections.abc import Mapping
from typing import Any

from hervat.chain.parts import GateName
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short
from hervat.partner import Roster
from hervat.restart.gates import WAIVED
from hervat.restart.lacking import SENTENCES, Lack, sentence
from hervat.restart.run import OPENED, SETTLING

SHAPES = {
    "waiting": "○",
    "ready": "◇",
    "done": "✓",
    "cut": "✕",
    "held": "■",
    "inbound": "◇",
    "replay": "▷",
    "catching-up": "▶",
    "live": "●",
}
"""By state, so that nobody needs to tell colours apart."""
WAIVABLE: tuple[GateName, ...] = ("loaded", "reconciled", "clean", "rehearsed", "no-held", "soaked")


class Shown:
    """What a standing comes to in one language."""

    def __init__(self, told: Mapping[str, Any], words: Wording, roster: Roster) -> None:
        self._told = told
        self._words = words
        self._roster = roster

    def name(self, oin: str) -> str:
        """The name of an organisation, or its OIN where none is known."""
        return self._roster.name_of(oin) or oin

    def lacks(self, said: Mapping[str, Any]) -> str:
        """What lacks, in words."""
        one = Lack(code=said["code"], values=said["values"])
        return sentence(one, self._words.language, self._words.moment, self.name)

    def phases(self, begun: set[str]) -> list[dict[str, Any]]:
        """Every phase with its steps; `begun` are those that something waits to be done for."""
        steps = {one["id"]: one for one in self._told["steps"]}
        return [
            {
                "phase": phase["phase"],
                "complete": phase["complete"],
                "done": sum(steps[id]["complete"] for id in phase["steps"]),
                "steps": [self._step(steps[id], id in begun) for id in phase["steps"]],
            }
            for phase in self._told["phases"]
        ]

    def _step(self, step: Mapping[str, Any], begun: bool) -> dict[str, Any]:
        lost = any(gate["lost"] for gate in step["gates"])
        return {
            **step,
            "shape": SHAPES[step["state"]],
            "open": begun or lost or step["stopped"] is not None,
            "system": None if step["source"] is None else short(step["source"]),
            "waits": [wait["step"] for wait in step["waits_for"] if not wait["complete"]],
            "gates": [self._gate(step, gate) for gate in step["gates"]],
            "waivers": [{**one, "by": self._waiving(one["by"]), "second": self._waiving(one["second"])} for one in step["waivers"]],
            "approvers": [self._approver(step, one) for one in step["approvers"]],
            "can": self._can(step),
        }

    def _can(self, step: Mapping[str, Any]) -> list[str]:
        """Which forms there are for a step where it stands."""
        if self._told["ended"] is not None:
            return []
        if step["act"] != "open":
            return ["hold"] if step["done"] else [] if step["state"] == "waiting" else ["done"]
        by_hand = step["stopped"] is not None or (step["source"] is None and step["done"] is None)
        found = ["done"] if by_hand else []
        found += ["approve"] if step["approvers"] and not step["complete"] else []
        found += ["waive"] if not step["complete"] and self.waivable(step) else []
        return found if step["stopped"] is not None else [*found, "hold"]

    @staticmethod
    def waivable(step: Mapping[str, Any]) -> list[str]:
        """The gates of a step that two people may let be."""
        return [gate["gate"] for gate in step["gates"] if gate["gate"] in WAIVABLE]

    def _waiving(self, who: Mapping[str, str]) -> str:
        return self._words("restart.role_of", role=who["name"], name=self.name(who["partner"]))

    def _gate(self, step: Mapping[str, Any], gate: Mapping[str, Any]) -> dict[str, Any]:
        if gate["passed"] is not None:
            return {**gate, "stands": "passed", "said": self._evidence(gate["gate"], gate["evidence"], step)}
        later = gate["gate"] in SETTLING and step["state"] not in OPENED
        stands = "later" if later else "unseen" if gate["lacks"]["code"] == "to-be-looked-at" else "missing"
        lost = gate["lost"]
        why = None if lost is None else self._lost(lost)
        said = [{"text": self.lacks(gate["lacks"]), "at": []}] if stands == "missing" else []
        return {**gate, "stands": stands, "said": said, "lost": lost and {**lost, "why": why}}

    def _lost(self, lost: Mapping[str, Any]) -> str:
        """Why a gate was lost; as it was said then where this release knows no other words for it."""
        known = lost["lacks"] is not None and lost["lacks"]["code"] in SENTENCES[self._words.language]
        return self.lacks(lost["lacks"]) if known else str(lost["why"])

    def _evidence(self, gate: str, found: Mapping[str, Any], step: Mapping[str, Any]) -> list[dict[str, Any]]:
        """On what a gate was passed, each with the positions that show it."""
        if WAIVED in found:
            who = ", ".join(map(self.name, found["by"]))
            return [self._line("restart_evidence.waived", [found[WAIVED]], who=who, until=self._words.moment(found["until"]))]
        match gate:
            case "loaded":
                claim = found["watermark"]
                counted = [one["position"] for one in found["stock"]]
                lines = [self._line("restart_evidence.loaded", [claim["position"]], through=claim["through"])]
                return [*lines, self._line("restart_evidence.stock", counted)]
            case "reconciled":
                return [self._line("restart_evidence.reconciled", [found["position"]], through=found["through"], key=found["key"])]
            case "clean":
                checks = [self._line("restart_evidence.checked", [at], step=one) for one, at in found["checks"].items() if at is not None]
                return [self._line("restart_evidence.clean", [], keys=", ".join(found["keys"]) or self._words("site.unsaid")), *checks]
            case "approved":
                return [self._approval(one) for one in found["approvals"]]
            case "rehearsed" if "exercise" in found:
                return [self._line("restart_evidence.exercise", [])]
            case "rehearsed":
                made = self._words.moment(found["made_at"])
                return [self._line("restart_evidence.rehearsed", [found["position"]], made=made, seed=found["seed"])]
            case "no-held":
                return [self._line("restart_evidence.no_held", [], position=found["at"])]
            case _:
                since, until = (self._words.moment(found[name]) for name in ("since", "until"))
                return [self._line("restart_evidence.soaked", [], since=since, until=until)]

    def _approval(self, one: Mapping[str, Any]) -> dict[str, Any]:
        name = self.name(one["partner"])
        return self._line("restart_evidence.approved", [one["position"]], role=one["role"], name=name, key=one["key"])

    def _line(self, text: str, at: list[int], **values: Any) -> dict[str, Any]:
        return {"text": self._words(text, **values), "at": at}

    def _approver(self, step: Mapping[str, Any], one: Mapping[str, Any]) -> dict[str, Any]:
        oin = one["oin"] or ""
        partner = self._roster.now.get(oin)
        keys = [] if partner is None else [key.id for key in partner.keys if key.revoked_at is None]
        signing = ["--role", one["role"], "--oin", oin, "--key-id", keys[-1] if keys else "KEY-ID", "--key", "KEY.pem"]
        there = ["--node", self._told["node"], "--of-run", self._told["run"], "--hash", self._told["plan"]["hash"]]
        there += ["--stop", str(step["last_stop"]["position"])] if step["last_stop"] else []
        line = ["hervat", "restart", "approve", step["id"], *signing, *there, "--out", f"{step['id']}-{one['role']}.json"]
        return {**one, "name": self.name(oin) if oin else one["partner"], "command": shlex.join(line)}

