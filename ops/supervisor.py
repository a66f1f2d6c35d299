"""Keeps a handful of programs running on one machine: starts, prefixes their lines, restarts, stops in order.

A worker leaves when Redis goes away; whoever runs it must start it again. That is what this does on a laptop.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ops.launch import SAME_USER, guarded

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 15.0
# A program that ran this long was healthy: its next start is immediate again.
_HEALTHY_SECONDS = 30.0
# `make` and `timeout` pass on a signal that the terminal has sent already: within this time it is one Ctrl-C.
_SAME_KEYSTROKE = 0.5
_LINE_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Program:
    """One program to keep running. `grace` is how many seconds it has to stop by itself.

    With a `log` its lines go to the end of that file and are not said.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 20.0
    user: str = SAME_USER
    log: Path | None = None


class _Supervised:
    """A program that is kept running by a task of its own until `stop`."""

    def __init__(self, program: Program, echo: Callable[[str, str], None]) -> None:
        self.program = program
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0
        self._echo = echo
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self._supervise(), name=f"keep {program.name}")

    def retire(self) -> None:
        """Let it run on, but do not start it again."""
        self._stopping.set()

    async def stop(self, hurry: asyncio.Event) -> None:
        self.retire()
        self._terminate()
        await _done_or_hurried(self._task, hurry, self.program.grace)
        if not self._task.done():
            self._echo(self.program.name, "did not stop in time and is killed")
            self._kill()
        await self._task

    def running(self) -> asyncio.subprocess.Process | None:
        return self.process if self.process is not None and self.process.returncode is None else None

    def _terminate(self) -> None:
        # The program itself only: it knows how its own children are stopped.
        process = self.running()
        if process is not None:
            process.send_signal(self.program.stop_signal)

    def _kill(self) -> None:
        process = self.running()
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    async def _supervise(self) -> None:
        wait = _FIRST_WAIT
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > _HEALTHY_SECONDS:
                wait = _FIRST_WAIT
            self._echo(self.program.name, f"ended with code {code}; it starts again in {wait:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _run_once(self) -> int:
        self.process = process = await self._spawn()
        self.starts += 1
        if self._stopping.is_set():
            self._terminate()
        if process.stdout is None:
            return await process.wait()
        reader = asyncio.create_task(self._pass_on(process.stdout))
        code = await process.wait()
        # A grandchild may hold the pipe open after the program ended, so the rest is read for a moment only.
        await asyncio.wait({reader}, timeout=1.0)
        reader.cancel()
        return code

    async def _spawn(self) -> asyncio.subprocess.Process:
        program = self.program
        with ExitStack() as stack:
            log = stack.enter_context(program.log.open("ab")) if program.log else asyncio.subprocess.PIPE
            return await asyncio.create_subprocess_exec(
                *guarded(program.command, last_signal=program.stop_signal, user=program.user),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **program.environment},
                # A group of its own: Ctrl-C reaches the supervisor only, which then stops all in order.
                process_group=0,
                limit=_LINE_LIMIT,
            )

    async def _pass_on(self, stream: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await stream.readline()
            except ValueError:
                self._echo(self.program.name, "(a line longer than 1 MiB was left out)")
                continue
            if not line:
                return
            self._echo(self.program.name, line.decode(errors="replace").rstrip())


class Supervisor:
    """Programs in the order they were started; stopped in the reverse order.

    `echo(name, line)` gets every line that a program writes, and what the supervisor has to tell about it.
    """

    def __init__(self, echo: Callable[[str, str], None]) -> None:
        self._echo = echo
        self._children: list[_Supervised] = []
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._stopping_since = 0.0

    def start(self, program: Program) -> None:
        """Start `program` and keep it running until `stop`."""
        self._children.append(_Supervised(program, self._echo))

    def starts(self, name: str) -> int:
        """How many times the program of that name was started."""
        return sum(child.starts for child in self._children if child.program.name == name)

    def pid(self, name: str) -> int | None:
        """The process id of a running program, or None."""
        for child in self._children:
            process = child.running()
            if child.program.name == name and process is not None:
                return process.pid
        return None

    def listen(self) -> None:
        """From now on Ctrl-C or SIGTERM asks for a stop, and the second one kills without grace."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal)

    @property
    def is_stopping(self) -> bool:
        """Whether somebody has asked for a stop."""
        return self._stopping.is_set()

    async def until_stopping(self) -> None:
        """Wait until somebody asks for a stop."""
        await self._stopping.wait()

    async def stop(self) -> None:
        """Stop everything, the last started first."""
        for child in self._children:
            child.retire()
        while self._children:
            await self._children[-1].stop(self._hurry)
            self._children.pop()

    def _on_signal(self) -> None:
        now = time.monotonic()
        if self._stopping.is_set() and now - self._stopping_since > _SAME_KEYSTROKE:
            self._hurry.set()
        elif not self._stopping.is_set():
            self._stopping_since = now
            self._stopping.set()


async def _done_or_hurried(task: asyncio.Task[None], hurry: asyncio.Event, seconds: float) -> None:
    hurried = asyncio.create_task(hurry.wait())
    await asyncio.wait({task, hurried}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
