"""Where a server and its clients stand: side by side, on any screen."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tkinter")

from gui.windows.arrangement import Place, Size, side_by_side

LARGEST, SMALLEST, FRAME = Size(672, 576), Size(368, 272), Size(4, 34)


def places(clients: int, screen: Size) -> list[Place]:
    """Return the places of a server and its clients."""
    return side_by_side(clients, screen, FRAME, LARGEST, SMALLEST)


def overlap(one: Place, other: Place) -> bool:
    """Tell whether two windows, with their frames, cover a part of each other."""
    return (
        one.x < other.x + other.width + FRAME.width
        and other.x < one.x + one.width + FRAME.width
        and one.y < other.y + other.height + FRAME.height
        and other.y < one.y + one.height + FRAME.height
    )


@given(
    clients=st.integers(1, 8),
    screen=st.builds(Size, st.integers(800, 7680), st.integers(600, 4320)),
)
def test_no_window_is_over_another_nor_off_the_screen(clients: int, screen: Size) -> None:
    windows = places(clients, screen)
    assert len(windows) == clients + 1
    assert not any(itertools.starmap(overlap, itertools.combinations(windows, 2)))
    for window in windows:
        assert min(window) >= 0
        assert window.x + window.width + FRAME.width <= screen.width
        assert window.y + window.height + FRAME.height <= screen.height


@pytest.mark.parametrize(
    ("clients", "screen"),
    [(2, Size(1280, 1024)), (3, Size(1366, 1024)), (8, Size(1920, 1080)), (8, Size(3840, 2160))],
)
def test_where_there_is_room_the_server_is_as_large_as_ever(clients: int, screen: Size) -> None:
    server, *others = places(clients, screen)
    assert server == Place(*LARGEST, 0, 0)
    assert all(other.width >= SMALLEST.width for other in others)
    assert all(other.height >= SMALLEST.height for other in others)


def test_where_there_is_none_all_share_the_screen() -> None:
    assert {place[:2] for place in places(8, Size(1280, 1024))} == {(422, 307)}
