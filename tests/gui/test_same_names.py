"""Files beside the programs that have the names of Python's own modules."""

import shutil
from pathlib import Path

import pytest

from tests import test_programs
from tests.test_programs import NO_WINDOW, SERVER, Start, copy_programs

start = test_programs.start

CLIENT = ["client.py", "--port", "1"]
NEEDED = ["asyncio", "json", "logging", "queue", "selectors", "string", "textwrap", "tkinter"]
# Some are built into Python, or imported before it looks beside the program: nothing hides those.
HARMLESS = ["calendar", "colorsys", "os", "this", "time", "turtle"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    copy_programs(folder)
    return folder


@pytest.mark.parametrize(
    ("program", "module"),
    # Both programs begin with the same look: of the client, two are enough.
    [*((SERVER, module) for module in NEEDED), (CLIENT, "tkinter"), (CLIENT, "asyncio")],
    ids=lambda of: of if isinstance(of, str) else of[0],
)
def test_one_sentence_names_the_file_that_hides_a_module(
    start: Start, folder: Path, program: list[str], module: str
) -> None:
    file = folder / f"{module}.py"
    file.write_text("print('mine')\n", encoding="utf-8")
    end = start(*program, folder=folder).end()
    file.unlink()
    assert (end.status, end.output) == (2, "")
    assert end.errors == (
        f"In {folder}, {module}.py hides Python's own module {module}, which this program needs: "
        "rename it, and start the program again.\n"
    )


def test_all_that_hide_modules_are_named_at_once(start: Start, folder: Path) -> None:
    (folder / "socket.py").touch()
    (folder / "signal").mkdir()
    (folder / "signal" / "__init__.py").touch()
    end = start(*SERVER, folder=folder).end()
    (folder / "socket.py").unlink()
    shutil.rmtree(folder / "signal")
    assert end.status == 2
    assert f"In {folder}, signal, socket.py hide Python's own modules" in end.errors


def test_what_hides_no_module_that_is_needed_is_let_be(start: Start, folder: Path) -> None:
    files = [folder / f"{module}.py" for module in HARMLESS]
    for file in files:
        file.write_text("raise SystemExit('never imported')\n", encoding="utf-8")
    for name in ("json", "string.txt"):  # no module: a folder of something else, a text
        (folder / name).mkdir()
    server = start(*SERVER, NO_WINDOW, folder=folder)
    host, port = server.address()
    client = ["client.py", "--host", host, "--port", str(port), NO_WINDOW, "--username", "ada"]
    end = start(*client, folder=folder).end()
    for file in files:
        file.unlink()
    for name in ("json", "string.txt"):
        (folder / name).rmdir()
    assert (end.status, end.errors) == (0, "")
