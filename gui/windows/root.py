"""The root window: there at once, of its final look and size, and empty."""

import re
import sys
import tkinter

from gui.windows.style import digit_width, use_style

# In widths of a digit, the unit of all distances.
WIDTH, HEIGHT = 84, 80
# No more than 400 × 300 pixels at 96 dpi, where a digit is 8 to 8.7 pixels wide.
SMALLEST_WIDTH, SMALLEST_HEIGHT = 46, 34


# What is not of the windows names it so.
Root = tkinter.Tk


def open_root(title: str, geometry: str | None = None) -> Root:
    """Show an empty window.

    Parameters:
        geometry: where it is, in X's form, "WxH+X+Y", or a part of that.

    Raises:
        OSError: there can be none here, for a reason in Tk's words.
    """
    if sys.platform == "win32":
        import ctypes

        # Otherwise Windows draws small and enlarges the picture. 1 is
        # PROCESS_SYSTEM_DPI_AWARE; it must be said before the first window.
        ctypes.windll.shcore.SetProcessDpiAwareness(1)
    try:
        root = Root(className="ClientRegistry")
    except tkinter.TclError as error:
        raise OSError(str(error).partition("\n")[0].rstrip(": ")) from None
    root.title(title)
    use_style(root)
    limit_size(root)
    width = min(WIDTH * digit_width(), root.winfo_screenwidth())
    height = min(HEIGHT * digit_width(), root.winfo_screenheight())
    root.geometry(f"{width}x{height}")
    if size := re.match(r"(\d+)x(\d+)", geometry or ""):
        # Whoever wants it smaller than is good gets it, and scrolls.
        root.minsize(*map(min, root.minsize(), map(int, size.groups())))
    root.geometry(geometry)
    # Not `update`: a key that is pressed already waits until there is a field for it.
    root.update_idletasks()
    return root


def limit_size(root: Root) -> None:
    """Let nobody make the window so small that nothing can be done in it."""
    unit = digit_width()
    width = min(SMALLEST_WIDTH * unit, root.winfo_screenwidth())
    height = min(SMALLEST_HEIGHT * unit, root.winfo_screenheight())
    root.minsize(width, height)
