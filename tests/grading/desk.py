"""Grades one submission: reads its portions, has them run, has them judged."""

import hashlib
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from gui.tutor import instrument
from gui.tutor.assignment import (
    BY_NAME,
    FUNCTIONS,
    HANDLES,
    MAX_SCORE,
    SENDERS,
    SERVER_FILE,
    Function,
    functions_of,
)
from gui.tutor.evidence import Evidence
from gui.tutor.explanations import explain
from gui.tutor.portions import Portion, source_of
from gui.tutor.printable import printable
from gui.tutor.rules import Situation
from gui.tutor.trace import WITHOUT_STEPS, trace
from tests.grading import overlap, together
from tests.grading.judge import tree_of, verdict
from tests.grading.plain import is_plain
from tests.grading.portions import FILES, StudentFile, read
from tests.grading.runner import Died, Hung, Job, Outcome, Runner, WorkerError
from tests.grading.scenarios import arguments, scenarios

# What no portion needs, and a person may want to look at.
UNUSUAL = re.compile(
    r"\b(?:import|open|exec|eval|compile|getattr|setattr|globals|locals|vars|__\w+__)\b"
)
# What a student wrote is in messages and flags: no more of it than somebody reads.
LONGEST_MESSAGE = 2000
LONGEST_STEPS = 6000
LONGEST_FLAG = 300
MOST_WORDS = 10
INSTRUMENT = Path(instrument.__file__).read_text(encoding="utf-8")


class Mark(NamedTuple):
    """What one function has earned.

    Parameters:
        message: why it has not earned more, "" if it has all.
        steps: what it did where it went wrong, a line each, or the place that Python cannot read;
            "" where that is not known.
    """

    score: int
    max_score: int
    message: str
    steps: str = ""


class Result(NamedTuple):
    """What one submission has earned.

    Parameters:
        marks: by the full name of the function.
        flags: what a person may want to look at; none costs a point.
        seconds: how long it took.
        sandboxed: whether all of the student's code that ran could see no file and had no rights.
    """

    marks: dict[str, Mark]
    flags: tuple[str, ...]
    seconds: float
    sandboxed: bool = True

    @property
    def score(self) -> int:
        """The sum of what the functions have earned."""
        return sum(mark.score for mark in self.marks.values())

    def as_json(self, name: str) -> dict[str, Any]:
        """Return the result as it is written into a file, under a submission's name."""
        return {
            "name": name,
            "score": self.score,
            "max_score": MAX_SCORE,
            "functions": {function: mark._asdict() for function, mark in self.marks.items()},
            "flags": list(self.flags),
            "seconds": self.seconds,
            "sandboxed": self.sandboxed,
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Result":
        """Return a result that was written into a file.

        Raises:
            KeyError, TypeError: it is not whole.
        """
        marks = {function: Mark(**mark) for function, mark in found["functions"].items()}
        return cls(marks, tuple(found["flags"]), found["seconds"], found["sandboxed"])


def seed_of(secret: str, files: Mapping[str, bytes]) -> str:
    """Return the seed for a submission: the same for the same, and not to be foreseen."""
    content = b"\0".join(files.get(name, b"") for name in FILES)
    return hashlib.sha256(secret.encode() + content).hexdigest()


def grade(
    files: Mapping[str, bytes], skeletons: Mapping[str, bytes], secret: str, limit: float
) -> Result:
    """Grade the only submission that there is: as `grade_next`.

    Parameters:
        limit: how long one scenario may take, in seconds.
    """
    with closing(Runner(limit)) as runner:
        return grade_next(files, skeletons, secret, runner)


def grade_next(
    files: Mapping[str, bytes], skeletons: Mapping[str, bytes], secret: str, runner: Runner
) -> Result:
    """Grade one submission: whatever it is, it has a result.

    Parameters:
        files: what was handed in, by file name; one may be missing.
        skeletons: what was handed out.
        secret: makes what is made up unforeseeable.
        runner: has run the submissions before it.

    Raises:
        WorkerError: students' code cannot be run here, whoever wrote it.
    """
    began = time.monotonic()
    runner.begin()
    seed = seed_of(secret, files)
    flags = [f"{name} is missing" for name in FILES if name not in files]
    students: dict[str, StudentFile] = {}
    for name in FILES:
        with not_lost(name, flags):
            found = read(files[name], skeletons[name], name) if name in files else StudentFile({})
            students[name] = found
            flags += found.remarks
    marks: dict[str, Mark] = {}
    watches = try_together(students, seed, runner, flags)
    for function in FUNCTIONS:
        mark = lost(function, words("not_judged", function))
        if student := students.get(function.file):
            with not_lost(function.full_name, flags):
                watch = watches.get(function.full_name)
                mark = grade_function(function, student, seed, runner, flags, watch)
        marks[function.full_name] = mark
    if not any(mark.message for mark in marks.values()):
        sources = {
            name: source_of(BY_NAME[name], portion)
            for student in students.values()
            for name, portion in student.portions.items()
        }
        with not_lost("together", flags):
            flags += filter(None, [together.watch(students, sources, seed, runner)])
    runner.keeps_worker = {name for s in students.values() for name in s.portions} == {*watches}
    seconds = round(time.monotonic() - began, 3)
    return Result(marks, tuple(map(harmless, flags)), seconds, runner.sandboxed)


@contextmanager
def not_lost(what: str, flags: list[str]) -> Iterator[None]:
    """Turn what nobody has thought of into a flag: it must not cost a class its results."""
    try:
        yield
    except WorkerError:
        raise
    except Exception as error:
        flags.append(f"{what}: the desk could not judge it: {type(error).__name__}: {error}")


def harmless(flag: str) -> str:
    """Return a flag with no more in it of what a student wrote than can be read."""
    return printable(flag)[:LONGEST_FLAG]


def lost(function: Function, message: str, steps: str = "") -> Mark:
    """Return the mark of a function that has earned nothing."""
    return Mark(0, function.points, message[:LONGEST_MESSAGE], steps[:LONGEST_STEPS])


class Watch:
    """How a function is watched.

    Attributes:
        made: the situations, the most telling first.
        job: what a worker is told: them, in an order that cannot be foreseen.
        tried: what it did in one process with others.
    """

    def __init__(
        self, function: Function, portion: Portion, student: StudentFile, seed: str
    ) -> None:
        self.made = scenarios(function.full_name, seed)
        self._order = list(range(len(self.made)))
        random.Random(f"{seed} {function.full_name} order").shuffle(self._order)
        self.job = job_for(function, portion, student, [self.made[n] for n in self._order])
        self.tried: list[Outcome] = []

    def by_number(self, outcomes: list[Outcome]) -> dict[int, Outcome]:
        """Return what the function did, by the number of the situation."""
        return dict(zip(self._order, outcomes, strict=False))


def try_together(
    students: Mapping[str, StudentFile], seed: str, runner: Runner, flags: list[str]
) -> dict[str, Watch]:
    """Watch in one process the functions of which nothing outlasts a call.

    Nearly all of them are right, and then a process for each would take longer than all else.
    """
    watches: dict[str, Watch] = {}
    for function in FUNCTIONS:
        student = students.get(function.file, StudentFile({}))
        portion = student.portions.get(function.full_name)
        with not_lost(function.full_name, flags):
            if portion and not student.imports and is_plain(function, tree_of(function, portion)):
                watches[function.full_name] = Watch(function, portion, student, seed)
    jobs = [watch.job for watch in watches.values()]
    with not_lost("what runs in one process", flags):
        outcomes = runner.run_in_turn(jobs) if jobs else []
        for watch, tried in zip(watches.values(), outcomes, strict=False):
            watch.tried = tried
    return watches


def grade_function(
    function: Function,
    student: StudentFile,
    seed: str,
    runner: Runner,
    flags: list[str],
    watch: Watch | None = None,
) -> Mark:
    """Grade one function.

    Parameters:
        watch: how it was watched with others. Where it was not right, only what it does in a
            process of its own counts.
    """
    portion = student.portions.get(function.full_name)
    if portion is None:
        why = student.missing.get(function.full_name)
        return lost(function, why.sentence if why else words("no_file", function))
    watch = watch or Watch(function, portion, student, seed)
    made, job = watch.made, watch.job
    by_number = watch.by_number(watch.tried)
    found = None
    if len(by_number) < len(made) or verdict(portion, student, made, by_number):
        by_number = watch.by_number(runner.run(job))
        found = verdict(portion, student, made, by_number)
    text = re.sub(r"#.*", "", portion.body)
    unusual = dict.fromkeys(UNUSUAL.findall(text))
    flags.extend(f"{function.full_name}: uses {word}" for word in list(unusual)[:MOST_WORDS])
    if any(isinstance(outcome, Died) for outcome in by_number.values()):
        flags.append(f"{function.full_name}: ended its process")
    if any(isinstance(outcome, Hung) for outcome in by_number.values()):
        flags.append(f"{function.full_name}: did not finish")
    if found is None:
        if race := overlap.watch(function, portion, job, seed, runner):
            return lost(function, race.sentence(function.file))
        return Mark(function.points, function.points, "")
    steps = found.marked
    first, situation = by_number[found.number], made[found.number]
    if isinstance(first, Evidence) and found.finding.explanation.rule not in WITHOUT_STEPS:
        # Once more, instrumented: right functions pay nothing for what is told of wrong ones.
        job = job_for(function, portion, student, [situation])
        (again,) = runner.run({**job, "instrument": INSTRUMENT})
        if isinstance(again, Evidence) and again._replace(steps=(), line=0) == first:
            found = verdict(portion, student, made, {**by_number, found.number: again}) or found
            tree, lines = tree_of(function, portion), source_of(function, portion).split("\n")
            steps = trace(function, situation, again, tree, lines).text()
    return lost(function, found.sentence(function.file), steps)


def words(rule: str, function: Function) -> str:
    """Return the words of a rule that no scenario is needed for."""
    title, advice, _ = explain(rule, function=function.name, file=function.file)
    return f"{title} {advice}"


def job_for(
    function: Function, portion: Portion, student: StudentFile, made: list[Situation]
) -> Job:
    """Return what a worker is told: nothing of what is expected."""
    # Never the function itself: nothing in a worker can do what is asked of it.
    others = [other for other in functions_of(function.file).values() if other is not function]
    settings = list({id(situation.before): situation.before for situation in made}.values())
    numbers = {id(before): number for number, before in enumerate(settings)}
    return {
        "file": function.file,
        "name": function.name,
        "source": source_of(function, portion),
        "coroutine": function.is_async,
        "handle": f"{HANDLES[function.file].capitalize()}Handle" if function.is_async else None,
        "methods": SENDERS[function.file],
        "dictionaries": function.file == SERVER_FILE,
        "lookups": {other.name: double(other) for other in others if other.answers},
        "stores": {o.name: double(o) for o in others if o.stores and not o.is_async},
        "others": {other.name: [other.parameters] for other in others if other.is_async},
        "imports": student.imports,
        "asyncio": any("asyncio" in text for text in (portion.body, *student.imports)),
        "instrument": "",
        "settings": [before._asdict() for before in settings],
        "scenarios": [
            {
                "setting": numbers[id(situation.before)],
                "key": situation.key,
                "arguments": arguments(function, situation),
            }
            for situation in made
        ],
    }


def double(helper: Function) -> list[Any]:
    """Return what a worker is told of a helper: parameters, dictionary, and side of each."""
    dictionary = helper.stores or helper.conditions[0].dictionary
    sides = [("key", "username").index(parameter) for parameter in helper.parameters]
    return [helper.parameters, dictionary, sides]
