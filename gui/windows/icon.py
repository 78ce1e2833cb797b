"""The icons of the two programs: a rack for the server, a screen for a client."""

import tkinter

from gui.windows.style import ACCENT, WHITE

SIDE_PIXELS = 64
# Rectangles in a square of 16 by 16: left, top, right, bottom.
SERVER = [(2, 1, 14, 5), (2, 6, 14, 10), (2, 11, 14, 15)]
SERVER_LIGHTS = [(10, top, 12, top + 2) for top in (2, 7, 12)]
CLIENT = [(1, 2, 15, 12), (7, 12, 9, 14), (4, 14, 12, 15)]
CLIENT_SCREEN = [(2, 3, 14, 11)]
CLIENT_LINES = [(4, 5, 10, 6), (4, 8, 12, 9)]


def set_icon(root: tkinter.Tk, program: str) -> None:
    """Give a window the icon of its program, "Server" or "Client"."""
    image = tkinter.PhotoImage(master=root, width=SIDE_PIXELS, height=SIDE_PIXELS)
    if program == "Server":
        layers = [(ACCENT, SERVER), (WHITE, SERVER_LIGHTS)]
    else:
        layers = [(ACCENT, CLIENT), (WHITE, CLIENT_SCREEN), (ACCENT, CLIENT_LINES)]
    scale = SIDE_PIXELS // 16
    for colour, rectangles in layers:
        for left, top, right, bottom in rectangles:
            area = (left * scale, top * scale, right * scale, bottom * scale)
            image.put(colour, to=area)
    root.iconphoto(True, image)
