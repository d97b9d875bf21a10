"""Worker processes: the stages record and drive many scenarios in parallel and get the results in
order.

Every worker makes one call at a time over a pipe of its own, so the call that killed a worker is
identified and no other is lost. No locks or queues in shared memory are needed, which containers
often lack.
"""

import multiprocessing
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, Generic, TypeVar

import joblib
from joblib.externals.loky.backend.process import LokyProcess

from pilotnet.common.clusters import active_cluster
from pilotnet.common.worker import hold_back_signals, release_signals, serve
from sim.warmup import compile_ahead

Result = TypeVar("Result")
MAX_DEATHS = 3  # workers that die of one call before it is given up
KILL = getattr(
    signal, "SIGKILL", signal.SIGTERM
)  # Windows has no SIGKILL; there SIGTERM cannot be handled either
EXIT_TIMEOUT = 10.0  # [s] for a worker to end by itself
# Environment variables from which libraries take their number of threads.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS",
)  # fmt: skip


def in_parallel(
    function: Callable[..., Result],
    jobs: Sequence[tuple[Any, ...]],
    workers: int = 0,
    describe: Callable[..., str] = lambda *job: str(job[0]),
) -> Generator[Result, None, None]:
    """Call `function(*job)` for every job in so many processes (0: all cores) and yield the results
    in the order of the jobs.

    A single worker is this process. Closing the generator early, as an error or Ctrl-C does,
    cancels the running calls. A job whose worker dies runs again. Raises ChildProcessError with the
    text of `describe(*job)` when MAX_DEATHS workers died of it, and every exception of `function`.
    Within `clusters.on_backend` the calls go to a cluster instead.
    """
    cluster = active_cluster()
    if cluster is not None:
        yield from cluster.results(function, jobs)
        return
    workers = min(workers or joblib.cpu_count(), len(jobs))
    if (
        workers <= 1 or multiprocessing.current_process().daemon
    ):  # daemonic processes may have no children
        yield from (function(*job) for job in jobs)
        return
    with closing(_Pool(function, jobs, workers, describe)) as pool:
        yield from pool.results()


def compile_side_by_side(workers: int) -> None:
    """Compile the missing kernels in two processes if there are several workers, which would each
    compile them all.

    workers: number of processes, 0 for all cores.
    """
    if (workers or joblib.cpu_count()) > 1:
        compile_ahead()


class InWorkerError(Exception):
    """The cause of an error that was raised in a worker: its traceback there, as text."""


@dataclass
class _Worker:
    """A worker process, the parent's ends of its two pipes, and the number of its job, -1 without
    one.
    """

    process: LokyProcess
    calls: Connection
    lifeline: Connection
    job: int = -1

    def end(self, busy: bool) -> None:
        """End the process: kill it when `busy`, otherwise close its pipe and wait up to
        EXIT_TIMEOUT.
        """
        self.calls.close()
        if not busy:
            self.process.join(EXIT_TIMEOUT)
        self.kill()
        self.process.join()
        self.lifeline.close()

    def kill(self) -> None:
        """Kill the process if it still runs, also before it has set its signal handlers."""
        if self.process.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, KILL)


class _Pool(Generic[Result]):
    """The workers that share the jobs of one call of `in_parallel`."""

    def __init__(
        self,
        function: Callable[..., Result],
        jobs: Sequence[tuple[Any, ...]],
        workers: int,
        describe: Callable[..., str],
    ) -> None:
        self._function = function
        self._jobs = jobs
        self._workers = workers
        self._describe = describe
        self._waiting = deque(range(len(jobs)))
        self._busy: dict[Connection, _Worker] = {}
        self._idle: list[_Worker] = []
        self._deaths: Counter[int] = Counter()
        self._done: dict[int, Result] = {}

    def results(self) -> Iterator[Result]:
        """Yield the results in the order of the jobs."""
        for number in range(len(self._jobs)):
            while number not in self._done:
                self._hand_out()
                for calls in wait(list(self._busy)):
                    self._take_answer(self._busy[calls])  # type: ignore[index]
            yield self._done.pop(number)

    def close(self) -> None:
        """End all workers and cancel their calls."""
        for worker in self._idle:
            worker.calls.close()  # first of all of them, so that they end at the same time
        for worker in self._busy.values():
            worker.kill()
        while self._busy:
            self._busy.popitem()[1].end(busy=True)
        while self._idle:
            self._idle.pop().end(busy=False)

    def _hand_out(self) -> None:
        """Give the next jobs to workers. The last try of a job runs alone, in case the memory is
        too small for two.
        """
        while self._waiting and len(self._busy) < self._workers:
            last_try = self._deaths[self._waiting[0]] == MAX_DEATHS - 1
            if self._busy and (
                last_try
                or any(self._deaths[each.job] == MAX_DEATHS - 1 for each in self._busy.values())
            ):
                return
            while last_try and self._idle:
                self._idle.pop().end(busy=False)
            self._start(self._waiting.popleft())

    def _start(self, number: int) -> None:
        """Give one job to an idle worker, or to a new one."""
        with _signals_held_back():
            worker = self._idle.pop() if self._idle else self._new_worker()
            worker.job = number
            self._busy[worker.calls] = worker
        try:
            worker.calls.send((self._function, self._jobs[number]))
        except OSError:  # it has died since its last answer
            self._retry_job_of(worker)

    def _new_worker(self) -> _Worker:
        calls, child_calls = Pipe()
        child_lifeline, lifeline = Pipe(duplex=False)
        threads = str(max(joblib.cpu_count() // self._workers, 1))
        environment = {name: os.environ.get(name, threads) for name in THREAD_VARIABLES}
        arguments = (child_calls, child_lifeline, os.getpid())
        process = LokyProcess(target=serve, args=arguments, daemon=True, env=environment)
        process.start()
        child_calls.close()
        child_lifeline.close()
        return _Worker(process, calls, lifeline)

    def _take_answer(self, worker: _Worker) -> None:
        """Keep a worker's result, raise its error, or replace it when it has died."""
        try:
            succeeded, value = worker.calls.recv()
        except (EOFError, OSError):
            self._retry_job_of(worker)
            return
        del self._busy[worker.calls]
        self._idle.append(worker)
        if not succeeded:
            error, text = value
            raise error from InWorkerError(text)
        self._done[worker.job] = value

    def _retry_job_of(self, worker: _Worker) -> None:
        """Queue the job of a dead worker again; ChildProcessError when MAX_DEATHS workers died of
        it.
        """
        worker.process.join(EXIT_TIMEOUT)
        code = worker.process.exitcode
        del self._busy[worker.calls]
        worker.end(busy=True)
        self._deaths[worker.job] += 1
        if self._deaths[worker.job] == MAX_DEATHS:
            raise ChildProcessError(
                f"{self._describe(*self._jobs[worker.job])}: its process ended {MAX_DEATHS} "
                f"times, last {_cause(code)}; "
                "the memory may be too small"
            )
        self._waiting.appendleft(worker.job)


def _cause(code: int | None) -> str:
    """Describe an exit code for a message."""
    return (
        f"by {signal.Signals(-code).name}"
        if code is not None and code < 0
        else f"with exit code {code}"
    )


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """Hold back signals during the body, so that none comes between starting a process and listing
    it.
    """
    hold_back_signals()
    try:
        yield
    finally:
        release_signals()
