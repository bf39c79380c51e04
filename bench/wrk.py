"""Load from outside, by wrk."""

import json
import re
import subprocess
import tempfile
from typing import NamedTuple

from bench.program import Program


class Load(NamedTuple):
    """What wrk and /proc saw."""

    rps: float
    cpu_ms: float
    p95_ms: float
    failed: int


def load(
    program: Program,
    path: str,
    header: str,
    values: list[str],
    seconds: int,
    *,
    connections: int = 32,
    warming: int = 1,
) -> Load:
    """Ask for a path as often as it goes, with each of the header's values in turn; the first seconds do not count.

    A value is `header|id`; the id takes the place of `{id}` in the path.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        pairs = ",".join(json.dumps(value) for value in values)
        script.write(
            f"local v={{{pairs}}}\nlocal i=0\nlocal h={json.dumps(header)}\nlocal p={json.dumps(path)}\n"
            "request=function() i=i%#v+1; local a,b=v[i]:match('^(.-)|(.*)$'); wrk.headers[h]=a;"
            " return wrk.format('GET', (p:gsub('{id}', b))) end\n"
            "done=function(s,l) io.write(string.format('P95 %f\\n', l:percentile(95)/1000)) end\n"
        )
        script.flush()

        def wrk(duration: int) -> str:
            command = [
                "wrk",
                "-t1",
                f"-c{connections}",
                f"-d{duration}s",
                "-s",
                script.name,
                program.url + path.partition("{")[0],
            ]
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout

        if warming:
            wrk(warming)
        before = program.cpu_ms()
        out = wrk(seconds)
        used = program.cpu_ms() - before
    requests = int(_found(r"(\d+) requests in", out))
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return Load(
        float(_found(r"Requests/sec: +([0-9.]+)", out)),
        used / requests,
        float(_found(r"P95 ([0-9.]+)", out)),
        int(failed[1]) if failed else 0,
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk said nothing of {pattern}:\n{text}")
    return match[1]
