"""The two dictionaries as they were at one moment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.tutor.assignment import Dictionaries
from gui.tutor.snapshot import NoText, Snapshot, shown, snapshot

NOTHING_YET = Snapshot({}, {})
texts = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from("xyz"))


def taken(now: Dictionaries, before: Snapshot = NOTHING_YET) -> Snapshot:
    """Return a snapshot, taken without knowing what is unchanged."""
    return snapshot(now, before, [False, False], lambda name, key: getattr(now, name).pop(key))


@given(texts, texts, texts)
def test_of_texts_it_holds_the_very_same_and_stays_as_they_were(
    users: dict[str, str], active_users: dict[str, str], later: dict[str, str]
) -> None:
    now = Dictionaries(users, active_users)
    first = taken(now)
    assert first == now
    assert first.is_of(now)
    assert first.copy() is first
    was = now.copy()
    users.update(later)
    assert first == was
    second = taken(now, first)
    assert second == now
    assert second.is_of(now)
    assert first.is_of(now) is (was == now)


def test_what_is_popped_is_taken_out_of_the_dictionary_itself() -> None:
    now = Dictionaries({"key": "ada"}, {"key": "ada"})
    taken(now).active_users.pop("key", None)
    assert now == Dictionaries({"key": "ada"}, {})


def test_what_is_no_text_is_replaced_and_a_new_one_is_noticed() -> None:
    now = Dictionaries({"key": 7, 8: "ada"}, {})
    first = taken(now)
    assert first.users == {"key": NoText("7"), NoText("8"): "ada"}
    assert first.is_of(now)
    now.users["key"] = 9
    assert not first.is_of(now)
    assert first.originals().users == {"key": 7, 8: "ada"}


class Child(str):
    """A text of another class."""


class Harmful:
    """Something of which nothing can be asked."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)

    __repr__ = __str__ = __len__ = __iter__ = __bool__ = __hash__ = None  # type: ignore[assignment]


def test_a_text_of_another_class_is_the_text() -> None:
    username = taken(Dictionaries({"key": Child("ada")}, {})).users["key"]
    assert (type(username), username) == (str, "ada")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, 2, 3, 4], "[1, 2, 3, …]"),
        ({"a": 1}, "{'a': …}"),
        ([[[[1]]]], "[[[<list>]]]"),
        pytest.param(10**5000, "a huge number", id="a huge number"),
        ("x" * 100, "'" + "x" * 59 + "…"),
        (type, "<type>"),
    ],
)
def test_what_is_shown_of_a_value_is_short(value: object, text: str) -> None:
    assert shown(value) == text


def test_what_is_shown_of_a_value_asks_it_nothing() -> None:
    assert shown(Harmful()) == "<Harmful>"
    assert shown([Harmful(), 1]) == "[<Harmful>, 1]"
