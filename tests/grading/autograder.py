"""Grades one submission on Gradescope, and writes `results.json`."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from gui.tutor.assignment import BY_NAME
from tests.grading.desk import Result, grade
from tests.grading.portions import skeletons
from tests.grading.runner import UNSANDBOXED, WorkerError, is_root, require_walls
from tests.grading.submissions import in_folder

HERE = Path(__file__).parent
LIMIT_SECONDS = 5.0
RIGHT = "It does all that its docstring says."
# What `run_autograder` writes before anything can fail.
UNFINISHED = "The autograder did not finish. Hand in again; if it happens again, tell your teacher."


def main() -> int:
    """Grade what lies in `submission`; return the exit status."""
    began = time.monotonic()
    folder = Path(os.environ.get("AUTOGRADER", "/autograder"))
    results = folder / "results"
    if is_root():
        results.chmod(0o700)
    submission = in_folder("submission", folder / "submission")
    secret = (HERE / "secret").read_text(encoding="ascii")
    try:
        require_walls()
        result = grade(submission.files, skeletons(folder / "source"), secret, LIMIT_SECONDS)
    except WorkerError as error:
        write(results, {"score": 0.0, "output": str(error), "tests": []})
        return 1
    flags = [*submission.flags, *result.flags]
    if not result.sandboxed:
        flags.append(UNSANDBOXED)
    write(results, gradescope_results(result, flags, time.monotonic() - began))
    return 0


def gradescope_results(result: Result, flags: list[str], seconds: float) -> dict[str, Any]:
    """Return the content of `results.json`."""
    tests: list[dict[str, Any]] = []
    for number, (function, mark) in enumerate(result.marks.items(), 1):
        tests.append(
            {
                "score": float(mark.score),
                "max_score": float(mark.max_score),
                "status": "failed" if mark.message else "passed",
                "name": f"{BY_NAME[function].name} ({BY_NAME[function].file})",
                "number": str(number),
                "output": "\n\n".join(filter(None, [mark.message or RIGHT, mark.steps])),
                "output_format": "text",
                "visibility": "visible",
            }
        )
    if flags:
        tests.append(
            {
                "score": 0.0,
                "max_score": 0.0,
                "status": "passed",
                "name": "For the teacher to look at",
                "number": str(len(tests) + 1),
                "output": "\n".join(flags),
                "output_format": "text",
                "visibility": "hidden",
            }
        )
    return {
        "score": float(result.score),
        "execution_time": round(seconds, 3),
        "output": f"{result.score} of {sum(m.max_score for m in result.marks.values())} points",
        "stdout_visibility": "hidden",
        "extra_data": {"flags": flags},
        "tests": tests,
    }


def write(folder: Path, results: dict[str, Any]) -> None:
    """Write the results so that there is never half of them."""
    unfinished = folder / "results.json.unfinished"
    unfinished.write_text(json.dumps(results, indent=2), encoding="utf-8")
    os.replace(unfinished, folder / "results.json")


if __name__ == "__main__":
    sys.exit(main())
