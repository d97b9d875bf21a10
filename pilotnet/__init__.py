"""PilotNet: record driving, train, evaluate in closed loop, report."""

import importlib.util
import sys
from pathlib import Path


def _require_own_simulator() -> None:
    """Raise ImportError, in one line, when `import sim` finds another package than the simulator
    beside this one.

    A file `sim.py` or a folder `sim` beside a script has that effect: Python searches the script's
    folder first.
    """
    own = Path(__file__).resolve().parents[1] / "sim" / "__init__.py"
    loaded = sys.modules.get("sim")
    spec = loaded.__spec__ if loaded else importlib.util.find_spec("sim")
    found = spec and (spec.origin or next(iter(spec.submodule_search_locations or ()), None))
    if found and own.is_file() and Path(found).resolve() != own:
        message = f"{found} hides pilotnet's package `sim`, the simulator; give that file or folder another name"
        raise ImportError(
            message, name=__name__
        )  # with the name, `python -m pilotnet` prints one line


_require_own_simulator()
