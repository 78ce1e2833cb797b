"""The handout runs as it is, and there is nothing of the solution in it."""

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gui.tutor.assignment import FUNCTIONS, HANDLES, SENDERS
from tests.grading import handout
from tests.grading.handout import HandoutError, handout_files, write_folder, write_zip
from tests.grading.leaks import Solution
from tests.grading_tests.submitted import PROJECT, REFERENCE, SKELETONS

TIMEOUT_SECONDS = 60


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Give what is handed out."""
    return handout_files()


@pytest.fixture(scope="module")
def folder(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a handout."""
    made = tmp_path_factory.mktemp("handout") / "out"
    write_folder(files, made)
    return made


def python(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in a folder, as a student would."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def test_no_statement_of_the_solution_is_in_the_handout(folder: Path) -> None:
    solution = Solution(REFERENCE, SKELETONS)
    found = {
        str(path.relative_to(folder)): statement
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (statement := solution.found_in(path.read_bytes()))
    }
    assert found == {}


def test_the_tables_of_portions_and_the_instructors_commands_stay_here(folder: Path) -> None:
    names = {path.name for path in folder.rglob("*")}
    assert "instructor.py" not in names
    assert not [name for name in names if "written" in name or "mutant" in name]


def test_all_that_is_tried_when_grading_is_tried_by_the_self_check(folder: Path) -> None:
    path = "tests/grading/scenarios.py"
    assert (folder / path).read_bytes() == (PROJECT / path).read_bytes()


# Looked at by a person: no line of the solution can be read in it.
PICTURES = {
    "lesson_await.png": "1b9751a57f3665f03ca6d2cfb4dbf1e9b6e8731aac8c19fc884550463c5b3a79",
    "lesson_held.png": "9d3557cb8eaf26169def205f804981b71a97e809bd1389f7c81c67666dc36662",
    "lesson_race.png": "1a989c5516be0136b6273d4c122c52ddb415c607958338bbfd37b7c9d6d0650e",
    "lesson_raw_line.png": "0ae58a758e0db01d803e3389d1f57d584cb8ad72461beaa6037b09a4a5413322",
    "problem.png": "5fdf1982b13e19bc820e3e7929f0bb74dee754dce84a15db912ec56279df7031",
    "windows.png": "1265e06e40cb1e3a12d53868bf474a021ebcc8cfc61f4d68ce35ae6619f6a1a5",
}


def test_each_picture_was_looked_at(folder: Path) -> None:
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "gui" / "images").iterdir()
    }
    assert found == PICTURES, "Look at it. If no line of the solution is in it, enter its digest."


def test_the_handout_has_the_programs_and_the_assignment(folder: Path) -> None:
    files = "server.py client.py protocol.py server_logic.py client_logic.py README.md LESSON.md"
    assert {path.name for path in folder.iterdir()} == {*files.split(), "gui", "tests"}


@pytest.mark.parametrize("text", ["README.md", "LESSON.md"])
def test_every_picture_that_is_shown_is_there(folder: Path, text: str) -> None:
    pictures = re.findall(r"^!\[.*\]\((.*)\)$", (folder / text).read_text("utf-8"), re.M)
    assert pictures
    for picture in pictures:
        assert (folder / picture).is_file()


def test_the_assignment_is_part_of_the_readme(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    title, _, body = text.partition("\n\n")
    assert title == "# Client Registry"
    assert body.startswith("## The assignment\n")
    assert body.strip() in (PROJECT / "README.md").read_text(encoding="utf-8")
    assert "<!--" not in text
    assert "instructor" not in text.lower()


@pytest.mark.parametrize(
    "readme",
    ["# Title", handout.ASSIGNMENT_BEGINS, handout.ASSIGNMENT_ENDS],
)
def test_a_readme_that_does_not_say_where_the_assignment_is_makes_no_handout(readme: str) -> None:
    with pytest.raises(HandoutError, match="lacks"):
        handout.assignment(readme)


def test_the_assignment_tells_what_each_function_is_worth(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for function in FUNCTIONS:
        assert f"| `{function.name}` | {function.points} |" in text


def test_the_assignment_names_every_function_that_is_provided(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for file, senders in SENDERS.items():
        for name, parameters in senders.items():
            owner = "self" if name == "send_message" else HANDLES[file]
            assert f"`await {owner}.{name}({', '.join(parameters)})`" in text


def test_the_tasks_begin_with_the_client(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert text.index("### Task 1: the client") < text.index("### Task 2: the server")
    checked = python(folder, "-m", "tests.grading", "check").stdout
    assert checked.index("client_logic.py") < checked.index("server_logic.py")


def test_the_two_files_are_unfilled(folder: Path) -> None:
    for name, source in SKELETONS.items():
        assert (folder / name).read_bytes() == source
        assert source.count(b"raise NotImplementedError") == source.count(b"*** start ***\n")


def test_the_self_check_of_the_handout_says_once_what_to_begin_with(folder: Path) -> None:
    checked = python(folder, "-m", "tests.grading", "check")
    assert checked.returncode == 1
    assert checked.stdout.count("✗") == 12
    assert checked.stdout.count("filled in") == 1
    assert "Not filled in yet: register, login, " in checked.stdout
    assert "Begin with register. Its docstring says" in checked.stdout
    assert "0 of 100 points" in checked.stdout
    assert checked.stderr == ""


def test_the_self_check_passes_the_solution(folder: Path, tmp_path: Path) -> None:
    for name, source in REFERENCE.items():
        (tmp_path / name).write_bytes(source)
    checked = python(folder, "-m", "tests.grading", "check", str(tmp_path))
    assert checked.returncode == 0
    assert checked.stdout.count("✓") == 12
    assert "100 of 100 points" in checked.stdout


def test_the_tests_of_the_handout_run(folder: Path) -> None:
    tested = python(folder, "-m", "unittest", "tests.test_portions")
    assert tested.returncode == 1
    assert tested.stderr.count("is not filled in yet") >= 12


def test_the_instructors_commands_are_refused_there(folder: Path) -> None:
    assert python(folder, "-m", "tests.grading", "grade", ".").returncode == 2


def test_the_programs_of_the_handout_start(folder: Path) -> None:
    for program in ("server.py", "client.py"):
        started = python(folder, program, "--help")
        assert started.returncode == 0, started.stderr


@pytest.mark.long
def test_the_zip_has_the_same_bytes_each_time_and_the_same_files(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    write_zip(files, first)
    write_zip(handout_files(), second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_a_folder_that_holds_something_is_left_as_it_is(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("keep")
    with pytest.raises(HandoutError, match="is there already"):
        write_folder(files, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_line_of_the_solution_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handout, "PROGRAMS", (*handout.PROGRAMS, "server_logic.py.orig"))
    real = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        return REFERENCE["server_logic.py"] if path.suffix == ".orig" else real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with pytest.raises(HandoutError, match="would be handed out"):
        handout_files(PROJECT)
