"""docs/api.md keeps its word: its examples are run as they stand there."""

import asyncio
import os
import re
import shutil
from pathlib import Path

import pytest

from support.desk import Desk
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCKS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, which the examples use")
async def test_the_examples_work_as_they_stand(served: Served, people: People, desk: Desk, tmp_path: Path) -> None:
    """One after the other in one shell, each ends well and none of them is left out."""
    await desk.take_in(people.anna)
    script = "\n".join(BLOCKS.findall(PAGE.read_text("utf-8")))
    assert script.count("curl ") >= 15
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        script,
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "PORTAL": served.url,
            "EMAIL": people.anna.email,
            "PASSWORD": people.anna.password,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        said, _ = await process.communicate()

    assert process.returncode == 0, said.decode()
    assert {"Recebido", "1", "Europe/Lisbon", "version_conflict"} <= set(said.decode().splitlines())
