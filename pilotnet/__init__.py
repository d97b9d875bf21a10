"""PilotNet: record driving, train, evaluate in closed loop, report."""

import importlib.util
import sys
from pathlib import Path


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
