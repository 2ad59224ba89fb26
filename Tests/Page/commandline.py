"""The built program, asked by a person in the replica of their name."""

import json
import os
import socket
import subprocess
import time


class CommandLine:
    def __init__(self, program, root, person):
        self.program, self.root, self.person = os.path.abspath(program), os.path.abspath(root), person
        home = f"{self.root}/home-{person}"
        self.variables = {
            **{name: value for name, value in os.environ.items() if name not in ("XDG_CONFIG_HOME", "FIELDBOOK_DIR")},
            "HOME": home, "XDG_STATE_HOME": f"{home}/state", "FIELDBOOK_DEVICE_NAME": person, "USER": person,
        }

    def run(self, *words):
        return subprocess.run(
            [self.program, *words, "--dir", f"{self.root}/{self.person}"], env=self.variables, cwd=self.root, capture_output=True, text=True, timeout=60)

    def __call__(self, *words):
        """What it printed; it did what it was told."""
        answer = self.run(*words)
        assert answer.returncode == 0, f"fieldbook {' '.join(words)}: {answer.returncode}: {answer.stderr}"
        return answer.stdout

    def json(self, *words):
        return json.loads(self(*words, "--json"))

    def sync(self):
        """Status 3 says that there is something to decide."""
        answer = self.run("sync")
        assert answer.returncode in (0, 3), answer.stderr


class OwnServer:
    """A server of that replica that the tests may stop, by its own process."""

    def __init__(self, line):
        self.line = line
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.line.program, "server", "--port", str(self.port), "--dir", f"{self.line.root}/{self.line.person}"],
            env=self.line.variables, cwd=self.line.root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = self.process.stdout.readline()
        assert said.startswith("listening on "), said

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
