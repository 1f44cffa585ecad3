"""The commands `chain check` and `chain import`: whether a map is sound, and maps from what others keep."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from hervat.chain.archimate import add_model
from hervat.chain.draft import Draft, Imported
from hervat.chain.edges import all_edges
from hervat.chain.parts import ChainMap
from hervat.chain.reading import read_chain
from hervat.chain.tables import add_tables
from hervat.chain.writing import as_toml
from hervat.doors import words
from hervat.doors.streams import say, show
from hervat.errors import Usage


def check_chain(arguments: Namespace) -> int:
    """Whether a map is sound; 1 where it is not. What cannot be read is neither."""
    path = Path(arguments.chain)
    try:
        chain = read_chain(path)
    except Usage as fault:
        if not path.is_file() or not os.access(path, os.R_OK):
            raise
        show(words.as_document({"sound": False, "wrong": str(fault)}) if arguments.json else words.lines([f"not sound: {fault}"]))
        return 1
    counted = _counted(chain)
    if arguments.json:
        show(words.as_document({"sound": True, **counted}))
    else:
        show(words.lines([f"{arguments.chain} is sound: {', '.join(f'{count} {name}' for name, count in counted.items())}"]))
    return 0


def _counted(chain: ChainMap) -> dict[str, int]:
    return {
        "partners": len(chain.partner),
        "systems": len(chain.system),
        "streams": len(chain.stream),
        "processes": len(chain.process),
        "procedures": len(chain.procedure),
        "edges": len(all_edges(chain)),
        "edges derived": len(all_edges(chain)) - len(chain.edge),
        "figures invented": sum(part.basis == "invented" for part in chain.parts()) + sum(e.confidence == "invented" for e in chain.edge),
    }


def import_chain(arguments: Namespace) -> int:
    """A map of what others keep, printed or written; what did not fit and what is missing is told beside it."""
    found = _imported([Path(name) for name in arguments.files], arguments.name)
    text = as_toml(found.chain)
    if arguments.out is not None:
        _write(Path(arguments.out), text)
    told = {"out": arguments.out, **_counted(found.chain), "unmapped": found.unmapped, "missing": found.missing}
    if arguments.json:
        show(words.as_document(told if arguments.out is not None else {**told, "map": text}))
    elif arguments.out is not None:
        show(words.lines([f"The map is in {arguments.out}.", *_beside(found)]))
    else:
        show(text.removesuffix("\n"))
        say(words.lines(_beside(found)), sys.stderr)
    return 0


def _imported(paths: list[Path], name: str | None) -> Imported:
    draft = Draft(", ".join(map(str, paths)))
    tables = [path for path in paths if path.suffix.lower() == ".csv"]
    models = [path for path in paths if path.suffix.lower() == ".xml"]
    for path in paths:
        if path not in tables and path not in models:
            raise Usage(f"{path}: a map is imported from .xml (the ArchiMate exchange format) or .csv")
    if len(models) > 1 or (models and tables):
        raise Usage("import one model, or tables; not several models, nor both at once")
    called = add_model(draft, models[0]) if models else ""
    add_tables(draft, tables)
    return draft.done(name or called or paths[0].stem)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as fault:
        raise Usage(f"{path}: is there already, and nothing is written over it; give --out another name") from fault
    except OSError as fault:
        raise Usage(f"{path}: the map cannot be written there: {fault.strerror}") from fault


def _beside(found: Imported) -> Iterator[str]:
    yield f"{len(found.unmapped)} things have no place in the map:"
    yield from (f"  {one}" for one in found.unmapped)
    yield f"{len(found.missing)} figures are missing; 0, or the plainest, stands there, marked as invented, until somebody fills them:"
    yield from (f"  {one}" for one in found.missing)
