"""A small filesystem for one machine's replica, which can be filled up and freed."""

import os
import subprocess

MEGABYTES = 12


class SmallDisk:
    def __init__(self, folder):
        self.folder = folder
        self._filler = folder / "filler"
        folder.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder], check=True
        )

    @property
    def is_full(self):
        return self._filler.exists()

    def fill(self, spare_bytes):
        """Leaves about so many bytes."""
        disk = os.statvfs(self.folder)
        count = max(1, disk.f_bavail * disk.f_frsize - spare_bytes)
        with self._filler.open("wb") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, count)
            except OSError:
                pass  # Somebody was faster: it is full all the same.

    def free(self):
        self._filler.unlink(missing_ok=True)

    def close(self):
        subprocess.run(["umount", self.folder], check=True)
