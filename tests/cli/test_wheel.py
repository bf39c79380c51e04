"""The wheel holds all that the program needs, and its lock names all that it imports."""

import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from support.programs import READY, environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command of a new environment that holds the wheel, and what requirements/run.lock names."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env" / "bin" / "python"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            str(wheel),
        ],
        check=True,
    )
    [packages] = (folder / "env" / "lib").glob("python*/site-packages")
    _lend_locked_packages(packages)
    return folder / "env" / "bin" / "revivatech"


def test_it_says_its_version(program: Path) -> None:
    """The command of the wheel runs."""
    told = subprocess.run([program, "--version"], env=environment(), capture_output=True, text=True, check=True)

    assert told.stdout.startswith("Revivatech Customer Portal, version ")


def test_it_serves(program: Path, tmp_path: Path) -> None:
    """From an empty folder it becomes a portal with pages, their files, the API's document and translations."""
    env = environment(mode="development", data=str(tmp_path / "data"), port="0")
    with subprocess.Popen([program, "serve"], cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = next(line for line in process.stdout if READY in line)
            with httpx.Client(base_url=ready.partition(READY)[2].strip()) as client:
                assert client.get("/health/live").status_code == 200
                page = client.get("/customer/sign-in", headers={"Accept-Language": "pt-BR"})
                assert 'lang="pt-BR"' in page.text
                style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
                assert client.get(style).status_code == 200
                assert client.get("/api/openapi.json").json()["openapi"].startswith("3.")
        finally:
            process.terminate()
    assert process.returncode == 0


def _lend_locked_packages(packages: Path) -> None:
    """Link what the lock names into the environment, and nothing else that is installed here."""
    for line in (ROOT / "requirements" / "run.lock").read_text().splitlines():
        if "==" not in line:
            continue
        requirement = Requirement(line.rstrip(" \\"))
        if requirement.marker and not requirement.marker.evaluate():
            continue
        files = distribution(requirement.name).files or []
        for name in {file.parts[0] for file in files if file.parts[0] != ".."}:
            link, target = packages / name, Path(str(distribution(requirement.name).locate_file(name)))
            if target.exists() and not link.exists():
                link.symlink_to(target)
