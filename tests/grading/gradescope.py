"""Makes the autograder that is uploaded to Gradescope, as it is.

Its specification: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import json
import os
from pathlib import Path

from tests.grading.autograder import UNFINISHED
from tests.grading.handout import SELF_CHECK, write_zip
from tests.grading.portions import skeletons
from tests.grading.runner import STUDENT_USER

READING = ("archives.py", "tree.py", "submissions.py")
GRADER = (*SELF_CHECK, *READING, "autograder.py")

# Gradescope runs this once, as root, when the autograder is built.
SETUP = f"""\
#!/usr/bin/env bash
set -e
command -v python3 >/dev/null || {{ apt-get update && apt-get install -y python3; }}
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {{
  echo "The autograder needs Python 3.10 or newer, and this is $(python3 --version 2>&1)." >&2
  echo "Choose a newer base image for it, Ubuntu 22.04 for example." >&2
  exit 1
}}
# Where a container has few users, students' code runs as this one: it owns nothing, has no home
# and cannot log in.
id {STUDENT_USER} >/dev/null 2>&1 ||
  useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin {STUDENT_USER}
chmod -R go-rwx "${{AUTOGRADER:-/autograder}}/source"
"""

# Gradescope copies this one level up, and runs it as root for each submission.
RUN = f"""\
#!/usr/bin/env bash
cd "${{AUTOGRADER:-/autograder}}/source" || exit
# There are results whatever happens from here on.
mkdir -p ../results
cat > ../results/results.json << 'END'
{json.dumps({"score": 0.0, "output": UNFINISHED, "tests": []})}
END
exec python3 -m tests.grading.autograder
"""


def write_autograder(project: Path, path: Path) -> None:
    """Write the autograder as a zip: the grader and the skeleton, never the solution.

    Raises:
        MarkerError: the markers of a file are not as they should be.
        OSError: the zip cannot be written.
    """
    files = {"setup.sh": SETUP.encode(), "run_autograder": RUN.encode()}
    for needed in [
        project / "gui" / "__init__.py",
        *sorted((project / "gui" / "tutor").rglob("*.py")),
        project / "tests" / "__init__.py",
    ]:
        files[needed.relative_to(project).as_posix()] = needed.read_bytes()
    for name in GRADER:
        files[f"tests/grading/{name}"] = (project / "tests" / "grading" / name).read_bytes()
    for name, source in skeletons(project).items():
        files[f"tests/grading/skeleton/{name}"] = source
    # One for all submissions, so that grading one again makes up the same.
    files["tests/grading/secret"] = os.urandom(16).hex().encode()
    write_zip(files, path, executable=("setup.sh", "run_autograder"))
