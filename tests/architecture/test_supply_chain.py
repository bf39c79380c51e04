"""The tools that list what the locks hold, compare licences, and report vulnerabilities."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOOLS = Path(__file__).parents[2] / "tools" / "supply_chain"
RULES = {
    "shipped_locks": ["run"],
    "allowed": ["MIT", "Apache-2.0"],
    "allowed_tools": ["GPL-3.0-or-later"],
    "names": {"License :: OSI Approved": "", "The MIT License": "MIT"},
    "packages": {"silent": "MIT"},
}


def tool(name: str) -> ModuleType:
    """One of the scripts, as a module."""
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def component(name: str, *licences: dict[str, Any]) -> dict[str, Any]:
    """A component of an SBOM."""
    return {"name": name, "version": "1", "licenses": list(licences)}


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (component("a", {"license": {"id": "MIT"}}), None),
        (component("b", {"expression": "GPL-3.0-or-later OR (MIT AND Apache-2.0)"}), None),
        (
            component("c", {"license": {"name": "The MIT License"}}, {"license": {"name": "License :: OSI Approved"}}),
            None,
        ),
        (component("Silent"), None),
        (component("d"), "d 1 states no licence"),
        (component("e", {"license": {"name": "License :: OSI Approved"}}), "e 1 states no licence"),
        (component("f", {"expression": "MIT AND GPL-3.0-or-later"}), "f 1 is under MIT AND GPL-3.0-or-later"),
        (
            component("g", {"license": {"id": "MIT"}}, {"license": {"id": "AGPL-3.0-only"}}),
            "g 1 is under AGPL-3.0-only",
        ),
        (component("h", {"license": {"name": "as is"}}), "h 1 is under as is"),
    ],
)
def test_a_licence_that_is_not_listed_is_named(item: dict[str, Any], problem: str | None) -> None:
    """Expressions, known names and overrides are read; a missing, unknown or unlisted licence is a problem."""
    pytest.importorskip("license_expression", reason="needs the tools of make check")

    assert tool("licences").problems_of([item], RULES, is_shipped=True) == ([problem] if problem else [])


def test_tools_may_have_licences_that_shipped_packages_may_not() -> None:
    """GPL is allowed for a program that developers run."""
    pytest.importorskip("license_expression", reason="needs the tools of make check")
    item = component("linter", {"license": {"id": "GPL-3.0-or-later"}})

    assert not tool("licences").problems_of([item], RULES, is_shipped=False)
    assert tool("licences").problems_of([item], RULES, is_shipped=True)


def test_an_sbom_lists_every_package_of_its_lock_and_no_other() -> None:
    """Versions and hashes come from the lock, also for a package that is not installed here."""
    environment = {
        "$schema": "s",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "serialNumber": "n",
        "components": [
            {"name": "Some_Thing", "version": "2.0", "bom-ref": "x", "licenses": []},
            {"name": "other", "version": "1.0", "bom-ref": "y", "licenses": []},
        ],
        "dependencies": [{"ref": "x", "dependsOn": ["y"]}, {"ref": "y"}],
    }
    pins = (("some-thing==2.0", "ab"), ("win-only==3.1 ; sys_platform == 'win32'", "c"))
    lock = "".join(
        " \\\n    ".join([pin, *(f"--hash=sha256:{digit * 64}" for digit in digits)]) + "\n" for pin, digits in pins
    )

    bom = tool("sbom").of_lock(environment, lock)

    assert [(item["name"], item["version"]) for item in bom["components"]] == [
        ("Some_Thing", "2.0"),
        ("win-only", "3.1"),
    ]
    assert [len(item["properties"]) for item in bom["components"]] == [2, 1]
    assert bom["dependencies"] == [{"ref": "x", "dependsOn": []}]


def test_an_sbom_is_refused_when_another_version_is_installed() -> None:
    """The licences would be those of a version that the lock does not hold."""
    with pytest.raises(SystemExit, match=r"2\.0 is locked, 1\.0 is installed"):
        tool("sbom").component({"name": "x", "version": "1.0"}, "x", "2.0", [])


PIP_FOUND = {"dependencies": [{"name": "x", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}]}
PIP_CLEAN = {"dependencies": [{"name": "x", "version": "1", "vulns": []}]}
PIP_UNKNOWN = {"dependencies": [{"name": "x", "version": "1", "skip_reason": "not found"}]}


@pytest.mark.parametrize(
    ("output", "is_vulnerable", "words"),
    [
        (json.dumps(PIP_FOUND), True, "CVE-1"),
        (json.dumps(PIP_CLEAN), False, "no known vulnerability in 1 packages"),
        (json.dumps(PIP_UNKNOWN), False, "NOT CHECKED, 1 of 1"),
        (
            json.dumps({"message": "405 Method Not Allowed"}),
            False,
            "NOT CHECKED, the advisory source cannot be reached",
        ),
        ("", False, "NOT CHECKED, the advisory source cannot be reached"),
        ("Traceback (most recent call last):", False, "NOT CHECKED, the advisory source cannot be reached"),
    ],
)
def test_an_audit_that_could_not_ask_never_says_ok(
    output: str, is_vulnerable: bool, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A finding fails the job; no answer, or none about a package, is told as such and never as a clean result."""
    audit = tool("audit")

    assert audit.check("run.lock", output, audit.python_findings) is is_vulnerable

    printed = capsys.readouterr().out
    assert words in printed
    assert ("ok " in printed) is (output == json.dumps(PIP_CLEAN))


def test_npm_findings_fail_the_job(capsys: pytest.CaptureFixture[str]) -> None:
    """The report of npm names the package and how severe it is."""
    audit = tool("audit")
    report = {
        "metadata": {"dependencies": {"total": 9}},
        "vulnerabilities": {"left": {"severity": "high", "range": "<2"}},
    }

    assert audit.check("package-lock.json", json.dumps(report), audit.npm_findings)
    assert "left: high, <2" in capsys.readouterr().out


def test_a_command_that_is_missing_is_no_answer() -> None:
    """Where there is no npm, its audit has no output."""
    assert tool("audit").output_of("no-such-program-here") == ""
    assert tool("audit").output_of(sys.executable, "-c", "print('report'); raise SystemExit(1)").strip() == "report"
