"""Compiled templates, kept: compiling all of them takes a second, which every start would pay."""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import CodeType

import jinja2
from jinja2.bccache import Bucket, BytecodeCache
from typing_extensions import override

from revivatech import __version__

# What a template compiles to depends on these as much as on its text.
_SALT = f"{__version__} {jinja2.__version__} ".encode()
# Shared by all environments of the process: tests make many.
_known: dict[tuple[str, str], CodeType] = {}


class Bytecodes(BytecodeCache):
    """The compiled templates of this process, and those of the last one, in a folder of this environment's own.

    `texts` is all that is compiled into templates besides their own source.
    """

    def __init__(self, folder: Path, texts: bytes) -> None:
        self._folder = folder
        self._salt = _SALT + texts

    @override
    def get_source_checksum(self, source: str) -> str:
        return sha256(self._salt + source.encode()).hexdigest()

    @override
    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = _known.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            # Not there, not ours to read, or of another version: it is compiled anew.
            with suppress(OSError), self._file(bucket).open("rb") as file:
                bucket.load_bytecode(file)
        if bucket.code is not None:
            _known[bucket.key, bucket.checksum] = bucket.code

    @override
    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is None:
            return
        _known[bucket.key, bucket.checksum] = bucket.code
        target = self._file(bucket)
        # Written beside and renamed, so that no other process reads half of it. A folder that cannot be written only
        # makes the next start slower.
        draft = target.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with draft.open("wb") as file:
                bucket.write_bytecode(file)
            draft.replace(target)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.bytecode"
