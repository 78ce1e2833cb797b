"""What the benchmarks share: the programs as processes, and what the system says of them."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parents[2]


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a Python program whose output is read, for as long as the `with` block."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def running_server(
    *arguments: str, **environment: str
) -> Iterator[tuple["subprocess.Popen[str]", tuple[str, int]]]:
    """Run a server that says last in its first line where it listens; give its address, too."""
    with running(*arguments, **environment) as process:
        output = process.stdout
        assert output is not None
        host, _, port = output.readline().split()[-1].rpartition(":")
        drain = threading.Thread(target=lambda: [None for _ in output])
        drain.start()
        yield process, (host, int(port))
        process.kill()
        drain.join()


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that the threads of a process have taken.

    To the nanosecond (Linux, Documentation/scheduler/sched-stats.rst), not to the tick.
    """
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def voluntary_switches(pid: int) -> int:
    """Return how often the threads of a process have gone to sleep: each time, they had woken."""
    statuses = Path(f"/proc/{pid}/task").glob("*/status")
    lines = [line for status in statuses for line in status.read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))


def print_table(title: str, rows: Sequence[tuple[str, str]]) -> None:
    """Print a title, and rows of what was measured and what came out."""
    width = max(len(name) for name, _ in rows)
    print(title)
    for name, figure in rows:
        print(f"  {name:<{width}}  {figure}")
