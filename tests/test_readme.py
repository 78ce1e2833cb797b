"""Every command in the READMEs and the lesson is run as it stands, but for port and folders."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_programs import has_signals

ROOT = Path(__file__).parent.parent
DEADLINE_SECONDS = 60
PROMISES = (ROOT / "tests" / "README.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
LESSON = (ROOT / "tests" / "grading" / "lesson.md").read_text("utf-8")
TEXTS = "\n".join([README, PROMISES, LESSON])
BLOCKS = re.findall(r"^```sh\n(.*?)\n```$", TEXTS, re.M | re.S)
COMMANDS = [command for block in BLOCKS for command in block.splitlines()]

# The bounded runs, and what makes them short.
ENDURANCE = {
    "python3 -m tests.endurance.fuzz": "--lines 1000",
    "python3 -m tests.endurance.peers": "--peers 50 --users 10 --seconds 0.1 silent",
    "python3 -m tests.endurance.full": "--newcomers 20",
    "python3 -m tests.endurance.come_and_go": "--clients 200",
    "python3 -m tests.endurance.soak": "--seconds 1",
    "python3 -m tests.endurance.break_off": "--rounds 100",
    "python3 -m tests.endurance.answers": "--count 50",
    "python3 -m tests.endurance.handed_in": "--count 50",
    "python3 -m tests.endurance.mutants": "--function request_registry",
}


def start(command: str, *more: str) -> "subprocess.Popen[str]":
    """Start one of the README's commands with this Python, and with some options more."""
    assert command in COMMANDS
    program, *arguments = command.split()
    assert program == "python3"
    return subprocess.Popen(
        [sys.executable, *arguments, *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def listening_port(server: "subprocess.Popen[str]") -> str:
    """Wait until a server listens, and return its port."""
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line.startswith("Server listening on 127.0.0.1:")
    return line.strip().rpartition(":")[2]


def stop(program: "subprocess.Popen[str]") -> str:
    """End a program as Ctrl-C does, and return what it printed."""
    program.send_signal(signal.SIGINT)
    output, errors = program.communicate(timeout=DEADLINE_SECONDS)
    assert (program.returncode, errors) == (0, "")
    return output


def test_every_command_is_known_here() -> None:
    known = {
        "python3 server.py --clients 2",
        "python3 server.py",
        "python3 client.py",
        "python3 server.py --no-window --clients 3",
        "python3 -m tests.grading check",
        "python3 -m tests.grading handout OUT",
        "python3 -m tests.grading grade SUBMISSIONS --csv grades.csv --feedback FEEDBACK",
        "python3 -m tests.grading gradescope autograder.zip",
        *ENDURANCE,
    }
    # The one that is left sets up and runs the tests: `.ci/run` types it as it stands.
    (test_command,) = set(COMMANDS) - known
    assert known < set(COMMANDS)
    assert test_command.endswith(".venv/bin/python -m pytest")


def test_every_system_is_tested_with_the_command_for_it() -> None:
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8")
    steps = [line.strip() for line in workflow.splitlines()]
    (on_windows,) = re.findall(r"^```powershell\n(.*?)\n```$", README, re.M | re.S)
    (elsewhere,) = (command for command in COMMANDS if command.startswith("python3 -m venv"))
    assert set(on_windows.splitlines()) < set(steps)
    assert elsewhere in steps


@has_signals
@pytest.mark.window
@pytest.mark.parametrize("command", ["python3 server.py", "python3 server.py --clients 2"])
def test_a_server_opens_and_closes(command: str) -> None:
    server = start(command, "--port", "0")
    listening_port(server)
    assert stop(server) == ""


@has_signals
@pytest.mark.window
def test_a_client_connects_to_the_server() -> None:
    server = start("python3 server.py", "--port", "0", "--no-window")
    client = start("python3 client.py", "--port", listening_port(server), "--no-window")
    assert client.stdout is not None
    assert any(line.startswith("Connecting to") for line in client.stdout)
    assert client.stdout.readline().startswith("Connected to")
    stop(client)
    stop(server)


@has_signals
def test_without_a_window_three_clients_do_the_main_job() -> None:
    server = start("python3 server.py --no-window --clients 3", "--port", "0")
    assert server.stdout is not None
    registries = 0
    for line in server.stdout:
        registries += "The registry lists" in line
        if registries == 3:
            break
    stop(server)
    assert registries == 3


def test_the_self_check_passes_the_reference() -> None:
    check = start("python3 -m tests.grading check")
    output, errors = check.communicate(timeout=DEADLINE_SECONDS)
    assert (check.returncode, errors) == (0, "")
    assert output.endswith("100 of 100 points\n")


def test_the_commands_for_instructors(tmp_path: Path) -> None:
    handout = tmp_path / "OUT"
    desk = "python3 -m tests.grading"
    for command, folder in (
        (f"{desk} handout OUT", handout),
        (f"{desk} grade SUBMISSIONS --csv grades.csv --feedback FEEDBACK", tmp_path / "FEEDBACK"),
        (f"{desk} gradescope autograder.zip", tmp_path / "autograder.zip"),
    ):
        assert command in COMMANDS
        arguments = [
            str(tmp_path / word) if word in PLACES else word for word in command.split()[1:]
        ]
        subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            check=True,
            timeout=DEADLINE_SECONDS,
            capture_output=True,
        )
        assert folder.exists()
        if folder == handout:
            shutil.copytree(handout, tmp_path / "SUBMISSIONS" / "ada")


@pytest.mark.long
@pytest.mark.window
@pytest.mark.skipif(sys.platform != "linux", reason="what a process does is looked up in /proc")
@pytest.mark.parametrize("command", ENDURANCE)
def test_a_bounded_run_says_what_it_saw(command: str) -> None:
    run = start(command, *ENDURANCE[command].split())
    output, errors = run.communicate(timeout=DEADLINE_SECONDS)
    assert (run.returncode, errors) == (0, "")
    assert len(output.splitlines()) > 2


def test_every_benchmark_is_named_and_there_to_be_run() -> None:
    named = re.findall(r"^\| `(\w+)` \| ", PROMISES, re.M)
    modules = {
        path.stem: path.read_text("utf-8") for path in (ROOT / "tests/benchmarks").glob("*.py")
    }
    assert named == [*dict.fromkeys(named)]
    assert set(named) == {name for name, text in modules.items() if "def main()" in text}


def test_every_promise_has_a_test() -> None:
    rows = re.findall(r"^\| (.*?) \| (`[\w/]*test_.*) \|$", PROMISES, re.M)
    assert len(rows) > 10
    for promise, tests in rows:
        for file, name in re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests):
            text = (ROOT / "tests" / file).read_text("utf-8")
            assert re.search(rf"^def {name}\(", text, re.M), promise


PLACES = {"OUT", "SUBMISSIONS", "grades.csv", "FEEDBACK", "autograder.zip"}
