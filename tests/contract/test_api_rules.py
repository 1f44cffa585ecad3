"""The NL API Design Rules, asked of the running door; which rule is tested where stands in api_rules.toml."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hervat.clock import parse_rfc3339
from tests.journey.door import COURTS, MATCHING, OM, Door, Signer, case, exchanging, opened, person

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROSECUTOR, MATCHER = Signer(OM), Signer(MATCHING)
SECURITY = {
    "cache-control": "no-store",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}
Described = dict[str, Any]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("rules")
    with opened(folder / "hervat.db", PROSECUTOR, MATCHER, settings=exchanging(folder)) as served:
        assert served.send(PROSECUTOR, [case(1, skn="P1"), case(2)]).status_code == 202
        assert served.send(MATCHER, [person(1, "P1")]).status_code == 202
        yield served


@pytest.fixture(scope="module")
def described(door: Door) -> Described:
    document: Described = door.get(None, "/openapi.json").json()
    return document


@pytest.fixture(scope="module")
def answers(door: Door) -> list[httpx.Response]:
    """An answer of every sort."""
    return [
        door.get(None, "/health"),
        door.get(None, "/openapi.json"),
        door.get(PROSECUTOR, "/watermarks"),
        door.get(PROSECUTOR, "/streams/door/messages"),
        door.send(PROSECUTOR, [case(1, skn="P1")]),
        door.send(PROSECUTOR, [case(1, oin=COURTS)]),
        door.send_one(PROSECUTOR, b"{"),
        door.send(PROSECUTOR, [case(1).replace(b"diefstal", b"d" * 300_000)]),
        door.post(PROSECUTOR, "/messages", b"{}", "text/plain"),
        door.post(PROSECUTOR, "/receipts", b"{}", "application/json"),
        door.get(PROSECUTOR, "/streams/none/messages"),
        door.get(PROSECUTOR, "/watermarks?x=1"),
        door.get(None, "/watermarks"),
        door.get(PROSECUTOR, "/batches/none"),
        door.get(PROSECUTOR, "/statements/none/digests?after=x"),
        door.post(PROSECUTOR, "/batches", b"{}", "application/json"),
        door.post(PROSECUTOR, "/deliveries", b"[]", "application/json"),
        door.post(PROSECUTOR, "/reconnections", b'{"feeds": []}', "application/json"),
        door.get(None, "/nothing"),
        door.get(None, "/health/"),
        door.get(None, ""),
        door.get(None, "/health", Accept="text/html"),
        door.get(None, "/health", Host="elsewhere.example"),
        httpx.delete(door.url + "/health"),
        httpx.options(door.url + "/messages"),
        httpx.head(door.url + "/health"),
    ]


def test_every_rule_has_its_test_or_says_why_not() -> None:
    rules = tomllib.loads((HERE / "api_rules.toml").read_text("utf-8"))["rule"]
    tests = {node.name for node in ast.walk(ast.parse(Path(__file__).read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert [rule["id"] for rule in rules if {"test", "why"} & rule.keys() == set() or not rule["says"]] == []
    assert [rule["test"] for rule in rules if "test" in rule and rule["test"] not in tests] == []


def test_paths_are_nouns_in_kebab_case(described: Described) -> None:
    assert sorted(described["paths"]) == [
        "/batches",
        "/batches/{stream}",
        "/deliveries",
        "/health",
        "/messages",
        "/openapi.json",
        "/receipts",
        "/reconnections",
        "/statements/{stream}",
        "/statements/{stream}/digests",
        "/streams/{stream}/messages",
        "/watermarks",
    ]
    segments = [part for path in described["paths"] for part in path.split("/")[1:] if not part.startswith("{")]
    assert [part for part in segments if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*|openapi\.json", part)] == []


def parameters(described: Described, where: str) -> list[Described]:
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    return [one for operation in operations for one in operation.get("parameters", []) if one["in"] == where]


def test_query_keys_are_in_camel_case(described: Described) -> None:
    names = [one["name"] for one in parameters(described, "query")]
    assert set(names) == {"after", "limit"}
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*", name)] == []


def test_addresses_name_no_person(described: Described) -> None:
    assert {one["name"] for where in ("path", "query") for one in parameters(described, where)} == {"stream", "after", "limit"}


def test_a_slash_at_the_end_is_404(door: Door) -> None:
    for path in ("/health/", "/messages/", "/watermarks/", "/"):
        answer = door.get(None, path)
        assert (answer.status_code, answer.history) == (404, [])
    assert door.post(PROSECUTOR, "/messages/", b"[]", "application/cloudevents-batch+json").status_code == 404


def test_nothing_tells_what_it_is_built_on(answers: list[httpx.Response]) -> None:
    for answer in answers:
        shown = f"{answer.headers} {answer.text}".lower()
        assert [word for word in ("litestar", "uvicorn", "sqlite", "python", "msgspec", "traceback") if word in shown] == []


def test_other_methods_are_405_and_head_and_options_are_known(door: Door, described: Described) -> None:
    for path, known in described["paths"].items():
        url = door.url + path.replace("{stream}", "door")
        for method in {"get", "post", "put", "patch", "delete", "trace"} - set(known):
            answer = httpx.request(method.upper(), url)
            assert (method, answer.status_code) == (method, 405)
            assert {one.strip().lower() for one in answer.headers["allow"].split(",")} >= set(known)
        allowed = httpx.options(url)
        assert (allowed.status_code, allowed.content) == (204, b"")
        assert {one.strip().lower() for one in allowed.headers["allow"].split(",")} >= set(known)
    head, whole = httpx.head(door.url + "/health"), door.get(None, "/health")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", whole.headers["content-length"])
    url = door.url + "/watermarks"
    assert httpx.head(url, headers=PROSECUTOR.fields("HEAD", url)).status_code == 200
    assert httpx.head(url, headers=PROSECUTOR.fields("GET", url)).status_code == 401


def test_reading_changes_nothing(door: Door) -> None:
    def position() -> int:
        with door.node() as node:
            return node.position

    before = position()
    def read() -> list[Any]:
        # When it was signed is another moment each time.
        marks, messages = (door.get(PROSECUTOR, path).json() for path in ("/watermarks", "/streams/door/messages"))
        return [messages, {name: told for name, told in marks.items() if name not in ("made_at", "signature")}]

    assert read() == read()
    assert position() == before


def test_no_session_is_kept(answers: list[httpx.Response]) -> None:
    assert [answer.url for answer in answers if "set-cookie" in answer.headers] == []


def test_the_description_is_openapi_that_holds_together(described: Described) -> None:
    assert re.fullmatch(r"3\.1\.\d+", described["openapi"])
    assert described["info"]["contact"].keys() == {"name", "url", "email"}
    text = json.dumps(described)
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        found: Any = described
        for step in reference.split("/"):
            found = found[step]
        assert found
    names = [operation["operationId"] for path in described["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)
    schemes = described["components"]["securitySchemes"].keys()
    used = {name for path in described["paths"].values() for one in path.values() for either in one["security"] for name in either}
    assert used == set(schemes)


def test_the_examples_of_the_description_are_real(door: Door, described: Described) -> None:
    content = described["paths"]["/messages"]["post"]["requestBody"]["content"]
    one = content["application/cloudevents+json"]["examples"]["case"]["value"]
    assert one in [json.loads(line) for line in (HERE / "data" / "examples.jsonl").read_bytes().splitlines()]
    assert content["application/cloudevents-batch+json"]["examples"]["batch"]["value"] == [one]
    (kept,) = door.send(PROSECUTOR, [json.dumps(one).encode()]).json()["receipts"]
    answer = described["paths"]["/messages"]["post"]["responses"]["202"]["content"]["application/json"]["examples"]["kept"]["value"]
    assert kept.keys() == answer["receipts"][0].keys()
    assert kept["receipt"].keys() == answer["receipts"][0]["receipt"].keys()


def test_the_description_is_for_everybody(door: Door, answers: list[httpx.Response]) -> None:
    answer = door.get(None, "/openapi.json", Origin="https://elsewhere.example")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
    others = [one for one in answers if not one.url.path.endswith("openapi.json")]
    assert [one.url for one in others if "access-control-allow-origin" in one.headers] == []


def test_the_version_is_told(described: Described, answers: list[httpx.Response]) -> None:
    version = described["info"]["version"]
    assert re.fullmatch(r"1\.\d+\.\d+", version)
    assert [server["url"] for server in described["servers"]] == ["/v1"]
    assert {answer.headers["api-version"] for answer in answers} == {version}


def test_changes_are_told() -> None:
    assert "/v1" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_security_headers_are_in_every_answer(answers: list[httpx.Response]) -> None:
    for answer in answers:
        assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.status_code == 204 or answer.headers["content-type"].startswith("application/")


def test_moments_are_in_utc(door: Door) -> None:
    text = door.get(PROSECUTOR, "/streams/door/messages").text + json.dumps(
        door.ask(PROSECUTOR, [(f"urn:nld:oin:{OM}:systeem:door", "m-1")])
    )
    moments = re.findall(r'"(?:at|received_at)": ?"([^"]+)"', text)
    assert len(moments) >= 4
    assert all(moment.endswith("Z") and parse_rfc3339(moment) for moment in moments)


def test_faults_are_problem_details(answers: list[httpx.Response]) -> None:
    faults = [answer for answer in answers if answer.status_code >= 400]
    assert {answer.status_code for answer in faults} == {400, 401, 403, 404, 405, 406, 413, 415, 421}
    for answer in faults:
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["status"] == answer.status_code
        assert problem.keys() >= {"type", "title", "status", "detail", "code"}
        assert problem["detail"][0].isupper() and problem["detail"].endswith(".")


def test_all_that_is_wrong_is_told_at_once(door: Door) -> None:
    query = door.get(PROSECUTOR, "/streams/door/messages?limit=0&after=x&more=1").json()
    assert {(one["in"], one["location"], one["code"]) for one in query["errors"]} == {
        ("query", "limit", "out-of-range"),
        ("query", "after", "out-of-range"),
        ("query", "more", "unknown"),
    }
    body = door.send(PROSECUTOR, [case(1, oin=COURTS), b"{}", case(1), b'{"source": 3}']).json()
    assert [(one["in"], one["location"]) for one in body["errors"]] == [("body", "/0/source"), ("body", "/1/source"), ("body", "/3/source")]
    assert all(one["detail"] and one["code"] for one in body["errors"])
