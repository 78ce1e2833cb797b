"""Where a server and the clients that it opens stand on the screen: side by side."""

import tkinter
from typing import NamedTuple

from gui.windows.root import HEIGHT, SMALLEST_HEIGHT, SMALLEST_WIDTH, WIDTH
from gui.windows.style import digit_width

# A window manager may not have framed the window yet, and few make higher title bars.
TITLE_BAR_UNITS = 4


class Size(NamedTuple):
    """A width and a height, in pixels."""

    width: int
    height: int


class Place(NamedTuple):
    """Where a window is: its size, without its frame, and its frame's upper left corner."""

    width: int
    height: int
    x: int
    y: int

    def geometry(self) -> str:
        """Return it in X's form."""
        return f"{self.width}x{self.height}+{self.x}+{self.y}"


def arrange(root: tkinter.Tk, clients: int) -> list[str]:
    """Return the geometry of a server's window, which is there already, and of its clients'."""
    unit = digit_width()
    side = root.winfo_rootx() - root.winfo_x()
    title_bar = root.winfo_rooty() - root.winfo_y()
    places = side_by_side(
        clients,
        screen=Size(root.winfo_screenwidth(), root.winfo_screenheight()),
        # A frame is as thick on the right, and below, as it is on the left.
        frame=Size(2 * side, max(title_bar, TITLE_BAR_UNITS * unit) + side),
        largest=Size(WIDTH * unit, HEIGHT * unit),
        smallest=Size(SMALLEST_WIDTH * unit, SMALLEST_HEIGHT * unit),
    )
    return [place.geometry() for place in places]


def side_by_side(
    clients: int, screen: Size, frame: Size, largest: Size, smallest: Size
) -> list[Place]:
    """Return where a server and so many clients stand, none over another.

    The clients are right of the server as long as each can have its smallest size there; if
    not, all share the screen equally, even if each is smaller than that then.

    Parameters:
        frame: what a window manager adds to a window.
        largest: what each has where there is room.
    """
    largest = Size(
        min(largest.width, screen.width - frame.width),
        min(largest.height, screen.height - frame.height),
    )
    server = Place(*largest, 0, 0)
    left = largest.width + frame.width
    beside = grid(clients, Place(screen.width - left, screen.height, left, 0), frame, smallest)
    if beside[0].width >= smallest.width and beside[0].height >= smallest.height:
        places = [server, *beside]
    else:
        places = grid(clients + 1, Place(*screen, 0, 0), frame, smallest)
    return [
        place._replace(
            width=min(place.width, largest.width), height=min(place.height, largest.height)
        )
        for place in places
    ]


def grid(count: int, area: Place, frame: Size, smallest: Size) -> list[Place]:
    """Divide an area into so many windows, in as many columns as leave each the most room."""

    def window(columns: int) -> Size:
        rows = -(-count // columns)
        # A window without any size at all is none.
        return Size(
            max(1, area.width // columns - frame.width), max(1, area.height // rows - frame.height)
        )

    def room(columns: int) -> float:
        size = window(columns)
        return min(size.width / smallest.width, size.height / smallest.height)

    columns = max(range(1, count + 1), key=room)
    size = window(columns)
    rows = -(-count // columns)
    return [
        Place(
            *size,
            area.x + number % columns * (area.width // columns),
            area.y + number // columns * (area.height // rows),
        )
        for number in range(count)
    ]
