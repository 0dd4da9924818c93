"""The pool of processes that evaluate visitors' SPARQL: started beforehand, killed and replaced at a limit."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.exceptions import HTTPException

from ..confined import Limits
from ..errors import LimitError, UsageError
from ..rdf.store import Graph
from ..rdf.vocabulary import graph_name

_WAITING = 64
_PATIENCE = 5.0
_AGAIN = 1.0
_LONG = 0.1  # seconds of CPU after which a query is one of the long ones
_LOOKS = 0.05  # seconds between two looks at whether it is, or there is room among those
_BEHIND = 15  # what those are nicer by


class Turns:
    """How many may work at a time, and how many may wait; whoever comes then, or waits too long, is sent away."""

    def __init__(self, at_a_time: int, waiting: int = _WAITING) -> None:
        self._free = asyncio.Semaphore(at_a_time)
        self._waiting, self._most = 0, waiting

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for a turn."""
        return self._waiting > 0

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn, and take it; 503 where there is none."""
        if self._waiting >= self._most:
            raise too_busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._free.acquire()
        except TimeoutError:
            raise too_busy() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


def too_busy(why: str = "all are busy") -> HTTPException:
    """What is said to who comes when all are busy."""
    return HTTPException(503, f"{why}; ask again in a moment", {"Retry-After": "2"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a query gave: bytes in a format, and whether they are all."""

    content: bytes
    format: str
    truncated: bool


class Pool:
    """Worker processes over the stores of a graph: so many at a time for short queries, and as many for long ones."""

    def __init__(self, graph: Graph, limits: Limits, size: int) -> None:
        self.limits, self._size, self._long = limits, size, 0
        self._turns = Turns(size)
        self._free: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
        self._all: set[asyncio.subprocess.Process] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._filling = asyncio.Lock()
        self._graph = graph

    async def alive(self) -> int:
        """How many processes are there to answer."""
        return sum(worker.returncode is None for worker in self._all)

    async def start(self) -> None:
        """Start all processes, and as many more, which take the places of those that are killed."""
        await asyncio.gather(*(self._add() for _ in range(2 * self._size)))

    @cached_property
    def _command(self) -> tuple[str, ...]:
        graph, limits = self._graph, self.limits
        known = json.dumps([graph_name(name).value for name in graph.manifest.graphs])
        stores = (str(graph.stored(named=named)) for named in (False, True))
        return (
            sys.executable, "-P", "-c", "from cartkg.serve.worker import main; main()",
            *stores, str(limits.memory), str(limits.answer), known, str(os.getpid()),
        )  # fmt: skip

    async def close(self) -> None:
        """End all processes."""
        for task in self._starting:
            task.cancel()
        for worker in list(self._all):
            await self._end(worker)

    async def ask(self, request: Mapping[str, object]) -> Reply:
        """Have a query answered; UsageError for what is not valid or allowed, LimitError for what needs too much."""
        async with contextlib.AsyncExitStack() as turn:
            await turn.enter_async_context(self._turns.one())
            worker = await self._living()
            answering = asyncio.ensure_future(_asked(worker, request))
            well = False
            try:
                async with asyncio.timeout(self.limits.seconds):
                    soon = await _done_soon(worker, answering)
                    if not soon:
                        await self._patiently(worker, answering, turn)
                    head, content = answering.result()
                well = soon  # what took long stays behind the others for good
            except TimeoutError:
                raise LimitError(f"no answer within {self.limits.seconds:g} seconds; narrow the query") from None
            except (asyncio.IncompleteReadError, ConnectionError):
                needs = f"the query needs more than {self.limits.memory} MB of memory, or brings the engine down"
                raise LimitError(f"{needs}; narrow it, or add LIMIT") from None
            finally:
                answering.cancel()
                # Whoever goes away before the answer is there must not leave the query running behind.
                if well:
                    self._free.put_nowait(worker)
                else:
                    self._replace(worker)
        if "problem" in head:
            raise UsageError(str(head["problem"]))
        return Reply(content, str(head["format"]), bool(head["truncated"]))

    async def _patiently(
        self, worker: asyncio.subprocess.Process, answering: asyncio.Future[Any], turn: contextlib.AsyncExitStack
    ) -> None:
        """Wait for an answer that takes long, behind the short ones, whose turn it gives back.

        So a few queries without end keep nobody else from being answered; 503 where as many take long already and
        others wait.
        """
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, worker.pid, _BEHIND)
        while self._long >= self._size and not answering.done():
            if self._turns.wanted:
                raise too_busy("this takes long, and others wait")
            await asyncio.wait({answering}, timeout=_LOOKS)
        self._long += 1
        self._later(self._filled())
        try:
            await turn.aclose()
            await asyncio.wait({answering})
        finally:
            self._long -= 1

    async def _living(self) -> asyncio.subprocess.Process:
        """A process that still runs; 503 where none is there in time, since its next one is still starting."""
        try:
            async with asyncio.timeout(_PATIENCE):
                while (worker := await self._free.get()).returncode is not None:
                    self._replace(worker)
        except TimeoutError:
            raise too_busy() from None
        return worker

    def _replace(self, worker: asyncio.subprocess.Process) -> None:
        self._later(self._replaced(worker))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _replaced(self, worker: asyncio.subprocess.Process) -> None:
        await self._end(worker)
        await self._filled()

    async def _filled(self) -> None:
        """Start processes until there are as many to spare as may work, whatever takes long."""
        async with self._filling:
            while len(self._all) < 2 * self._size + self._long:
                try:
                    await self._add()
                except OSError:  # no room for a process right now
                    await asyncio.sleep(_AGAIN)

    async def _add(self) -> None:
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        # Ctrl-C does not reach a group of its own; in a session of its own its priority would not count beside ours.
        worker = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, stderr=nowhere, process_group=0
        )
        self._all.add(worker)
        self._later(self._ready(worker))

    async def _ready(self, worker: asyncio.subprocess.Process) -> None:
        """Let a process be asked once it has started, which is not charged to who asks it first."""
        if worker.stdout:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await worker.stdout.readuntil(b"\n")
        self._free.put_nowait(worker)

    async def _end(self, worker: asyncio.subprocess.Process) -> None:
        self._all.discard(worker)
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()


async def _done_soon(worker: asyncio.subprocess.Process, answering: asyncio.Future[Any]) -> bool:
    """Wait for an answer until it is there or takes long, by its own work and not that of others."""
    before = _worked(worker.pid)
    while not answering.done() and _worked(worker.pid) - before < _LONG:
        await asyncio.wait({answering}, timeout=_LOOKS)
    return answering.done()


def _worked(process: int) -> float:
    """Seconds of CPU that a process has used, by its clock on Linux; elsewhere those that pass."""
    try:
        return time.clock_gettime(~process << 3 | 2)
    except (OSError, AttributeError):
        return time.monotonic()


async def _asked(worker: asyncio.subprocess.Process, request: Mapping[str, object]) -> tuple[dict[str, object], bytes]:
    if worker.stdin is None or worker.stdout is None:
        raise ConnectionError
    worker.stdin.write(json.dumps(request).encode() + b"\n")
    await worker.stdin.drain()
    head = json.loads(await worker.stdout.readuntil(b"\n"))
    return head, await worker.stdout.readexactly(head["length"])
