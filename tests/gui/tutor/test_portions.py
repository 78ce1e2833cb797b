"""A portion is read together with the names that its function gives to what it receives."""

import pytest

from gui.tutor.assignment import BY_NAME
from gui.tutor.portions import Portion, parameters_in, source_of


@pytest.mark.parametrize(
    ("definition", "names"),
    [
        ("def registered(key: str) -> bool:", ("key",)),
        (
            "async def f(handle, name: dict[str, int] = {}) -> None:\n    '''x, y'''",
            ("handle", "name"),
        ),
        ("def f(\n    one,  # the first\n    other,\n):", ("one", "other")),
        ("def f(one, other\n    '''Not closed.'''", ("one", "other")),
        ("def f", ()),
        ("def f():", ()),
        ("def f(class, other):", ()),
    ],
)
def test_the_names_of_what_a_function_receives_are_found(
    definition: str, names: tuple[str, ...]
) -> None:
    assert parameters_in(definition) == names


@pytest.mark.parametrize(
    ("names", "first_line"),
    [
        (("k", "name"), "def register_user(k, name):"),
        (("username", "key"), "def register_user(key, username):"),
        (("key",), "def register_user(key, username):"),
        ((), "def register_user(key, username):"),
    ],
)
def test_a_function_keeps_the_names_of_what_it_receives_if_it_can(
    names: tuple[str, ...], first_line: str
) -> None:
    function = BY_NAME["server_logic.register_user"]
    portion = Portion(function.full_name, 4, "    ", "    pass\n", parameters=names)
    assert source_of(function, portion).split("\n") == [
        "",
        "",
        first_line,
        '    ""',
        "    pass",
        "",
    ]
