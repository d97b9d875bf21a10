"""SCENES: a contact sheet of roads in every weather and light, to look at before anything is
recorded.
"""

from pathlib import Path

import cv2
import numpy as np

from pilotnet.common.folders import atomic_path
from pilotnet.common.progress import track
from pilotnet.evaluation.report.overlay import enlarged
from pilotnet.evaluation.report.tables import in_words
from pilotnet.live.scenes_config import ScenesConfig, require_sheet
from sim.geometry.camera import Camera
from sim.render.renderer import Renderer
from sim.scenario import Scenario
from sim.types import Image
from sim.world import World

STATION = 150.0  # [m] where the pictures are taken
# [px]
TITLE = 26
PICTURE_MARGIN = 4
QUALITY = 60  # of a JPEG: a sheet of every road stays small enough for a page


def scenes(config: ScenesConfig, out: Path) -> Path:
    """Write the sheet as PNG or JPEG: a row for each road and weather, a column for each light;
    return its path.

    Raises ValueError for an `out` that exists or is neither PNG nor JPEG.
    """
    require_sheet(out)
    scenarios = [scenario for row in config.rows() for scenario in row]
    drawn = list(track(map(titled_view, scenarios), "drawing", len(scenarios)))
    columns = len(config.light)
    canvas = np.vstack([np.hstack(drawn[i : i + columns]) for i in range(0, len(drawn), columns)])
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(out) as unfinished:
        settings = [cv2.IMWRITE_JPEG_QUALITY, QUALITY] if out.suffix.lower() == ".jpg" else []
        written, data = cv2.imencode(out.suffix, canvas[..., ::-1], settings)
        assert written, "a picture in memory can always be encoded"
        unfinished.write_bytes(data.tobytes())
    return out


def titled_view(scenario: Scenario) -> Image:
    """What the centre camera sees at STATION, half as large again as it is recorded, with the
    scenario's name above.
    """
    world = World(scenario)
    camera = enlarged(Camera(), 2)
    pose = world.plan.centreline.pose_at(STATION, world.plan.path_offset)
    image = Renderer(world.plan, scenario, [camera]).render(pose, world.actors())[0]
    image = cv2.resize(image, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA).astype(np.uint8)
    title = np.full((TITLE, image.shape[1], 3), 255, np.uint8)
    text = ", ".join(in_words(word) for word in (scenario.road, scenario.weather, scenario.light))
    cv2.putText(
        title, text, (6, TITLE - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1, cv2.LINE_AA
    )
    return np.pad(
        np.vstack([title, image]),
        ((0, PICTURE_MARGIN), (0, PICTURE_MARGIN), (0, 0)),
        constant_values=255,
    )
