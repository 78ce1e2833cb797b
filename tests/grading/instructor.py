"""The commands that instructors have and students have not."""

import argparse
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.grading.check import LIMIT_SECONDS, PROJECT, fail

if TYPE_CHECKING:
    from tests.grading import batch


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    handing = commands.add_parser("handout", help="write the folder that students get")
    handing.add_argument("out", type=Path, metavar="OUT")
    handing.add_argument("--zip", action="store_true", help="write a zip instead of a folder")
    handing.set_defaults(run=run_handout)
    grading = commands.add_parser("grade", help="grade submissions")
    add_grading(grading)
    grading.set_defaults(run=run_grade)
    regrading = commands.add_parser("regrade", help="grade again, and say what differs")
    regrading.add_argument("earlier", type=Path, metavar="EARLIER.json")
    add_grading(regrading)
    regrading.set_defaults(run=run_regrade)
    packing = commands.add_parser("gradescope", help="write an autograder for Gradescope")
    packing.add_argument("out", type=Path, metavar="OUT.zip")
    packing.set_defaults(run=run_gradescope)


def add_grading(command: argparse.ArgumentParser) -> None:
    """Add what `grade` and `regrade` are told."""
    folder = "a platform's export, a folder of submissions, or one; zipped or not"
    command.add_argument("folders", type=Path, nargs="+", metavar="FOLDER", help=folder)
    command.add_argument("--json", type=Path, metavar="FILE", help="write all results")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write a row a submission")
    command.add_argument("--feedback", type=Path, metavar="FOLDER", help="write a text a student")
    report = "write a page on the class that names nobody"
    command.add_argument("--report", type=Path, metavar="FILE.html", help=report)
    sheet = "fill in the platform's own sheet, and write it beside that"
    command.add_argument("--sheet", type=Path, metavar="EXPORT.csv", help=sheet)
    column = "how the sheet's column begins, where several could be meant"
    command.add_argument("--column", default="", metavar="HEADING", help=column)
    roster = "say who of this table has not handed in"
    command.add_argument("--roster", type=Path, metavar="FILE.csv", help=roster)
    jobs = "how many to grade at once"
    cores = os.cpu_count() or 1
    command.add_argument("--jobs", type=positive_number, default=cores, metavar="N", help=jobs)
    limit = f"how long one scenario may take, {LIMIT_SECONDS:g} unless given"
    command.add_argument(
        "--limit", type=positive_seconds, default=LIMIT_SECONDS, metavar="SECONDS", help=limit
    )


def positive_number(text: str) -> int:
    """Return the number of jobs that an option names.

    Raises:
        argparse.ArgumentTypeError: it is not a whole number from 1 to 999.
    """
    if re.fullmatch(r"0*[1-9]\d{0,2}", text, re.ASCII):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 999")


def positive_seconds(text: str) -> float:
    """Return the seconds that an option names.

    Raises:
        argparse.ArgumentTypeError: it is not a number between 0 and an hour.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if 0 < seconds < 3600:
        return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")


def run_handout(options: argparse.Namespace) -> int:
    """Write the handout."""
    from tests.grading.handout import HandoutError, handout_files, write_folder, write_zip
    from tests.grading.portions import MarkerError

    try:
        files = handout_files(PROJECT)
        (write_zip if options.zip else write_folder)(files, options.out)
    except (HandoutError, MarkerError, OSError) as error:
        return fail(error)
    print(f"Wrote {options.out}: {len(files)} files.")
    return 0


def run_gradescope(options: argparse.Namespace) -> int:
    """Write the autograder for Gradescope."""
    from tests.grading.gradescope import write_autograder
    from tests.grading.portions import MarkerError

    try:
        write_autograder(PROJECT, options.out)
    except (MarkerError, OSError) as error:
        return fail(error)
    print(f"Wrote {options.out}.")
    return 0


def run_grade(options: argparse.Namespace) -> int:
    """Grade submissions, and write what was asked for."""
    try:
        grade(options)
    except (OSError, ValueError) as error:
        return fail(error)
    return 0


def run_regrade(options: argparse.Namespace) -> int:
    """Grade submissions as an earlier run did, and say what differs."""
    from tests.grading import batch
    from tests.grading.regrade import ResultsError, differences, scores_in, told

    try:
        earlier = json.loads(options.earlier.read_text(encoding="utf-8"))
        scores_in(earlier)
        secret = batch.secret_in(options.earlier)
        results = grade(options, secret)
    except (ResultsError, UnicodeDecodeError, json.JSONDecodeError):
        return fail(f"{options.earlier} is not a file that `grade --json` wrote.")
    except (OSError, ValueError) as error:
        return fail(error)
    print(told(differences(earlier, batch.as_json(results, secret)), len(results)))
    return 0


def grade(options: argparse.Namespace, secret: str = "") -> "batch.Results":
    """Grade what the command line names.

    Raises:
        OSError, ValueError: it cannot be done; the text says why.
    """
    from tests.grading import batch, runner

    runner.require_walls()
    outputs = batch.Outputs(
        options.json, options.csv, options.feedback, options.report, options.sheet
    )
    return batch.run(
        options.folders,
        outputs,
        options.jobs,
        options.limit,
        options.roster,
        options.column,
        secret,
    )
