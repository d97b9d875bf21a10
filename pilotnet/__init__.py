"""PilotNet: record driving, train, evaluate in closed loop, report.

The public names are loaded at their first use, so that `import pilotnet` is quick.
"""

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pilotnet.data.record import record
    from pilotnet.data.store import Dataset
    from pilotnet.evaluation.evaluate import evaluate
    from pilotnet.training.checkpoint import load_checkpoint
    from pilotnet.training.model import PilotNet
    from pilotnet.training.train import train

    __version__: str

__all__ = [
    "Dataset",
    "PilotNet",
    "__version__",
    "evaluate",
    "load_checkpoint",
    "record",
    "train",
]
_MODULES = {
    "Dataset": "pilotnet.data.store",
    "PilotNet": "pilotnet.training.model",
    "evaluate": "pilotnet.evaluation.evaluate",
    "load_checkpoint": "pilotnet.training.checkpoint",
    "record": "pilotnet.data.record",
    "train": "pilotnet.training.train",
}


def __getattr__(name: str) -> Any:
    """Return a public name of the package; imports its module."""
    if name == "__version__":
        from pilotnet.common.provenance import package_version

        return package_version()
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    """Return the names of the package, with those that are not loaded yet."""
    return sorted({*globals(), *__all__})


def _require_own_simulator() -> None:
    """Raise ImportError when `import sim` would load another package than this simulator.

    A file `sim.py` or a folder `sim` next to a script has that effect: Python searches the script's
    folder first.
    """
    own = Path(__file__).resolve().parents[1] / "sim" / "__init__.py"
    loaded = sys.modules.get("sim")
    spec = loaded.__spec__ if loaded else importlib.util.find_spec("sim")
    path = spec and (spec.origin or next(iter(spec.submodule_search_locations or ()), None))
    if path and own.is_file() and Path(path).resolve() != own:
        message = (
            f"{path} hides pilotnet's package `sim`, the simulator; "
            "give that file or folder another name"
        )
        # With the name, `python -m pilotnet` prints one line.
        raise ImportError(message, name=__name__)


_require_own_simulator()
