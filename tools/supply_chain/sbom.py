"""Write a CycloneDX SBOM of every lock to dist/sbom: NAME.cdx.json for requirements/NAME.lock, and assets.cdx.json.

The installed packages tell licences and dependencies; a package that a lock holds for another platform only is listed
without them. `npm sbom` writes the one of assets/package-lock.json; it is left out where there is no npm.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "requirements"
TARGET = ROOT / "dist" / "sbom"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

Json = dict[str, Any]


def main() -> int:
    """Write all of them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    environment = run_json(sys.executable, "-m", "cyclonedx_py", "environment", "--no-validate", sys.executable)
    for lock in sorted(LOCKS.glob("*.lock")):
        write(lock.stem, of_lock(environment, lock.read_text()))
    if shutil.which("npm"):
        write(
            "assets", run_json("npm", "sbom", "--package-lock-only", "--sbom-format=cyclonedx", folder=ROOT / "assets")
        )
    else:
        print("--    assets.cdx.json: not written, there is no Node here")
    return 0


def of_lock(environment: Json, lock: str) -> Json:
    """Return the environment's SBOM reduced to the packages of a lock, with the lock's hashes."""
    locked = packages_of(lock)
    installed = {normal(item["name"]): item for item in environment["components"]}
    components = [component(installed.get(name), name, *pin) for name, pin in sorted(locked.items())]
    known = {item["bom-ref"] for item in components}
    dependencies = [
        entry | {"dependsOn": [ref for ref in entry.get("dependsOn", []) if ref in known]}
        for entry in environment.get("dependencies", [])
        if entry["ref"] in known
    ]
    head = {key: environment[key] for key in ("$schema", "bomFormat", "specVersion", "version", "serialNumber")}
    return head | {"components": components, "dependencies": dependencies}


def packages_of(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Return version and SHA-256 hashes of each package of a hashed requirement file, by normal name."""
    starts = list(PINNED.finditer(lock))
    ends = [start.start() for start in starts[1:]] + [len(lock)]
    return {
        normal(start[1]): (start[2], HASH.findall(lock, start.end(), end))
        for start, end in zip(starts, ends, strict=True)
    }


def component(installed: Json | None, name: str, version: str, hashes: list[str]) -> Json:
    """Return the component of one locked package. Raise SystemExit when another version of it is installed."""
    if installed is not None and installed["version"] != version:
        sys.exit(f"{name} {version} is locked, {installed['version']} is installed: run make .venv/check.stamp.")
    purl = f"pkg:pypi/{name}@{version}"
    item = installed or {"type": "library", "name": name, "version": version, "bom-ref": purl, "purl": purl}
    # One distribution of many platforms was installed; every one that may be is listed.
    properties = [{"name": "revivatech:lock:sha256", "value": value} for value in hashes]
    return item | {"properties": properties}


def normal(name: str) -> str:
    """Return the package's name in its normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def run_json(*command: str, folder: Path = ROOT) -> Json:
    """Return what the command prints as JSON. It ends with its own message when it fails."""
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603 - our own list
    if done.returncode:
        sys.exit(done.stderr)
    result: Json = json.loads(done.stdout)
    return result


def write(name: str, bom: Json) -> None:
    """Write one SBOM."""
    (TARGET / f"{name}.cdx.json").write_text(json.dumps(bom, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    sys.exit(main())
