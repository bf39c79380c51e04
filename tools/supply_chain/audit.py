"""Ask the advisory sources for known vulnerabilities in every lock.

Exits with 1 when there is one. Where a source cannot be reached, or does not know the packages, it says that they were
not checked, and exits with 0: a build without a network is not a vulnerable one, and not a checked one either.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SECONDS = 120

Json = dict[str, Any]
# Sentences about vulnerable packages, how many packages were checked, and how many there are.
Findings = tuple[list[str], int, int]


def main() -> int:
    """Check the locks of Python and of the assets."""
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    results = [check(lock.name, pip_audit(lock), python_findings) for lock in locks]
    results.append(check("package-lock.json", npm_audit(), npm_findings))
    return 1 if any(results) else 0


def check(name: str, output: str, findings_of: Callable[[Json], Findings]) -> bool:
    """Print the result for one lock. Return True when it holds a known vulnerability."""
    try:
        findings, checked, total = findings_of(json.loads(output))
    except (ValueError, KeyError, TypeError):
        print(f"--    {name}: NOT CHECKED, the advisory source cannot be reached")
        return False
    for finding in findings:
        print(f"      {finding}")
    if findings:
        print(f"WRONG {name}: {len(findings)} known vulnerabilities")
    elif checked < total:
        print(f"--    {name}: NOT CHECKED, {total - checked} of {total} packages are unknown to the advisory source")
    else:
        print(f"ok    {name}: no known vulnerability in {total} packages")
    return bool(findings)


def pip_audit(lock: Path) -> str:
    """Return pip-audit's report as JSON; anything else when it could not ask."""
    options = ("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off", "--timeout", "10")
    return output_of(sys.executable, "-m", "pip_audit", "--requirement", str(lock), *options)


def npm_audit() -> str:
    """Return npm's report as JSON; anything else when it could not ask."""
    return output_of("npm", "audit", "--package-lock-only", "--json", folder=ROOT / "assets")


def python_findings(report: Json) -> Findings:
    """Return pip-audit's findings."""
    packages = report["dependencies"]
    checked = [package for package in packages if "skip_reason" not in package]
    findings = [
        f"{package['name']} {package['version']}: {advisory['id']}, fixed in {advisory['fix_versions'] or 'no version'}"
        for package in checked
        for advisory in package["vulns"]
    ]
    return findings, len(checked), len(packages)


def npm_findings(report: Json) -> Findings:
    """Return npm's findings; npm checks all packages or none."""
    total = report["metadata"]["dependencies"]["total"]
    findings = [f"{name}: {entry['severity']}, {entry['range']}" for name, entry in report["vulnerabilities"].items()]
    return findings, total, total


def output_of(*command: str, folder: Path = ROOT) -> str:
    """Return what the command prints, whatever its exit code; nothing when it is missing or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603 - our own list
            command, cwd=folder, check=False, capture_output=True, text=True, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
