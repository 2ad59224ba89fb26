"""Namespaces of the lab's own: whatever becomes of it, no process, mount or network is left."""

import ctypes
import os
import subprocess
import sys

INSIDE = "FIELDBOOK_LAB_INSIDE"
SEPARATE = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def enter(words):
    """Starts this program again, with these words, in namespaces of its own where they can be had.

    Returns true inside them, false where the system lets nobody make them.
    """
    # Who was started by a process that was killed comes to us, and is seen and waited for.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.environ.get(INSIDE):
        _prepare()
        return True
    for rights in ([], ["--user", "--map-root-user"]):
        unshare = ["unshare", *rights, *SEPARATE]
        if _works([*unshare, "mount", "-t", "tmpfs", "tmpfs", "/run"]):
            os.environ[INSIDE] = "yes"
            sys.stdout.flush()
            os.execvp("unshare", [*unshare, sys.executable, *words])
    return False


def _works(words):
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _prepare():
    # What `ip netns add` makes lies in /run/netns: here, in a filesystem that goes with us.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    os.mkdir("/run/netns")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
