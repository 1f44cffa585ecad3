"""The command `erase`: what may be kept no longer goes, out of the journal and out of its files."""

from argparse import Namespace
from datetime import timedelta
from typing import Any

from hervat.doors import words
from hervat.doors.acts.governing import MessageErasure, PersonErasure, Scrub
from hervat.doors.acts.handing import decide
from hervat.doors.streams import show
from hervat.errors import Usage

NOT_LINKED = "enrolments, applications and requests are bound to a BSN and not to the person; erase these by their positions"


def erase(arguments: Namespace) -> int:
    """Erase a message, a part of it, or all of a person; or finish what an earlier call could not."""
    _ensure_one(arguments)
    answer = _erased(arguments)
    show(words.as_document(answer) if arguments.json else _in_words(answer))
    return 0 if answer["scrubbed"] == "done" else 1


def _erased(arguments: Namespace) -> dict[str, Any]:
    if arguments.pending:
        return {"position": None, "erased": [], "left": []} | decide(arguments.store, Scrub())
    decided = {"by": arguments.by, "ground": arguments.ground}
    if arguments.person is not None:
        return decide(arguments.store, PersonErasure(skn=arguments.person, **decided)) | {"not_linked": NOT_LINKED}
    return decide(arguments.store, MessageErasure(position=arguments.position, part=arguments.part, **decided))


def _ensure_one(arguments: Namespace) -> None:
    """One thing is asked for, and an act has somebody who decides, and a ground. Raises Usage."""
    if sum((arguments.person is not None, arguments.position is not None, arguments.pending)) != 1:
        raise Usage("give exactly one of --person SKN, --position P and --pending")
    if arguments.part is not None and arguments.position is None:
        raise Usage("--part is a part of the message at --position P; give that as well")
    if arguments.pending:
        return
    if not (arguments.by or "").strip() or not (arguments.ground or "").strip():
        raise Usage("give --by NAME and --ground TEXT: this is an act of somebody, on a ground")


def _in_words(answer: dict[str, Any]) -> str:
    lines = []
    if answer["position"] is not None:
        count = len(answer["erased"])
        lines.append(f"erased at position {answer['position']}: {count} {'entry' if count == 1 else 'entries'}, whole or in part")
    lines += [f"left: position {one['position']}: {one['reason']}" for one in answer["left"]]
    lines += [f"not looked for: {answer['not_linked']}"] if "not_linked" in answer else []
    return words.lines([*lines, _files(answer)])


def _files(answer: dict[str, Any]) -> str:
    if answer["scrubbed"] == "done":
        return "nothing of it is left in the files"
    age = words.age(timedelta(seconds=answer["pending_seconds"]))
    return f"since {answer['since']} ({age}) it may still lie in the files: {answer['hindrance']}; {answer['do']}"
