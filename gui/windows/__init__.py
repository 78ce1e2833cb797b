"""All of tkinter: the two windows, and what they are made of."""
