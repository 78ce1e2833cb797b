"""Portions that no student writes on purpose end in a sentence, and cost the others nothing."""

import pytest

from tests.grading import desk
from tests.grading.desk import Result
from tests.grading.portions import StudentFile, read
from tests.grading_tests.submitted import (
    Named,
    assert_lost_alone,
    filled,
    graded_all,
    graded_together,
    lost,
)

# In other situations than the one that goes wrong, what follows comes to what Python stops at.
BEGINNING = "if username not in users.values():\n    return True\n"
STOPPED_AT = {
    "goes through nothing": "for k in None:\n    if k:\n        return True\nreturn False",
    "asks any of nothing": "return any(k for k in None)",
    "looks up a side": "return users.get(users.values()) == username",
    "is made of itself": "x = not x\nreturn x",
}
ODD = [
    *(Named(n, "server_logic.username_exists", BEGINNING + b) for n, b in STOPPED_AT.items()),
    Named("a deep chain of names", "server_logic.registered", "if 0:\n    key" + ".a" * 1600),
    Named("a deep sum", "server_logic.registered", "return " + "1+" * 100_000 + "1"),
    Named("deep brackets", "server_logic.registered", "return " + "(" * 4000 + "1" + ")" * 4000),
    Named("many signs", "server_logic.logged_in", "return " + "-" * 4900 + "1"),
    Named("a long line", "server_logic.registered", "x = [" + "1," * 100_000 + "]\nreturn True"),
    Named("a null byte", "server_logic.registered", "return key in users\0"),
    Named("half a character", "client_logic.register", "await client.register('\\ud800')"),
    Named(
        "an exception with half a character",
        "server_logic.registered",
        "raise Exception('\\ud800')",
    ),
    Named(
        "an exception with an odd name",
        "server_logic.registered",
        "error = NameError('x')\nerror.name = {}\nraise error",
    ),
    Named(
        "an exception that raises",
        "server_logic.registered",
        "class E(Exception):\n    name = property(lambda self: 1 // 0)\nraise E",
    ),
    Named("a huge number", "server_logic.registered", "return 10**100000"),
    Named("a generator", "server_logic.registered", "yield key in users"),
    Named("an asynchronous generator", "server_logic.register_client", "yield 1"),
    Named("an await in a helper", "server_logic.registered", "await key"),
    Named(
        "a dictionary deleted", "server_logic.registered", "global users\ndel users\nreturn True"
    ),
    Named("an interruption", "server_logic.registered", "raise KeyboardInterrupt"),
    Named("the end of an iteration", "server_logic.register_client", "raise StopIteration"),
    Named("the end of a generator", "server_logic.register_client", "raise GeneratorExit"),
    Named(
        "what never comes",
        "server_logic.register_client",
        "import asyncio\nawait asyncio.Event().wait()",
    ),
    Named(
        "a class without a name",
        "server_logic.registered",
        "class M(type):\n    __name__ = property(lambda self: 1 // 0)\n"
        "class C(metaclass=M):\n    pass\nreturn C()",
    ),
    Named("an open docstring", "server_logic.registered", '"""\nx'),
    Named(
        "descriptors closed",
        "server_logic.registered",
        "import os\nos.closerange(0, 100)\nreturn True",
    ),
    Named(
        "a huge dictionary",
        "server_logic.register_user",
        "users.update({str(n) * 300: str(n) * 300 for n in range(2000)})",
    ),
]


@pytest.fixture(scope="module")
def results() -> dict[Named, tuple[list[Named], Result]]:
    """Grade every odd portion, some of them in one submission."""
    return graded_together(ODD)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name)
def test_an_odd_portion_loses_its_own_points_alone(
    odd: Named, results: dict[Named, tuple[list[Named], Result]]
) -> None:
    row, result = results[odd]
    assert_lost_alone(row, result)
    message = result.marks[odd.function].message
    assert message.isprintable()
    assert f"{odd.function.partition('.')[2]}()" in message


def test_a_string_that_looks_like_a_marker_does_no_harm() -> None:
    body = "x = '''\n# *** end ***\n'''\nreturn key in users"
    (result,) = graded_all([filled({"server_logic.registered": body})])
    assert lost(result) == set()


def test_flags_hold_no_more_than_somebody_reads_and_nothing_that_a_screen_obeys() -> None:
    names = " ".join(f"__{number}__" for number in range(5000))
    body = (
        f"# {'x' * 9999}\n'{names} __{'x' * 9999}__'\n"
        "if register_client.__code__.co_filename:\n    raise Exception('\\x1b[2J' + 'x' * 9999)\n"
        "return key in users"
    )
    (result,) = graded_all([filled({"server_logic.registered": body})])
    assert lost(result) == set()
    assert len(result.flags) < 15
    assert any("\\x1b[2J" in flag for flag in result.flags)
    assert all(flag.isprintable() and len(flag) <= 300 for flag in result.flags)


def test_a_file_that_cannot_be_read_is_a_flag_and_costs_the_other_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(source: bytes, skeleton: bytes, name: str) -> StudentFile:
        if name == "client_logic.py":
            raise IndexError("nobody has thought of this")
        return read(source, skeleton, name)

    monkeypatch.setattr(desk, "read", failing)
    (result,) = graded_all([filled({})])
    assert result.score == 82
    assert "could not be judged" in result.marks["client_logic.login"].message
    assert any("nobody has thought of this" in flag for flag in result.flags)
