"""An ONNX file as a driver: `pilotnet evaluate network.onnx`.

The file has the inputs, outputs and metadata that `pilotnet.training.export` describes, whatever
program has written it.
"""

from pathlib import Path
from typing import Any

import torch

from pilotnet.common.reading import DamagedFileError, load_json, structured
from pilotnet.common.schemas import OnnxSettings
from pilotnet.drivers.driver_table import DriverInputs
from pilotnet.drivers.pilotnet_driver import network_command
from pilotnet.training.export import INPUT, METADATA_KEY, ONNX_OUTPUTS
from pilotnet.training.viewpoint import ViewCamera, Viewpoint
from sim.env import DrivingEnv, SpeedControl
from sim.geometry.camera import Camera
from sim.types import Control, Driver, Observation


class OnnxDriver:
    """A driver whose commands come from an ONNX file.

    view, camera: of the network; session: of ONNX Runtime, with the outputs `curvature` and perhaps
    `speed`.
    """

    def __init__(self, session: Any, view: ViewCamera, camera: Camera) -> None:
        self._session = session
        self._viewpoint = Viewpoint(view, camera)
        self._no_move = torch.zeros(1)

    def reset(self) -> None:
        """Do nothing: commands depend on the current frame only."""

    def act(self, observation: Observation) -> Control:
        """Return the network's command; ValueError when the observation has no centre frame."""
        if observation.centre is None:
            raise ValueError(
                "the observation has no centre frame; "
                "an ONNX driver needs an environment with the centre camera"
            )
        frame = torch.from_numpy(observation.centre)[None]
        views, _ = self._viewpoint(frame, self._no_move, self._no_move)
        outputs = self._session.run(None, {INPUT: views.numpy()})
        values = [float(output.reshape(-1)[0]) for output in outputs]
        return network_command(observation, values[0], values[1] if len(values) > 1 else None)


def make_onnx_driver(env: DrivingEnv, inputs: DriverInputs) -> Driver:
    """Return the driver of the file that `inputs.name` names.

    Raises ValueError when ONNX Runtime is not installed, when the file is missing, damaged or of
    another form, when its network has another camera, and when it cannot control the speed.
    """
    path = Path(inputs.name)
    if not path.is_file():
        raise ValueError(f"{path} does not exist; export a network with `pilotnet export`")
    session = open_session(path)
    view, camera = read_settings(session, path)
    if camera != env.cameras["centre"]:
        raise ValueError(
            f"{path} was trained for {camera}; the environment has {env.cameras['centre']}"
        )
    if env.config.pedals is SpeedControl.DRIVER and len(session.get_outputs()) < len(ONNX_OUTPUTS):
        raise ValueError(
            f"{path} only steers; with speed control by the driver it needs the output speed"
        )
    return OnnxDriver(session, view, camera)


def open_session(path: Path) -> Any:
    """Return a session of ONNX Runtime with one thread; errors as in `make_onnx_driver`."""
    try:
        import onnxruntime
    except ModuleNotFoundError:
        raise ValueError(
            "package onnxruntime is not installed; install it with: pip install 'pilotnet[onnx]'"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # errors become exceptions
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise DamagedFileError(f"{path} is not an ONNX file that can be read: {reason}") from None
    inputs = [value.name for value in session.get_inputs()]
    outputs = tuple(value.name for value in session.get_outputs())
    if inputs != [INPUT] or outputs not in (ONNX_OUTPUTS[:1], ONNX_OUTPUTS):
        raise ValueError(
            f"{path} has inputs {', '.join(inputs)} and outputs {', '.join(outputs)}; it must have "
            f"the input {INPUT} and the outputs {' and perhaps '.join(ONNX_OUTPUTS)}"
        )
    return session


def read_settings(session: Any, path: Path) -> tuple[ViewCamera, Camera]:
    """Return view and camera from the metadata of a file; DamagedFileError without them."""
    text = session.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
    if text is None:
        raise DamagedFileError(
            f"{path} has no metadata {METADATA_KEY!r}; they must hold view and camera as JSON"
        )
    settings = structured(load_json(text, f"{path}, its metadata,"), OnnxSettings, path)
    view = settings.view
    shape = session.get_inputs()[0].shape
    if shape[1:] != [3, view.height, view.width]:
        raise DamagedFileError(
            f"{path} has an input of shape {shape}, but its metadata describe views of "
            f"{view.width} x {view.height} px"
        )
    return (
        ViewCamera(view.width, view.height, view.focal, view.horizon),
        settings.camera.camera(),
    )
