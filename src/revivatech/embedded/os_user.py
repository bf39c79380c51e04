"""As whom the servers run: PostgreSQL refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from revivatech.embedded.errors import EmbeddedError

# The first of these that the system has. A database server of the system already trusts its own user.
CANDIDATES = ("revivatech", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A system user that root starts the servers as."""

    name: str
    uid: int
    gid: int

    def take(self, path: Path) -> None:
        """Give `path` and all below it to this account."""
        os.lchown(path, self.uid, self.gid)
        for parent, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.lchown(Path(parent, name), self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Return whether this account may walk to `path` and read or run it, by the folders' ordinary mode bits."""
        path = path.resolve()
        return all(self._may_enter(part) for part in (path, *path.parents))

    def _may_enter(self, path: Path) -> bool:
        status = path.stat()
        wanted = 0o5  # read and run
        if status.st_uid == self.uid:
            wanted <<= 6
        elif status.st_gid == self.gid:
            wanted <<= 3
        wanted &= 0o111 if path.is_dir() else 0o777  # a folder only has to let pass
        return status.st_mode & wanted == wanted


def server_account(*owned: Path) -> Account | None:
    """The account for the servers: none (that is, our own) for an ordinary user.

    For root it is the first owner of the existing ones of `owned` who is not root (so that root and the folder's owner
    may take turns), else a user that the system has. Raises EmbeddedError on a system that only knows root.
    """
    if os.geteuid() != 0:
        return None
    for path in owned:
        if path.exists() and (owner := _by_uid(path.stat().st_uid)):
            return owner
    for name in CANDIDATES:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise EmbeddedError("PostgreSQL does not run as root and this system has no user `nobody`; start as another user.")


def keep_to_own(data: Path) -> None:
    """Refuse root a data folder of somebody else. Raises EmbeddedError.

    The secret, the files and the compiled pages that a whole portal writes as root would lock its owner out of it.
    """
    if os.geteuid() != 0 or not data.exists() or not (uid := data.stat().st_uid):
        return
    owner = found.name if (found := _by_uid(uid)) else str(uid)
    raise EmbeddedError(
        f"The data folder {data.resolve()} belongs to user {owner}, who could not read what root writes there; "
        f"start as that user or choose another folder."
    )


def _by_uid(uid: int) -> Account | None:
    """The account of a user id; none for root and for an id without a name, which initdb would refuse."""
    try:
        return _account(pwd.getpwuid(uid)) if uid else None
    except KeyError:
        return None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
