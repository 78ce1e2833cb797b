"""The commands that instructors have and students have not."""

import argparse
import os
import sys
from pathlib import Path

from tests.grading.check import LIMIT_SECONDS, PROJECT


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    handing = commands.add_parser("handout", help="write the folder that students get")
    handing.add_argument("out", type=Path, metavar="OUT")
    handing.add_argument("--zip", action="store_true", help="write a zip instead of a folder")
    handing.set_defaults(run=run_handout)
    grading = commands.add_parser("grade", help="grade submissions")
    grading.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    grading.add_argument("--json", type=Path, metavar="FILE", help="write all results")
    grading.add_argument("--csv", type=Path, metavar="FILE", help="write a row a submission")
    grading.add_argument("--feedback", type=Path, metavar="FOLDER", help="write a text a student")
    grading.add_argument("--jobs", type=positive_number, default=os.cpu_count() or 1, metavar="N")
    grading.add_argument("--limit", type=positive_seconds, default=LIMIT_SECONDS, metavar="SECONDS")
    grading.set_defaults(run=run_grade)
    packing = commands.add_parser("gradescope", help="write an autograder for Gradescope")
    packing.add_argument("out", type=Path, metavar="OUT.zip")
    packing.set_defaults(run=run_gradescope)


def positive_number(text: str) -> int:
    """Return the number of jobs that an option names."""
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")


def positive_seconds(text: str) -> float:
    """Return the seconds that an option names."""
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
        return fail(str(error))
    print(f"Wrote {options.out}: {len(files)} files.")
    return 0


def run_gradescope(options: argparse.Namespace) -> int:
    """Write the autograder for Gradescope."""
    from tests.grading.gradescope import write_autograder
    from tests.grading.portions import MarkerError

    try:
        write_autograder(PROJECT, options.out)
    except (MarkerError, OSError) as error:
        return fail(str(error))
    print(f"Wrote {options.out}.")
    return 0


def run_grade(options: argparse.Namespace) -> int:
    """Grade submissions, and write what was asked for."""
    from tests.grading import batch, runner

    outputs = batch.Outputs(options.json, options.csv, options.feedback)
    try:
        runner.require_walls()
        batch.run(options.folders, outputs, options.jobs, options.limit)
    except (OSError, ValueError) as error:
        return fail(str(error))
    return 0


def fail(sentence: str) -> int:
    """Say on standard error why a command cannot be carried out; return the exit status."""
    print(sentence, file=sys.stderr)
    return 2
