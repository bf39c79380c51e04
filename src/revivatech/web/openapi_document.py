"""The OpenAPI document as a person reads it: made from what Litestar generates, once, when it is first asked for."""

import re
from collections.abc import Iterator
from typing import Any

from revivatech.web.openapi_examples import EXAMPLES

Node = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
# What each refusal is called in the document, and what it means.
REFUSALS = {
    400: ("Unreadable", "The request cannot be read."),
    401: ("NotSignedIn", "Nobody is signed in, or the session has ended."),
    403: ("NotAllowed", "This account may not do that."),
    404: ("NotFound", "There is no such thing for this account."),
    409: ("Conflict", "Somebody was faster, or the present state does not allow it."),
    410: ("Gone", "The link or the code does not work any more."),
    413: ("TooLarge", "The body is too large."),
    415: ("UnsupportedMediaType", "The body is in a format that this call does not read."),
    422: ("InvalidInput", "A field or a parameter does not hold what it must; `errors` names it."),
    429: ("TooMany", "A limit is reached; `proof_of_work_needed` has a `challenge` that lifts it."),
    503: ("Unavailable", "A service is away; nothing was stored."),
}
# What any call that takes a body may meet.
OF_BODIES = (413, 415)
DONE = {"200": "The answer.", "201": "Made.", "202": "Taken; what follows comes later.", "204": "Done."}
SAID_BY_FRAMEWORK = ("Additional response", "Request ", "Document ")
HEADERS: dict[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    415: ("Accept",),
    429: ("Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    503: ("Retry-After",),
}
HEADER_WORDS = {
    "Accept": ("string", "The format that this call reads."),
    "RateLimit-Limit": ("integer", "How many requests are allowed in the window."),
    "RateLimit-Remaining": ("integer", "How many of them are left."),
    "RateLimit-Reset": ("integer", "In how many seconds there are more."),
    "Retry-After": ("integer", "In how many seconds to ask again."),
    "WWW-Authenticate": ("string", 'A bearer token is needed; `error="invalid_token"` where one came that is no good.'),
}
TAGS = {
    "Sign-in": "Accounts, sessions and tokens of customers; the same calls exist for staff below /api/staff/auth.",
    "Second factor": "Two-step sign-in, recovery codes and passkeys, of customers and of staff.",
    "Profile": "The customer's account: person, sessions, addresses, devices, what happened to it.",
    "Preferences": "What a customer is told, by which channel, and when not.",
    "Privacy": "The export of everything that is kept, and erasure.",
    "Dashboard": "Figures and news over all repairs of a customer.",
    "Repairs": "A customer's repairs.",
    "Notifications": "What the customer was told.",
    "Events": "The log that the socket speaks from, for whoever cannot hold one open.",
    "Staff": "The shop's desk: taking devices in, moving repairs along, the own account.",
    "Customers": "The shop's customers.",
    "People": "Who works in the shop, what each role may do, and who did what.",
    "Operations": "For whoever runs the portal.",
}
# Of the parameters whose type says nearly everything.
PARAMETERS = {
    "status": "Only those in this status.",
    "sort": "What they are ordered by; `-` begins with the last.",
    "unread": "True: only what was not read yet; false: only what was.",
    "overdue": "True: only what is late.",
}
# Two types of one name, or one that is no name for a client.
NAMES = {
    "accounts_two_factor_routes_Proof": "Proof",
    "privacy_routes_Proof": "ErasureProof",
    "profile_addresses_contracts_Address": "Address",
    "registration_schemas_Address": "EmailAddress",
}
PAGE = re.compile(r"Page_(?:\w+\.)*(\w+)_$")
SCHEMAS = "#/components/schemas/"
PROBLEM = "application/problem+json"


def read_by_people(document: Node) -> Node:
    """The same document with summaries, names, examples, and each refusal described in one place; it is changed."""
    components = document["components"]
    named = {name: _name(name) for name in components["schemas"]}
    _follow(document, {SCHEMAS + old: SCHEMAS + new for old, new in named.items()})
    components["schemas"] = {named[old]: schema for old, schema in sorted(components["schemas"].items())}
    _unwrap(components["schemas"])
    _write_whole_numbers(document)
    for name, schema in components["schemas"].items():
        schema["title"] = name
        _show_examples(name, schema)
    components["responses"] = _refusals()
    components["headers"] = {
        name: {"description": words, "schema": {"type": kind}} for name, (kind, words) in HEADER_WORDS.items()
    }
    used = set()
    for path, operation in _operations(document):
        _describe(path, operation)
        used.update(operation["tags"])
    # A handler of several paths lists them in any order.
    document["paths"] = dict(sorted(document["paths"].items()))
    document["tags"] = [{"name": tag, "description": words} for tag, words in TAGS.items() if tag in used]
    _forget_defaults(document)
    return document


def _operations(document: Node) -> Iterator[tuple[str, Node]]:
    for path, item in document["paths"].items():
        yield from ((path, item[method]) for method in METHODS if method in item)


def _name(name: str) -> str:
    page = PAGE.match(name)
    return f"{page[1]}Page" if page else NAMES.get(name, name)


def _follow(node: object, references: dict[str, str]) -> None:
    """Point every reference to where its schema is now."""
    if isinstance(node, dict):
        if isinstance(target := node.get("$ref"), str):
            node["$ref"] = references.get(target, target)
        for value in node.values():
            _follow(value, references)
    elif isinstance(node, list):
        for value in node:
            _follow(value, references)


def _forget_defaults(node: object) -> None:
    """Leave out what holds anyway, a third of the document."""
    if isinstance(node, dict):
        for name in ("deprecated", "allowEmptyValue", "allowReserved"):
            if node.get(name) is False:
                del node[name]
        for value in node.values():
            _forget_defaults(value)
    elif isinstance(node, list):
        for value in node:
            _forget_defaults(value)


def _unwrap(node: object) -> None:
    """Write a choice of one type as that type: what is left of a union with "nothing was said"."""
    if isinstance(node, dict):
        if isinstance(choices := node.get("oneOf"), list) and len(choices) == 1 and "$ref" not in choices[0]:
            node.update(node.pop("oneOf")[0] | node)
        for value in node.values():
            _unwrap(value)
    elif isinstance(node, list):
        for value in node:
            _unwrap(value)


def _write_whole_numbers(node: object) -> None:
    """Write bounds of whole numbers as such: the framework's are floats, which large ones do not fit."""
    if isinstance(node, dict):
        for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            if isinstance(value := node.get(bound), float) and value.is_integer():
                node[bound] = int(value)
        for value in node.values():
            _write_whole_numbers(value)
    elif isinstance(node, list):
        for value in node:
            _write_whole_numbers(value)


def _show_examples(name: str, schema: Node) -> None:
    for field, kind in schema.get("properties", {}).items():
        example = EXAMPLES.get(f"{name}.{field}", EXAMPLES.get(field))
        if example is None or "examples" in kind or not _fits(example, kind):
            continue
        # Beside a reference nothing else may stand in older readers.
        if "$ref" not in kind:
            kind["examples"] = [example]


def _fits(example: object, kind: Node) -> bool:
    """Return whether the example is of a type that the schema has; its bounds are tested, not asked."""
    kinds = {_json_type(one) for one in (kind, *kind.get("oneOf", ()))}
    is_choice = any("enum" in one or "const" in one for one in (kind, *kind.get("oneOf", ())))
    return not is_choice and _type_of(example) in kinds


def _json_type(kind: Node) -> str | None:
    given = kind.get("type")
    return next((one for one in given if one != "null"), None) if isinstance(given, list) else given


def _type_of(example: object) -> str:
    return {str: "string", int: "integer", float: "number"}.get(type(example), "")


def _refusals() -> Node:
    """Each refusal once, with the headers that it has."""
    return {
        name: {
            "description": words,
            "headers": {header: {"$ref": f"#/components/headers/{header}"} for header in HEADERS.get(status, ())},
            "content": {PROBLEM: {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
        }
        for status, (name, words) in REFUSALS.items()
    }


def _describe(path: str, operation: Node) -> None:
    handler = operation["summary"]
    if " " in handler:
        handler = operation["operationId"]
    else:
        operation["summary"] = re.split(r"[.;:](?:\s|$)", operation["description"], maxsplit=1)[0]
    operation["operationId"] = _id(path, handler)
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["description"] = f"The id of the {parameter['name'].removesuffix('_id').replace('_', ' ')}."
        elif words := PARAMETERS.get(parameter["name"]):
            parameter.setdefault("description", words)
    operation["responses"] = _answers(operation)


def _answers(operation: Node) -> Node:
    """Return how the call may answer, by status: refusals by reference, a success in words."""
    responses = dict(operation["responses"])
    for status, answer in responses.items():
        if PROBLEM in answer.get("content", {}):
            responses[status] = {"$ref": f"#/components/responses/{REFUSALS[int(status)][0]}"}
        elif answer["description"].startswith(SAID_BY_FRAMEWORK):
            answer["description"] = DONE[status]
        if not answer.get("headers", True):
            del answer["headers"]
        if status == "204":
            answer.pop("content", None)
    if "requestBody" in operation:
        operation["requestBody"]["required"] = not _may_be_left_out(operation["requestBody"])
        for number in OF_BODIES:
            responses[str(number)] = {"$ref": f"#/components/responses/{REFUSALS[number][0]}"}
    return dict(sorted(responses.items()))


def _may_be_left_out(body: Node) -> bool:
    """Return whether null is as good as a body, and none at all."""
    return any({"type": "null"} in part["schema"].get("oneOf", ()) for part in body["content"].values())


def _id(path: str, handler: str) -> str:
    """The handler's name behind whose it is: customers' and the desk's calls are often named alike."""
    realm = next((realm for realm in ("customer", "staff") if path.startswith(f"/api/{realm}/")), "")
    name = handler if handler.lower().startswith(realm) else realm + handler
    return name[0].lower() + name[1:]
