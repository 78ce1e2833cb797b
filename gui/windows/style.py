"""The look of both windows: colours, and sizes that follow the font."""

import math
import tkinter
from tkinter import font, ttk

# Each kind of text is readable on each of the grounds on which it stands: 4.5 : 1 or more.
PAPER, WHITE, SELECTED, CHANGED, HOVERED = "#f6f6f7", "#ffffff", "#d3e0fb", "#fbedb4", "#e8eefc"
INK, FAINT, ACCENT, SUCCESS, FAILURE = "#1c1c1e", "#52525b", "#1d4ed8", "#166534", "#991b1b"
LINE, THUMB = "#b9b9c1", "#c9c9d0"

# What is larger than that leaves no room, and what is smaller cannot be read.
SMALLEST_FONT, LARGEST_FONT = 6, 40
FONTS = ("TkDefaultFont", "TkTextFont", "TkFixedFont", "TkHeadingFont")


# A distance at both sides, or one at each, in units.
Units = float | tuple[float, float]


def digit_width() -> int:
    """Return the unit of all distances, the width of a digit, in pixels."""
    return font.nametofont("TkDefaultFont").measure("0")


def pixels(units: float) -> int:
    """Return a distance in pixels."""
    return round(units * digit_width())


def space(widget: ttk.Widget, padx: Units = 0, pady: Units = 0) -> None:
    """Keep distances around a widget in its grid, in units, whatever the size of the font.

    Parameters:
        padx: left and right of it.
        pady: above and below it.
    """
    left, right = padx if isinstance(padx, tuple) else (padx, padx)
    above, below = pady if isinstance(pady, tuple) else (pady, pady)
    kept: list[int] = []

    def keep(_: object = None) -> None:
        wanted = [pixels(units) for units in (left, right, above, below)]
        # A widget that is hidden would be shown by this; it is told once it is shown.
        if wanted != kept and widget.winfo_manager() == "grid":
            kept[:] = wanted
            widget.grid_configure(padx=(wanted[0], wanted[1]), pady=(wanted[2], wanted[3]))

    keep()
    for event in ("<<ThemeChanged>>", "<Map>"):
        widget.bind(event, keep, add=True)


def show_if(wanted: bool, widget: ttk.Widget) -> None:
    """Show a widget in its place in the grid, or hide it."""
    if wanted:
        widget.grid()
    else:
        widget.grid_remove()


def use_style(root: tkinter.Tk) -> None:
    """Set the look of both windows."""
    style = ttk.Style(root)
    system = root.tk.call("tk", "windowingsystem")
    if system == "x11":
        use_light_theme(style)
    elif system == "aqua":
        import contextlib  # here, not above: elsewhere a window would wait for it

        # The colours above are meant for light windows (Tk 8.6.9 or newer).
        with contextlib.suppress(tkinter.TclError):
            root.tk.call("tk::unsupported::MacWindowStyle", "appearance", root, "aqua")
    root.configure(background=style.lookup(".", "background"))
    style.configure("Heading.TLabel", font="TkHeadingFont")
    style.configure("Success.TLabel", foreground=SUCCESS)
    style.configure("Failure.TLabel", foreground=FAILURE)
    style.configure("Faint.TLabel", foreground=FAINT)
    style.configure("Tooltip.TLabel", background=CHANGED, foreground=INK)
    use_sizes(root)


def use_light_theme(style: ttk.Style) -> None:
    """Make X11's themes, which look like the 1990s, as light as those of other systems."""
    style.theme_use("clam")
    style.configure(".", background=PAPER, lightcolor=PAPER, darkcolor=PAPER, troughcolor=PAPER)
    style.configure(".", foreground=INK, bordercolor=LINE, fieldbackground=WHITE)
    style.configure(".", selectbackground=ACCENT, selectforeground=WHITE)
    style.map(".", foreground=[("disabled", FAINT)])
    style.map(".", selectbackground=[("!focus", SELECTED)], selectforeground=[("!focus", INK)])
    style.configure("TButton", background=WHITE, lightcolor=WHITE, darkcolor=WHITE)
    style.configure("TButton", focuscolor=ACCENT)
    style.map("TButton", background=[("disabled", PAPER), ("active", HOVERED)])
    style.map("TEntry", fieldbackground=[("disabled", PAPER)])
    style.configure("TCheckbutton", focuscolor=ACCENT)
    style.map("TCheckbutton", background=[("active", HOVERED)])
    style.configure("Treeview", background=WHITE)
    style.map("Treeview", background=[("selected", SELECTED)], foreground=[("selected", INK)])
    for focusable in ("TButton", "TEntry", "Treeview"):
        ring = [("focus", ACCENT)]
        style.map(focusable, bordercolor=ring, lightcolor=ring, darkcolor=ring)
    style.configure("Treeview.Heading", background=PAPER, relief="flat")
    style.map("Treeview.Heading", background=[("active", HOVERED)])
    style.configure("TNotebook", borderwidth=0, tabmargins=0, background=PAPER)
    style.configure("TNotebook.Tab", focuscolor=ACCENT, background=PAPER, foreground=FAINT)
    style.map("TNotebook.Tab", background=[("selected", WHITE)], foreground=[("selected", INK)])
    style.configure("TScrollbar", background=THUMB, arrowcolor=FAINT, gripcount=0)
    style.map("TScrollbar", background=[("disabled", PAPER)], arrowcolor=[("disabled", LINE)])


def use_sizes(root: tkinter.Misc) -> None:
    """Set every size that a style has; ttk tells all widgets by <<ThemeChanged>>."""
    unit = digit_width()
    line_height = font.nametofont("TkDefaultFont").metrics("linespace")
    style = ttk.Style(root)
    style.configure("TButton", padding=(unit, unit // 2))
    style.configure("Small.TButton", padding=(unit // 2, unit // 8))
    style.configure("TEntry", padding=unit // 4)
    style.configure("TCheckbutton", padding=(unit // 4, 0), indicatorsize=3 * unit // 2)
    style.configure("TCheckbutton", indicatormargin=unit // 4)
    style.configure("Tooltip.TLabel", padding=unit // 2)
    style.configure("Treeview", rowheight=line_height * 7 // 5, indent=0)
    style.configure("Treeview.Heading", padding=unit // 3)
    # Beside this, ttk leaves 4 pixels.
    style.configure("Treeview.Cell", padding=(max(0, unit // 2 - 4), 0))
    style.configure("TScrollbar", arrowsize=2 * unit)
    style.configure("TNotebook.Tab", padding=(unit, unit // 3))
    style.map("TNotebook.Tab", padding=[("selected", (unit, unit // 3))])
    style.configure("Sash", sashthickness=unit, gripcount=unit)


class Zoom:
    """Makes everything larger, smaller, or as it was."""

    def __init__(self, root: tkinter.Tk) -> None:
        self._root = root
        self._sizes = {name: int(font.nametofont(name).cget("size")) for name in FONTS}
        self._steps = 0

    def change(self, steps: int) -> None:
        """Make the fonts so many points larger, and everything with them; 0: as they were."""
        self._steps = self._steps + steps if steps else 0
        # Either may be reached, neither passed: what was too much need not be taken back.
        smallest, largest = min(map(abs, self._sizes.values())), max(map(abs, self._sizes.values()))
        self._steps = max(SMALLEST_FONT - smallest, min(self._steps, LARGEST_FONT - largest))
        for name, size in self._sizes.items():
            # Tk counts points by a positive number, pixels by a negative one.
            changed = math.copysign(abs(size) + self._steps, size)
            font.nametofont(name).configure(size=int(changed))
        use_sizes(self._root)
