"""The stage that scripts/demo plays on: people with machines of their own, and what they type."""

import json
import os
import shlex
import signal
import subprocess
import sys
import textwrap
import time
from datetime import datetime

COLOURED = sys.stdout.isatty() and "NO_COLOR" not in os.environ
COMMAND_SECONDS_MAX = 180
START_SECONDS_MAX = 30


class Failed(Exception):
    """The story cannot go on; the text says why."""


def styled(text, code):
    return f"\033[{code}m{text}\033[0m" if COLOURED else text


def chapter(title):
    print(f"\n{styled(title, '1;34')}\n{styled('─' * len(title), '34')}")


def say(text):
    print("\n" + textwrap.fill(" ".join(text.split()), 88), flush=True)


def show(line, person=None):
    """A command as its person types it; quoted so that it can be pasted."""
    prompt = f"{person} $ " if person else "$ "
    print("\n" + styled(prompt, "32") + styled(line, "1"), flush=True)


def typed(words):
    return " ".join(shlex.quote(str(word)) for word in words)


class Stage:
    """A folder for the story, and the processes that it started."""

    def __init__(self, folder, binary, python):
        self.folder = folder
        self.binary = binary
        self.python = python
        self.started = []
        self._set_aside()
        folder.mkdir()

    def _set_aside(self):
        if self.folder.exists():
            stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
            old = self.folder.with_name(f"{self.folder.name}-old-{stamp}")
            self.folder.rename(old)
            print(f"The last demo's folder is now {old.name}/")

    def person(self, name):
        return Person(self, name)

    def close(self):
        """Ends what is still running; only what this story started."""
        for process in reversed(self.started):
            stop(process)


class Person:
    """Someone with a machine: a home, settings and a state folder that nobody else has."""

    def __init__(self, stage, name):
        self.stage = stage
        self.name = name
        self.home = stage.folder / "homes" / name
        self.folder = stage.folder / name
        self.variables = self._variables()
        self.home.mkdir(parents=True)
        self._write_git_identity()

    def _variables(self):
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("FIELDBOOK_", "MLFLOW_", "GIT_", "XDG_", "PYTHON"))
        }
        path = [self.stage.binary.parent, self.stage.python.parent, kept.get("PATH", "")]
        return kept | {
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home / ".local/state"),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "USER": self.name,
            "LOGNAME": self.name,
            "PATH": os.pathsep.join(map(str, path)),
            "PYTHONDONTWRITEBYTECODE": "1",
            # A story reads better without MLflow's notices; the scripts stay as they are.
            "MLFLOW_LOGGING_LEVEL": "ERROR",
            "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
            "GIT_PYTHON_REFRESH": "quiet",
            "EDITOR": "false",
        }

    def _write_git_identity(self):
        text = f"[user]\n\tname = {self.name}\n\temail = {self.name}@example.org\n"
        (self.home / ".gitconfig").write_text(text)

    def quietly(self, *words, folder=None):
        """Runs a command that is no part of the story; its stdout."""
        done = subprocess.run(
            [str(word) for word in words],
            cwd=folder or self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )
        if done.returncode not in (0, 3):
            raise Failed(
                f"'{typed(words)}' of {self.name} ended with status {done.returncode}:\n"
                + (done.stderr or done.stdout).rstrip()
            )
        return done.stdout

    def ask(self, *words, folder=None):
        """What `fieldbook … --json` answers."""
        words = ("fieldbook", *words, "--json")
        answer = self.quietly(*words, folder=folder)
        try:
            return json.loads(answer)
        except ValueError as error:
            raise Failed(f"'{typed(words)}' did not print one JSON document: {error}") from error

    def answers(self, *words, folder=None):
        """The same, shown: the command and the document."""
        show(typed(("fieldbook", *words, "--json")), self.name)
        answer = self.ask(*words, folder=folder)
        print("  " + json.dumps(answer))
        return answer

    def types(self, *words, folder=None, statuses=(0,)):
        """Shows the command, runs it, passes its output on; its text."""
        words = ("fieldbook", *words)
        show(typed(words), self.name)
        process = subprocess.Popen(
            [str(word) for word in words],
            cwd=folder or self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self.stage.started.append(process)
        lines = []
        for line in process.stdout:
            lines.append(line)
            print("  " + line.rstrip("\n"), flush=True)
        status = process.wait(timeout=COMMAND_SECONDS_MAX)
        self.stage.started.remove(process)
        if status not in statuses:
            raise Failed(f"'{typed(words)}' of {self.name} ended with status {status}")
        if status:
            print(styled(f"  (exit status {status})", "2"))
        return "".join(lines)

    def serves(self, *words, folder=None):
        """Starts a server and waits for its first line: the process and its address."""
        words = ("fieldbook", *words)
        show(typed(words) + " &", self.name)
        log = self.home / "server.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [str(word) for word in words],
                cwd=folder or self.folder,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.stage.started.append(process)
        address = self._address(process, log)
        print(f"  listening on {address}")
        return process, address

    def _address(self, process, log):
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            for line in log.read_text(errors="replace").splitlines():
                if line.startswith("listening on "):
                    return line.removeprefix("listening on ").strip()
            if process.poll() is not None:
                break
            time.sleep(0.05)
        raise Failed(f"{self.name}'s server did not start:\n{log.read_text(errors='replace')}")

    def write_shell(self, path):
        """A small script that makes the reader this person: `demo/as-ana fieldbook runs`."""
        names = ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME"]
        exports = "\n".join(f"export {name}={shlex.quote(self.variables[name])}" for name in names)
        tools = [str(self.stage.binary.parent), str(self.stage.python.parent)]
        path.write_text(
            "#!/bin/sh\n"
            f"# A shell, or one command, as {self.name}.\n"
            f"{exports}\n"
            f"export PATH={shlex.quote(os.pathsep.join(tools))}:$PATH\n"
            f"cd {shlex.quote(str(self.folder))} || exit\n"
            'if [ $# -eq 0 ]; then exec "${SHELL:-/bin/sh}"; fi\n'
            'exec "$@"\n'
        )
        path.chmod(0o755)


def stop(process):
    """Ends one process, politely first."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

