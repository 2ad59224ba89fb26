"""A server for as long as a block lasts: on loopback, and ended by its own process id."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request


def free_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@contextlib.contextmanager
def serving(words, url, env, folder, path="/health"):
    """Waits until the server says at `path` that it is well."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(words, env=env, cwd=folder, start_new_session=True, **quiet)
    try:
        for _ in range(6000):
            with contextlib.suppress(OSError), urllib.request.urlopen(url + path, timeout=1):
                break
            if server.poll() is not None:
                raise SystemExit(f"{words[0]} ended with {server.returncode}")
            time.sleep(0.01)
        else:
            raise SystemExit(f"{words[0]} does not answer at {url}")
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def mlflow_server(python, folder, env):
    """MLflow's own, with one worker, into SQLite and files in the folder."""
    url = free_address()
    words = [
        python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", url.rsplit(":", 1)[1],
        "--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination", folder + "/artifacts",
    ]
    return serving(words, url, env, folder)
