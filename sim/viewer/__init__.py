"""WATCH: drives as they happen, drawn with everything a driver sees, does and thinks; the same
picture for window and film.
"""
