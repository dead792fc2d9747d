"""Owns the embedded server: ``python -m config.database.supervisor FOLDER GRACE SETTING…``.

Started detached by the first process that needs the database. It stops the server and ends when the last user's lock
is gone, and the server ends with it even when it is killed.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from config.database.cluster import find_programs
from config.database.folder import DataFolder
from config.database.locks import open_lock, try_exclusive_lock, wait_for_exclusive_lock
from config.database.owner import ServerUser
from config.processes import end_with_parent

STOP_FAST = signal.SIGINT
STOP_AT_ONCE = signal.SIGQUIT
PATIENCE = 15.0


def main(arguments: Sequence[str]) -> int:
    folder, grace, settings = DataFolder(Path(arguments[0])), float(arguments[1]), arguments[2:]
    handle = open_lock(folder.server_lock)
    if not _become_supervisor(folder, handle):
        print("another server uses the folder", file=sys.stderr)
        return 1
    (folder.data / "postmaster.pid").unlink(missing_ok=True)  # nobody holds the server's lock: it is stale
    server = _start_server(folder, handle, settings)

    def stop(number: int = 0, frame: FrameType | None = None) -> None:
        server.send_signal(STOP_FAST)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    users = open_lock(folder.users_lock)
    threading.Thread(target=_stop_after_last_user, args=(users, grace, server), daemon=True).start()
    return server.wait()


def _become_supervisor(folder: DataFolder, handle: int) -> bool:
    """Waits for an earlier server to end; one whose supervisor was killed is told to."""
    if try_exclusive_lock(handle, 1.0):
        return True
    state = folder.state()
    if state:
        os.kill(state[0], STOP_FAST)
    return try_exclusive_lock(handle, PATIENCE)


def _start_server(folder: DataFolder, handle: int, settings: Sequence[str]) -> subprocess.Popen[bytes]:
    owner = ServerUser.choose()
    command = [str(find_programs(folder, owner) / "postgres"), "-D", str(folder.data)]
    for setting in settings:
        command += ["-c", setting]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        pass_fds=[handle],
        preexec_fn=end_with_parent(STOP_FAST),
        **owner.process(),
    )


def _stop_after_last_user(users: int, grace: float, server: subprocess.Popen[bytes]) -> None:
    wait_for_exclusive_lock(users, grace)
    server.send_signal(STOP_FAST)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.send_signal(STOP_AT_ONCE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
