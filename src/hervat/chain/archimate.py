"""A map from a model in the ArchiMate Model Exchange File format of The Open Group (3.x): its elements and relationships.

- ApplicationComponent and Node are systems, BusinessActor an organisation, BusinessProcess a process. Flow between systems is a stream.
- Serving, Assignment and Realization say that their target needs their source; from a BusinessActor they say whose a part is. Triggering
  says that its target comes after its source.
- What has no place in a map is named, with its line. A DOCTYPE is refused: so no entity, no other file, is ever read.
"""

from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

from hervat.chain.draft import Draft, slug
from hervat.errors import Usage

_MOST = 50_000_000
_ELEMENTS = {"ApplicationComponent": "system", "Node": "system", "BusinessActor": "partner", "BusinessProcess": "process"}
_NEEDS = frozenset(("Serving", "Assignment", "Realization"))
_SPACES = ("http://www.opengroup.org/xsd/archimate/",)


class _Element(NamedTuple):
    id: str
    type: str
    name: str
    line: int


class _Relation(NamedTuple):
    type: str
    source: str
    target: str
    name: str
    line: int


class _Model:
    """What is read of a file, line by line."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, ""
        self.elements: list[_Element] = []
        self.relations: list[_Relation] = []
        self.others: dict[str, int] = {}
        self._open: list[str] = []
        self._text: list[str] = []
        self._about: dict[str, Any] = {}
        self._parser = ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append

    def read(self) -> None:
        """All of the file. Raises Usage, with the line, for what is no model."""
        try:
            if self.path.stat().st_size > _MOST:
                raise Usage(f"{self.path}: a model of more than {_MOST:,} bytes is not read; export a part of it")
            self._parser.Parse(self.path.read_bytes(), True)
        except OSError as fault:
            raise Usage(f"{self.path}: cannot be read: {fault.strerror}") from fault
        except ExpatError as fault:
            raise Usage(f"{self.path}, line {fault.lineno}: this is no XML: {ErrorString(fault.code)}") from fault

    def _doctype(self, *_: object) -> None:
        line = self._parser.CurrentLineNumber
        raise Usage(f"{self.path}, line {line}: a DOCTYPE is refused, for it may name entities and other files; export the model without")

    def _start(self, tag: str, told: dict[str, str]) -> None:
        space, _, local = tag.rpartition(" ")
        line = self._parser.CurrentLineNumber
        if not self._open and (local != "model" or not space.startswith(_SPACES)):
            raise Usage(f"{self.path}, line {line}: {local!r} is no model of the ArchiMate exchange format; export it as one")
        self._open.append(local)
        self._text.clear()
        if self._open[1:] in (["elements", "element"], ["relationships", "relationship"]):
            of_type = next((value for key, value in told.items() if key.endswith(" type")), "")
            self._about = {**told, "type": of_type, "line": line, "name": ""}
        elif len(self._open) == 3 and self._open[1] not in ("name", "documentation", "metadata"):
            self.others[self._open[1]] = self.others.get(self._open[1], 0) + 1
        elif len(self._open) == 4 and self._open[1] in ("elements", "relationships") and local != "name":
            self.others[f"{local} of {self._open[1]}"] = self.others.get(f"{local} of {self._open[1]}", 0) + 1

    def _end(self, tag: str) -> None:
        local = self._open.pop()
        text = " ".join("".join(self._text).split())
        self._text.clear()
        if local == "name" and self._open == ["model"]:
            self.name = self.name or text
        elif local == "name" and self._open[1:] in (["elements", "element"], ["relationships", "relationship"]):
            self._about["name"] = self._about["name"] or text
        elif self._open == ["model", "elements"] and local == "element":
            one = self._about
            self.elements.append(_Element(one.get("identifier", ""), one["type"], one["name"] or one.get("identifier", ""), one["line"]))
        elif self._open == ["model", "relationships"] and local == "relationship":
            one = self._about
            self.relations.append(_Relation(one["type"], one.get("source", ""), one.get("target", ""), one["name"], one["line"]))


def add_model(draft: Draft, path: Path) -> str:
    """What a model says; its name. Raises Usage, with file and line."""
    model = _Model(path)
    model.read()
    ids: dict[str, tuple[str, str]] = {}
    for one in model.elements:
        table = _ELEMENTS.get(one.type)
        if table is None:
            draft.unmapped.append(f"{path}, line {one.line}: the {one.type} {one.name!r} has no place in a map")
        else:
            ids[one.id] = table, slug(one.name, {id for _, id in ids.values()})
    _add_elements(draft, model, ids)
    for relation in model.relations:
        _add_relation(draft, model, relation, ids)
    for what, count in sorted(model.others.items()):
        draft.unmapped.append(f"{path}: {what}: {count}, which have no place in a map")
    return model.name


def _owners(model: _Model, ids: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Whose each part is, where an actor serves, is assigned to or realizes it; the first that says so."""
    found: dict[str, str] = {}
    for one in model.relations:
        owner, part = ids.get(one.source), ids.get(one.target)
        if one.type in _NEEDS and owner is not None and part is not None and owner[0] == "partner" and part[0] != "partner":
            found.setdefault(part[1], owner[1])
    return found


def _add_elements(draft: Draft, model: _Model, ids: dict[str, tuple[str, str]]) -> None:
    owners = _owners(model, ids)
    for one in model.elements:
        if one.id in ids:
            table, id = ids[one.id]
            row = {"id": id, "name": one.name}
            if id in owners:
                row["partner"] = owners[id]
            draft.add(table, row, f"{model.path}, line {one.line}")


def _add_relation(draft: Draft, model: _Model, one: _Relation, ids: dict[str, tuple[str, str]]) -> None:
    where = f"{model.path}, line {one.line}"
    source, target = ids.get(one.source), ids.get(one.target)
    if source is None or target is None:
        draft.unmapped.append(f"{where}: the {one.type} from {one.source!r} to {one.target!r} has an end that is no part of the map")
        return
    sorts = source[0], target[0]
    if one.type in _NEEDS and sorts[0] == "partner" and sorts[1] != "partner":
        if _owners(model, ids)[target[1]] != source[1]:
            draft.unmapped.append(f"{where}: {target[1]} is somebody else's already; that it is of {source[1]} as well is left out")
    elif one.type == "Flow" and sorts == ("system", "system"):
        id = slug(one.name or f"{source[1]}-{target[1]}", {known for _, known in ids.values()})
        ids[f"flow {one.line} {id}"] = "stream", id
        draft.add("stream", {"id": id, "name": one.name or id, "from": source[1], "to": target[1]}, where)
    elif one.type in _NEEDS and "partner" not in sorts and source[0] == "system":
        draft.add("edge", {"kind": "needs", "of": target[1], "on": source[1], "note": one.type}, where)
    elif one.type == "Triggering" and "partner" not in sorts and source[0] == "system":
        draft.add("edge", {"kind": "after", "of": target[1], "on": source[1], "note": one.type}, where)
    else:
        ends = f"the {source[0]} {source[1]} to the {target[0]} {target[1]}"
        draft.unmapped.append(f"{where}: the {one.type} from {ends} has no place in a map")
