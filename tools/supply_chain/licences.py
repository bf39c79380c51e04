"""Check the licence of every package in dist/sbom against requirements/licences.toml; print what is not allowed."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from license_expression import LicenseExpression, get_spdx_licensing

ROOT = Path(__file__).parents[2]
RULES = ROOT / "requirements" / "licences.toml"
SBOMS = ROOT / "dist" / "sbom"

Json = dict[str, Any]
SPDX = get_spdx_licensing()


def main() -> int:
    """Return 1 when a package's licence is missing or not allowed."""
    rules = tomllib.loads(RULES.read_text())
    problems = []
    for path in sorted(SBOMS.glob("*.cdx.json")):
        name = path.name.removesuffix(".cdx.json")
        components = json.loads(path.read_text())["components"]
        found = problems_of(components, rules, is_shipped=name in rules["shipped_locks"])
        problems += [f"{name}: {problem}" for problem in found]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def problems_of(components: list[Json], rules: Json, *, is_shipped: bool) -> list[str]:
    """Return a sentence for each component whose licence is missing, unreadable or not allowed."""
    allowed = set(rules["allowed"]) | set(() if is_shipped else rules["allowed_tools"])
    found = []
    for item in components:
        for licence in licences_of(item, rules):
            if not licence:
                found.append(f"{item['name']} {item['version']} states no licence")
            elif not is_allowed(licence, allowed):
                found.append(f"{item['name']} {item['version']} is under {licence}")
    return found


def licences_of(item: Json, rules: Json) -> list[str]:
    """Return the licences that must all be allowed, as SPDX expressions; [""] when none is stated."""
    if override := rules["packages"].get(item["name"].lower()):
        return [override]
    stated = [entry.get("expression") or name_of(entry["license"], rules) for entry in item.get("licenses", [])]
    # "License :: OSI Approved" alone says nothing; beside another statement it is left out.
    return [licence for licence in stated if licence] or [""]


def name_of(licence: Json, rules: Json) -> str:
    """Return the SPDX identifier of a licence that is stated by identifier or by one of the known names."""
    name = licence.get("id") or licence.get("name", "")
    return str(rules["names"].get(name, name))


def is_allowed(expression: str, allowed: set[str]) -> bool:
    """Return True when the allowed licences satisfy the SPDX expression: each of an AND, one of an OR."""
    try:
        parsed = SPDX.parse(expression, validate=True)
    except Exception:  # noqa: BLE001 - a text that is not an expression fails in several ways
        return False
    return parsed is not None and satisfied(parsed, allowed)


def satisfied(expression: LicenseExpression, allowed: set[str]) -> bool:
    """Return True when `allowed` satisfies the parsed expression."""
    if isinstance(expression, SPDX.AND):
        return all(satisfied(part, allowed) for part in expression.args)
    if isinstance(expression, SPDX.OR):
        return any(satisfied(part, allowed) for part in expression.args)
    return str(expression) in allowed


if __name__ == "__main__":
    sys.exit(main())
