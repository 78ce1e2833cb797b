"""The command line of the desk: `python3 -m tests.grading --help`."""

import argparse
import io
import os
import signal
import sys
import warnings
from pathlib import Path

from gui.program import PYTHON, VERSION
from tests.grading import runner


def main() -> int:
    """Run one command; return the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if sys.argv[1:2] in (["check"], ["grade"], ["regrade"]):
            # It starts while the rest of the desk is imported.
            runner.start_ahead()
        return run_command()
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr, flush=True)
        runner.close_all()
        # Threads that grade may still run; what they have done is in the journal.
        os._exit(130)
    finally:
        runner.close_all()


def run_command() -> int:
    """Do what the command line says; return the exit status."""
    from tests.grading.check import PROJECT

    # What Python doubts in a portion is no line for the terminal, without a name and a place.
    warnings.simplefilter("ignore", SyntaxWarning)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that does not know ✓ shows something else instead.
        sys.stdout.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(prog=f"{PYTHON} -m tests.grading", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    checking = commands.add_parser("check", help="check the portions that are filled in")
    checking.add_argument("folder", nargs="?", type=Path, default=PROJECT)
    steps = "show the steps of each function that went wrong, not of the first one alone"
    checking.add_argument("--steps", action="store_true", help=steps)
    checking.set_defaults(run=run_check)
    try:
        from tests.grading.instructor import add_commands
    except ModuleNotFoundError:  # where students check their own work
        pass
    else:
        add_commands(commands)
    options = parser.parse_args()
    status: int = options.run(options)
    return status


def run_check(options: argparse.Namespace) -> int:
    """Print what each portion has earned; 0 if all pass, else 1."""
    from tests.grading.check import check, fail, flaws_in, report

    if not options.folder.is_dir():
        return fail(f"There is no folder {options.folder}.")
    try:
        result = check(options.folder)
        told = report(result, flaws_in(options.folder), options.steps)
    except OSError as error:
        return fail(error)
    print(told)
    if runner.is_root() and not result.sandboxed:
        print(runner.UNSANDBOXED, file=sys.stderr)
    return 1 if any(mark.message for mark in result.marks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
