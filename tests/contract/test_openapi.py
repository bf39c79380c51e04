"""The served OpenAPI document keeps its word: schemathesis asks whatever the document allows, and what it forbids."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest

from support.belongings import keep_address, keep_device
from support.desk import Desk
from support.exporting import ask
from support.people import People
from support.pictures import keep_avatar
from support.routes import routes_of
from support.serving import Served

pytestmark = pytest.mark.anyio

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
CONFIG = Path(__file__).with_name("schemathesis.toml")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "missing_required_header",
    "unsupported_method",
    "negative_data_rejection",
    "ignored_auth",
)
# Beside the two thousand cases at the bounds of each field, which the coverage phase makes.
EXAMPLES = 3
# What ends the own session would leave the rest of the run at the door.
ENDS_SESSION = "/auth/logout$"


@pytest.mark.long
@pytest.mark.parametrize("who", ["customer", "staff"])
async def test_no_answer_is_a_fault_or_undocumented(
    served: Served, people: People, desk: Desk, tmp_path: Path, who: str
) -> None:
    """Asked by a signed-in customer or manager, each answer has a documented status, type, header and body."""
    headers = await served.sign_in(people.anna if who == "customer" else people.mia)
    anna = await served.sign_in(people.anna)
    repair = (await desk.take_in(people.anna))["repair"]
    await desk.move(repair["id"], "diagnosing")
    # What an answer may hold must be there to be answered.
    facts = {"version": 2, "repairCost": 120.50, "partsCost": 80, "laborCost": "40.50", "notes": "New screen."}
    edited = await served.client.patch(f"/api/staff/repairs/{repair['id']}", headers=desk.headers, json=facts)
    assert edited.status_code == 200, edited.text
    notifications = await served.client.get("/api/customer/notifications", headers=anna)
    ids = {
        "repair_id": repair["id"],
        "notification_id": notifications.json()["items"][0]["id"],
        "customer_id": str(people.anna.id),
        "user_id": str(people.fay.id),
        "address_id": (await keep_address(served, anna))["id"],
        "device_id": (await keep_device(served, anna))["id"],
        "export_id": (await ask(served, anna)).json()["id"],
        "avatar_id": await keep_avatar(served, anna),
    }

    report = await run(
        tmp_path,
        {"SHOP_IDS": json.dumps(ids)},
        f"{served.url}/api/openapi.json",
        "--header", f"Authorization: {headers['Authorization']}",
        "--exclude-path-regex", f"{ENDS_SESSION}|^/api/{'staff' if who == 'customer' else 'customer'}/",
        "--checks", ",".join(CHECKS),
        "--phases", "examples,coverage,fuzzing",
        "--max-examples", str(EXAMPLES),
        "--generation-deterministic",
        "--seed", "1",
        "--no-shrink",
        "--continue-on-failure",
        "--suppress-health-check", "all",
        "--request-timeout", "10",
    )  # fmt: skip

    tested = re.search(r"Tested: +(\d+)", report)
    made = re.search(r"(\d+) generated", report)
    assert tested, report
    assert made, report
    assert int(tested[1]) >= 40, report
    assert int(made[1]) >= 1000, report


async def test_the_document_lists_every_json_route(served: Served) -> None:
    """What is served below /api is in the document, and nothing else is."""
    document = (await served.client.get("/api/openapi.json")).json()
    described = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in {"get", "post", "put", "patch", "delete"}
    }
    offered = {
        (route.method, re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path))
        for route in routes_of()
        if route.path.startswith("/api/") and route.path != "/api/openapi.json"
    }

    assert {pair for pair in described if pair[1].startswith("/api/")} == offered


async def run(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    """What schemathesis reports. Fails with that report where it has found anything."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file",
        str(CONFIG),
        "run",
        *arguments,
        cwd=folder,
        env={
            **os.environ,
            **environment,
            "SCHEMATHESIS_HOOKS": HOOKS.stem,
            "PYTHONPATH": str(HOOKS.parent),
            "NO_COLOR": "1",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(140):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    report = output.decode()
    assert process.returncode == 0, report
    return report
