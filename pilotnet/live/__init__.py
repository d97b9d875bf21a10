"""The commands with a window: watch, drive, replay; and contact sheets of roads."""
