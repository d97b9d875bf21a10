"""Videos of the dataset: encoded frame by frame while recording, decoded in one pass when read.

Fixed frame rate, a key frame every GOP frames and no B frames: LeRobot's readers find a frame by
its exact time. This module alone opens videos, also the films of windows and of the report.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from pilotnet.common.reading import DamagedFileError, readable
from sim.types import Image, require_image

GOP = 10  # frames from one key frame to the next
CODEC = "libx264"
PRESET = "ultrafast"
SLOWEST_CLOCK = 10_000  # [Hz]


class Quality(StrEnum):
    """Quality of a video: small is enough for driving; fine keeps pedestrians of 2 x 7 px, which
    small blurs.
    """

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


def open_to_read(path: Path) -> InputContainer:
    """Open an mp4 file to read; raises what PyAV raises, see `readable_video`."""
    # With a fixed format, FFmpeg does not follow a playlist that replaced the file and names files
    # anywhere.
    return av.open(_url(path), format="mp4")


def open_to_write(path: Path, options: Mapping[str, str] | None = None) -> OutputContainer:
    """Open an mp4 file to write, with its index at the start; raises OSError, naming the file, when
    it cannot be made.
    """
    return av.open(
        _url(path), "w", format="mp4", options={"movflags": "faststart", **(options or {})}
    )


def _url(path: Path) -> str:
    """Return the absolute path for FFmpeg, which takes a relative one such as `12:30_drives` for
    the protocol `12`.
    """
    return str(path.absolute())


class VideoEncoder:
    """Writes RGB frames (H, W, 3) to an mp4 file whose header comes first; close it to make the
    file readable.
    """

    def __init__(
        self, path: Path, fps: int, width: int, height: int, quality: Quality = Quality.SMALL
    ) -> None:
        if width % 2 or height % 2:
            raise ValueError(f"camera size is {width} x {height} px; H.264 needs both to be even")
        self._shape = (height, width, 3)
        self._count = 0
        self._closed = False
        self._container = open_to_write(path, {"video_track_timescale": str(track_clock(fps))})
        encoder = {"preset": PRESET, "crf": str(RATE_FACTORS[quality]), "bf": "0", "g": str(GOP)}
        self._stream = cast(
            VideoStream, self._container.add_stream(CODEC, rate=fps, options=encoder)
        )
        self._stream.width = width
        self._stream.height = height
        self._stream.pix_fmt = PIXEL_FORMATS[quality]
        # One thread, so that the same frames give the same bytes on every machine and workers share
        # the cores fairly.
        self._stream.codec_context.thread_count = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(self, image: Image) -> None:
        """Encode the next frame; ValueError when it has another size than the video."""
        require_image("frame", image)
        if image.shape != self._shape:
            raise ValueError(
                f"frame has shape {image.shape}; the video was begun with {self._shape}"
            )
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
def readable_video(path: Path) -> Iterator[None]:
    """Turn errors of the body, which reads the video `path`, into one line that names it.

    Raises DamagedFileError when it is missing or damaged, and ValueError when it may not be read.
    """
    with readable(path, "video"):
        try:
            yield
        except (FileNotFoundError, PermissionError):
            raise
        except (av.FFmpegError, AttributeError, IndexError, OverflowError):
            # AttributeError: PyAV's stream of an unknown codec lacks the attributes of a video.
            raise DamagedFileError(
                f"{path} is not a readable video; it is damaged or truncated"
            ) from None


def check_video(path: Path, length: int, width: int, height: int, quality: Quality) -> None:
    """Check by its header that a video is complete and has `length` frames of this size [px] and
    quality.

    Raises DamagedFileError when it is not, and ValueError when the file may not be read.
    """
    with readable_video(path), open_to_read(path) as container:
        # PyAV's objects point into the container's memory: they must not be used after it is
        # closed.
        stream = container.streams.video[0]
        entries = stream.index_entries
        last = entries[len(entries) - 1] if len(entries) else None
        end = last.pos + last.size if last is not None else 0  # [bytes]
        size = (stream.width, stream.height)
        frames = stream.frames
        pixels = stream.pix_fmt
    if end > path.stat().st_size:
        raise DamagedFileError(f"{path} is truncated: it ends before its last frame")
    if frames != length:
        raise DamagedFileError(f"{path} holds {frames} frames; the episode has {length}")
    if size != (width, height):
        raise DamagedFileError(
            f"{path} is {size[0]} x {size[1]} px; the dataset's camera is {width} x {height} px"
        )
    if pixels != PIXEL_FORMATS[quality]:
        raise DamagedFileError(
            f"{path} has pixels {pixels}; the dataset's videos are {quality.value}, "
            f"{PIXEL_FORMATS[quality]}"
        )


def decode_frames(path: Path, rows: range) -> Iterator[Image]:
    """Decode the RGB frames (H, W, 3) at increasing `rows`, in one pass from the key frame before
    the first of them.

    Raises DamagedFileError when the video is missing, damaged or ends too early, and ValueError
    when it may not be read.
    """
    missing = iter(rows)
    wanted = next(missing, None)
    if wanted is None:
        return
    with readable_video(path), open_to_read(path) as container:
        stream = container.streams.video[0]
        # One thread: decoding several videos at once wastes less than sharing out one.
        stream.thread_type = "NONE"
        ticks = frame_ticks(stream)
        size = (stream.width, stream.height)
        if wanted >= GOP:
            container.seek(wanted * ticks, stream=stream)
        for frame in container.decode(stream):
            if frame.pts is not None and round(frame.pts / ticks) == wanted:
                if (frame.width, frame.height) != size:
                    break
                yield cast(Image, frame.to_ndarray(format="rgb24"))
                wanted = next(missing, None)
                if wanted is None:
                    return
    raise DamagedFileError(f"{path} ends before frame {wanted}; it is damaged or truncated")


def track_clock(fps: int) -> int:
    """The rate of the video's clock [Hz]: ffmpeg's own choice, 10240 Hz at 10 frames/s, so that
    LeRobot can merge videos.
    """
    clock = fps
    while clock < SLOWEST_CLOCK:
        clock *= 2
    return clock


def frame_ticks(stream: VideoStream) -> int:
    """The ticks of the video's clock from one frame to the next."""
    if not stream.time_base or not stream.average_rate:
        raise av.InvalidDataError(0, "the video has no frame rate")
    return max(round(1 / (stream.average_rate * stream.time_base)), 1)
