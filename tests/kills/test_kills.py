"""Commands killed at random times leave no process and lose no finished work.

The signals are SIGKILL, SIGTERM and that of Ctrl-C.

Run with `pytest -m slow tests/kills`. PILOTNET_KILLS is the number of kills of each command, 20 by
default.
"""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.kills.commands import COMMANDS, Command

KILLS = int(os.environ.get("PILOTNET_KILLS", "20"))
EXIT_TIMEOUT = 10.0  # [s] after which no process may be left
RUN_TIMEOUT = 300.0  # [s]
KILLED_TWICE = 0.4  # share of the resumed runs that are killed as well
SEED = 20  # of the times of the kills
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
# After SIGTERM and Ctrl-C: the exit codes of the command line, and those of Python before it has
# installed its handlers.
EXIT_CODES = {
    signal.SIGKILL: (-signal.SIGKILL,),
    signal.SIGTERM: (143, -signal.SIGTERM),
    signal.SIGINT: (130, -signal.SIGINT),
}

pytestmark = pytest.mark.slow


class Run:
    """A running command, in a session of its own."""

    def __init__(
        self, arguments: list[str], log: Path, environment: dict[str, str] | None = None
    ) -> None:
        self.log = log
        command = [sys.executable, "-m", "pilotnet", *arguments]
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                stdout=file,
                stderr=file,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )

    def family(self) -> list[psutil.Process]:
        """Return the running processes of the session."""
        return list(self._family())

    def _family(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            try:
                if (
                    os.getsid(process.pid) == self.process.pid
                    and process.status() != psutil.STATUS_ZOMBIE
                ):
                    yield process
            except (ProcessLookupError, psutil.NoSuchProcess):
                continue

    def kill(self, number: signal.Signals) -> None:
        """Send a signal and require that all processes end.

        SIGINT goes to all processes of the session, the others to the first.
        """
        sent = time.monotonic()
        if number is signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        code = self.process.wait(EXIT_TIMEOUT)
        self._require_no_family(sent, number.name)
        assert code in (0, *EXIT_CODES[number]), self.output()
        if code > 0:
            assert "Traceback" not in self.output(), self.output()

    def finish(self) -> None:
        """Wait for the command's end and require success."""
        assert self.process.wait(RUN_TIMEOUT) == 0, self.output()
        self._require_no_family(time.monotonic(), "its end")

    def _require_no_family(self, since: float, event: str) -> None:
        """Require that no process of the session is left EXIT_TIMEOUT seconds after an event."""
        while family := self.family():
            assert time.monotonic() < since + EXIT_TIMEOUT, (
                f"{family} are left {EXIT_TIMEOUT} s after {event}"
            )
            time.sleep(0.1)

    def output(self) -> str:
        """Return what the command has written to the terminal so far."""
        return self.log.read_text(errors="replace")


@dataclass
class Subject:
    """A command to kill.

    data: its dataset, "" without one.
    logs: the folder for its output.
    duration: of an uninterrupted run [s].
    """

    command: Command
    out: Path
    data: str
    logs: Path
    duration: float

    def run(self, resume: bool) -> Run:
        """Start the command, or go on with it."""
        arguments = self.command.resume_arguments if resume else self.command.arguments
        return Run(
            [each.format(out=self.out, data=self.data) for each in arguments], self.logs / "log"
        )

    def committed(self) -> dict[Path, int]:
        """Return the files that must survive every kill, with their modification times [ns]."""
        paths = self.out.glob(self.command.committed) if self.command.committed else ()
        return {path: path.stat().st_mtime_ns for path in paths}


def needed_data(command: Command, request: pytest.FixtureRequest) -> str:
    """Return the dataset that a command needs, if it does."""
    return (
        str(request.getfixturevalue("tiny_data"))
        if any("{data}" in each for each in command.arguments)
        else ""
    )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_killed_command_leaves_no_process_and_ends_as_if_it_had_not_been_killed(
    command: Command, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    whole = Subject(command, tmp_path / "whole", needed_data(command, request), tmp_path, 0.0)
    began = time.monotonic()
    whole.run(resume=False).finish()
    duration = time.monotonic() - began
    wanted = command.fingerprint(whole.out)
    kill_times = random.Random(SEED)
    signals = itertools.cycle(SIGNALS)
    kills = 0
    for attempt in itertools.count():
        assert attempt < 3 * KILLS + 3, "the command ends before it can be killed"
        subject = Subject(command, tmp_path / f"killed-{attempt}", whole.data, tmp_path, duration)
        kills += kill_and_finish(subject, kill_times, signals, KILLS - kills)
        assert command.fingerprint(subject.out) == wanted
        if kills >= KILLS:
            break


def kill_and_finish(
    subject: Subject, kill_times: random.Random, signals: Iterator[signal.Signals], most: int
) -> int:
    """Kill a command at random times, resume it to its end, and return the number of kills."""
    kills = 0
    before: dict[Path, int] = {}
    for resume in itertools.chain([False], itertools.repeat(True)):
        run = subject.run(resume)
        if kills == most or (kills and kill_times.random() > KILLED_TWICE):
            break
        time.sleep(kill_times.uniform(0.0, subject.duration))
        if run.process.poll() is not None:
            break
        run.kill(next(signals))
        kills += 1
        after = subject.committed()
        assert before.items() <= after.items() or (subject.command.removed and not after)
        before = after
    run.finish()
    assert subject.command.removed or before.items() <= subject.committed().items()
    return kills


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_is_left_of_a_command_killed_while_kernels_compile(
    tmp_path: Path, number: signal.Signals
) -> None:
    arguments = [each.format(out=tmp_path / "out") for each in COMMANDS[0].arguments]
    for seconds in (3.0, 8.0, 15.0):
        run = Run(arguments, tmp_path / "log", {"NUMBA_CACHE_DIR": str(tmp_path / "cache")})
        time.sleep(seconds)
        run.kill(number)
