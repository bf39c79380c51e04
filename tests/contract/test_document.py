"""The OpenAPI document as somebody reads it who has nothing else: whole, named, and right in its examples."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from revivatech.cli.openapi import document
from revivatech.web.openapi_document import TAGS
from revivatech.web.problems import TITLES

METHODS = {"get", "post", "put", "patch", "delete"}
# What may be asked by whoever knows nobody's password.
OPEN = re.compile(r"/api/(customer|staff)/auth/|/health/")


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    """The document, as the program prints it."""
    read: dict[str, Any] = json.loads(asyncio.run(document()))
    return read


def operations(api: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of each call."""
    for path, item in api["paths"].items():
        for method in METHODS & set(item):
            yield path, method, item[method]


def test_every_call_says_what_it_does(api: dict[str, Any]) -> None:
    """A summary in words, a description, one known tag, a name of its own, and each parameter explained."""
    lacking = []
    for path, method, operation in operations(api):
        where = f"{method} {path}"
        if " " not in operation["summary"] or len(operation["summary"]) > 120:
            lacking.append(f"{where}: summary {operation['summary']!r}")
        if len(operation["description"]) < len(operation["summary"]) and not path.startswith("/health"):
            lacking.append(f"{where}: description")
        if len(operation["tags"]) != 1 or operation["tags"][0] not in TAGS:
            lacking.append(f"{where}: tags {operation['tags']}")
        if not re.fullmatch(r"[a-z][A-Za-z0-9]+", operation["operationId"]):
            lacking.append(f"{where}: operationId {operation['operationId']}")
        lacking += [
            f"{where}: parameter {parameter['name']}"
            for parameter in operation.get("parameters", ())
            if not parameter.get("description")
        ]
    names = Counter(operation["operationId"] for _, _, operation in operations(api))

    assert lacking == []
    assert [name for name, count in names.items() if count > 1] == []
    assert {tag["name"] for tag in api["tags"]} == set(TAGS)


def test_every_call_says_how_it_may_answer(api: dict[str, Any]) -> None:
    """One success with its shape or none, and refusals that are problem documents: those of its kind are all there."""
    lacking = []
    for path, method, operation in operations(api):
        if path.startswith("/health/"):
            continue
        where, answers = f"{method} {path}", operation["responses"]
        successes = [status for status in answers if status.startswith("2")]
        needed = {"400", "422", "503"}
        needed |= set() if OPEN.match(path) else {"401", "429"}
        needed |= {"413", "415"} if "requestBody" in operation else set()
        needed |= {"404"} if "{" in path else set()
        if len(successes) != 1 or ("content" in answers[successes[0]]) != (successes[0] not in {"202", "204"}):
            content = answers[successes[0]].get("content")
            if successes != ["202"] or content is None:
                lacking.append(f"{where}: {successes}")
        lacking += [f"{where}: {status}" for status in sorted(needed - set(answers))]
        lacking += [
            f"{where}: {status} is described apart"
            for status, answer in answers.items()
            if not status.startswith("2") and not answer.get("$ref", "").startswith("#/components/responses/")
        ]
        if ("security" in operation) != bool(OPEN.match(path)):
            lacking.append(f"{where}: security")

    assert lacking == []


def test_every_shape_has_a_name_and_no_loose_end(api: dict[str, Any]) -> None:
    """Components are named as a client's classes would be, and each reference leads to something."""
    references = set(re.findall(r'"\$ref": ?"#/components/(\w+)/([^"]+)"', json.dumps(api)))

    assert [name for name in api["components"]["schemas"] if not re.fullmatch(r"[A-Z][A-Za-z0-9]+", name)] == []
    assert [(kind, name) for kind, name in references if name not in api["components"][kind]] == []
    jsonschema_rs.meta.validate(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": api["components"]["schemas"]}
    )


def test_every_example_is_right(api: dict[str, Any]) -> None:
    """Each example is one that its field may hold; nearly every field that is no choice has one."""
    whole = {"$defs": api["components"]["schemas"]}
    pointed = json.loads(json.dumps(whole).replace("#/components/schemas/", "#/$defs/"))
    wrong, without = [], []
    for name, schema in pointed["$defs"].items():
        for field, kind in schema.get("properties", {}).items():
            if "examples" not in kind:
                if not _is_told_by_type(kind):
                    without.append(f"{name}.{field}")
                continue
            validator = jsonschema_rs.validator_for({**kind, "$defs": pointed["$defs"]}, validate_formats=True)
            wrong += [f"{name}.{field}: {example!r}" for example in kind["examples"] if not validator.is_valid(example)]

    assert wrong == []
    assert without == []


def test_what_is_refused_is_refused_in_the_document(api: dict[str, Any]) -> None:
    """A body with an unknown field, and none where one is needed: a client's own validator says so as well."""
    bodies = {
        f"{method} {path}": operation["requestBody"]
        for path, method, operation in operations(api)
        if "requestBody" in operation
    }
    closed = {name for name, schema in api["components"]["schemas"].items() if "additionalProperties" in schema}
    for where, body in bodies.items():
        (content,) = body["content"].values()
        kinds = content["schema"].get("oneOf", [content["schema"]])
        assert body["required"] == ({"type": "null"} not in kinds), where
        assert {one["$ref"].rpartition("/")[2] for one in kinds if "$ref" in one} <= closed, where

    assert not bodies["post /api/customer/profile/2fa/enable"]["required"]
    assert "Repair" not in closed, "answers may grow"


def test_every_refusal_has_its_title(api: dict[str, Any]) -> None:
    """RFC 9457, 3.1.3: the title is that of the status."""
    named = {int(status) for _, _, operation in operations(api) for status in operation["responses"]}

    assert {status for status in named if status >= 400} <= set(TITLES)


def test_money_is_a_number(api: dict[str, Any]) -> None:
    """As it is answered, and no text."""
    schemas = api["components"]["schemas"]
    for schema, field in (("Repair", "totalCost"), ("Stats", "averageCost"), ("RepairEditBody", "partsCost")):
        kinds = {one["type"] for one in schemas[schema]["properties"][field]["oneOf"]}
        assert kinds == {"number", "null"}


def _is_told_by_type(kind: dict[str, Any]) -> bool:
    """Whether the schema alone shows what belongs there: a choice, a reference, a moment, a number of things."""
    each = [kind, *kind.get("oneOf", ()), *kind.get("allOf", ())]
    return (
        any(
            "$ref" in one
            or "enum" in one
            or "const" in one
            or "format" in one
            or one.get("type") in {"boolean", "object", "array", "integer", "number"}
            for one in each
        )
        or not kind
    )
