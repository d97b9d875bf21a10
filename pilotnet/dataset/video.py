"""Videos of the dataset: encoded frame by frame while recording, decoded in one pass when read.

Fixed frame rate, a key frame every GOP frames and no B frames: LeRobot's readers find a frame by its exact time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sim.types import Image, require_image

GOP = 10  # frames from one key frame to the next
CODEC, PRESET = "libx264", "ultrafast"
SLOWEST_CLOCK = 10_000  # [Hz]


class Quality(StrEnum):
    """How faithful a video is: small is enough for driving; fine keeps people of 2 x 7 px, whom small smears."""

    SMALL = "small"
    FINE = "fine"


PIXEL_FORMATS = {Quality.SMALL: "yuv420p", Quality.FINE: "yuv444p"}
RATE_FACTORS = {Quality.SMALL: 23, Quality.FINE: 10}


def video_info(quality: Quality) -> dict[str, Any]:
    """What LeRobot wants to know of a video, beside its size and rate."""
    return {
        "video.g": GOP,
        "video.codec": "h264",
        "video.pix_fmt": PIXEL_FORMATS[quality],
        "video.channels": 3,
        "has_audio": False,
        "is_depth_map": False,
        "video.crf": RATE_FACTORS[quality],
        "video.preset": PRESET,
    }


class VideoEncoder:
    """Writes RGB frames (H, W, 3) to an mp4 file whose header comes first; close it to make the file readable."""

    def __init__(self, path: Path, fps: int, width: int, height: int, quality: Quality = Quality.SMALL) -> None:
        if width % 2 or height % 2:
            raise ValueError(f"camera size is {width} x {height} px; H.264 needs both to be even")
        options = {"movflags": "faststart", "video_track_timescale": str(track_clock(fps))}
        self._shape, self._count, self._closed = (height, width, 3), 0, False
        self._container = av.open(str(path), "w", format="mp4", options=options)
        encoder = {"preset": PRESET, "crf": str(RATE_FACTORS[quality]), "bf": "0", "g": str(GOP)}
        self._stream = cast(VideoStream, self._container.add_stream(CODEC, rate=fps, options=encoder))
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, PIXEL_FORMATS[quality]
        # One thread, so that the same frames give the same bytes on every machine and workers share the cores fairly.
        self._stream.codec_context.thread_count = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def add(self, image: Image) -> None:
        """Encode the next frame; ValueError when it has another size than the video."""
        require_image("frame", image)
        if image.shape != self._shape:
            raise ValueError(f"frame has shape {image.shape}; the video was begun with {self._shape}")
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame.pts = self._count
        self._count += 1
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Flush the encoder and finish the file; closing twice does no harm."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._count:
                self._container.mux(self._stream.encode())
        finally:
            self._container.close()


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong while the video `path` is read into a ValueError that names it."""
    try:
        yield
    except FileNotFoundError:
        raise ValueError(f"{path} is missing") from None
    except (av.FFmpegError, IndexError):
        raise ValueError(f"{path} is not a readable video; it is damaged or truncated") from None


def check_video(path: Path, length: int, width: int, height: int, quality: Quality) -> None:
    """Raise ValueError unless the video is whole and holds `length` frames of this size and quality; reads only its header."""
    with readable(path), av.open(str(path)) as container:
        stream = container.streams.video[0]
        entries = stream.index_entries
        last = entries[len(entries) - 1] if len(entries) else None
        size = (stream.width, stream.height)
        frames, pixels = stream.frames, stream.pix_fmt
    if last is not None and last.pos + last.size > path.stat().st_size:
        raise ValueError(f"{path} is truncated: it ends before its last frame")
    if frames != length:
        raise ValueError(f"{path} holds {frames} frames; the episode has {length}")
    if size != (width, height):
        raise ValueError(f"{path} is {size[0]} x {size[1]} px; the dataset's camera is {width} x {height} px")
    if pixels != PIXEL_FORMATS[quality]:
        raise ValueError(f"{path} has pixels {pixels}; the dataset's videos are {quality.value}, {PIXEL_FORMATS[quality]}")


def decode_frames(path: Path, rows: range) -> Iterator[Image]:
    """The RGB frames (H, W, 3) at increasing `rows`, in one pass from the key frame before the first of them.

    Raises ValueError when the video is damaged or ends too early.
    """
    missing = iter(rows)
    wanted = next(missing, None)
    if wanted is None:
        return
    with readable(path), av.open(str(path)) as container:
        stream = container.streams.video[0]
        # One thread: whoever is in a hurry decodes several videos at once, which wastes less than sharing out one.
        stream.thread_type = "NONE"
        ticks = frame_ticks(stream)
        if wanted >= GOP:
            container.seek(wanted * ticks, stream=stream)
        for frame in container.decode(stream):
            if frame.pts is not None and round(frame.pts / ticks) == wanted:
                yield cast(Image, frame.to_ndarray(format="rgb24"))
                wanted = next(missing, None)
                if wanted is None:
                    return
    raise ValueError(f"{path} ends before frame {wanted}; it is damaged or truncated")


def track_clock(fps: int) -> int:
    """The rate of the video's clock [Hz]: ffmpeg's own choice, 10240 Hz at 10 frames/s, so that LeRobot can merge videos."""
    clock = fps
    while clock < SLOWEST_CLOCK:
        clock *= 2
    return clock


def frame_ticks(stream: VideoStream) -> int:
    """The ticks of the video's clock from one frame to the next."""
    if stream.time_base is None or not stream.average_rate:
        raise av.InvalidDataError(0, "the video has no frame rate")
    return round(1 / (stream.average_rate * stream.time_base))
