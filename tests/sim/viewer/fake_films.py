"""A film in memory, and keys that are pressed in a window."""

import errno
import os
from pathlib import Path

import pygame

from sim.types import Image
from sim.viewer.bindings import SHOW_BINDINGS, WINDOW_BINDINGS
from sim.viewer.live.live_view import LiveView
from sim.viewer.live.session import Session
from sim.viewer.window import Window

CODES = {binding.action: binding.codes[0] for binding in (*SHOW_BINDINGS, *WINDOW_BINDINGS)}


class Reel:
    """A film in memory; `fails` is the name of the call at which the disk is full."""

    fails = ""

    made: list["Reel"] = []  # noqa: RUF012

    def __init__(self, path: Path, rate: int, width: int, height: int) -> None:
        self.path = path
        self.rate = rate
        self.size = (width, height)
        self.pictures: list[Image] = []
        self.closed = self.discarded = False
        self.require_space("make")
        Reel.made.append(self)

    def add(self, image: Image) -> None:
        self.require_space("add")
        self.pictures.append(image.copy())

    def close(self) -> None:
        self.require_space("close")
        self.closed = True

    def discard(self) -> None:
        self.discarded = True

    @staticmethod
    def require_space(call: str) -> None:
        if call == Reel.fails:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x.mp4")


def show_in(window: Window) -> Session:
    content = window._content
    assert isinstance(content, LiveView)
    return content._show


def press(window: Window, action: str) -> None:
    """A key goes down, is taken from the queue and is answered."""
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=CODES[action], mod=0, unicode=""))
    for event in pygame.event.get():
        window.handle(event)
