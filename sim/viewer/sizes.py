"""Limits of the size of a window or film [px], in a module of their own: settings are checked
without loading the viewer.
"""

SIZE = (1280, 720)  # [px] default width and height
SMALLEST = (200, 100)  # [px] width and height with space for one panel
LARGEST = 2**13  # [px] of width and height: more than any screen has
