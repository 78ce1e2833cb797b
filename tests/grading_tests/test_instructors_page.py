"""The page for instructors: its commands run as they stand, and it knows every option."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.grading_tests.submitted import PROJECT, REFERENCE

PAGE = (PROJECT / "tests" / "grading" / "README.md").read_text(encoding="utf-8")
COMMANDS = "\n".join(re.findall(r"^```sh\n(.*?)\n```$", PAGE, re.M | re.S)).splitlines()
TIMEOUT_SECONDS = 60


def desk(*arguments: str) -> str:
    """Run the desk; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.grading", *arguments],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_command_on_the_page_does_what_it_says(tmp_path: Path) -> None:
    submissions = tmp_path / "SUBMISSIONS"
    for number, user in enumerate(("lovelaceada", "turingalan")):
        for file, content in enumerate(REFERENCE.items()):
            submissions.mkdir(exist_ok=True)
            (submissions / f"{user}_{number}_{file}_{content[0]}").write_bytes(content[1])
    sheet = 'Student,ID,Section,Lab 1 (1),Lab 2 (2)\n"Lovelace, Ada",0,A,,\n"Turing, Alan",1,A,,\n'
    (tmp_path / "EXPORT.csv").write_text(sheet, encoding="utf-8")
    places = {path: str(tmp_path / path) for path in ("OUT", "SUBMISSIONS", "EXPORT.csv")}
    places |= {name: str(tmp_path / name) for name in ("results.json", "report.html")}
    places["autograder.zip"] = str(tmp_path / "autograder.zip")
    for command in COMMANDS:
        python, _, module, *words = shlex.split(command)
        assert (python, module) == ("python3", "tests.grading")
        if "EXPORT.csv" in words and "--column" not in words:
            # The sheet of which only one column could be meant.
            (tmp_path / "EXPORT.csv").write_text(sheet.replace(",Lab 2 (2)", ""), encoding="utf-8")
        elif words[0] == "handout":
            shutil.rmtree(places["OUT"], ignore_errors=True)
        desk(*(places.get(word, word) for word in words))
        (tmp_path / "EXPORT.csv").write_text(sheet, encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {*places, "EXPORT.graded.csv"}
    filled = (tmp_path / "EXPORT.graded.csv").read_text(encoding="utf-8")
    assert filled.count(",100,") == 2


def test_every_option_is_on_the_page() -> None:
    options = set(re.findall(r"--[a-z]+", desk("grade", "--help"))) - {"--help"}
    assert options <= set(re.findall(r"--[a-z]+", PAGE))
    for command in ("handout", "check", "grade", "regrade", "gradescope"):
        assert f"python3 -m tests.grading {command}" in PAGE
