"""ROBUSTNESS: evaluate drivers with faults of camera and actuators, each in several strengths.

Every fault has a results folder of its own below the output folder, as `pilotnet evaluate --fault`
writes it; `none` has no fault. `robustness.csv` holds a row for each fault, strength and driver,
and `robustness.png` draws autonomy against strength.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pilotnet.common.folders import StageFiles, atomic_path, output_folder, plain
from pilotnet.common.interrupts import raise_pending
from pilotnet.common.progress import notice
from pilotnet.common.provenance import (
    read_provenance,
    require_present_world,
    require_same_settings,
    write_provenance,
)
from pilotnet.drivers.driver_table import Detectors
from pilotnet.evaluation.evaluate import STAGE as EVALUATE
from pilotnet.evaluation.evaluate import evaluate
from pilotnet.evaluation.faults import Fault, FaultKind
from pilotnet.evaluation.report.robustness_card import robustness_figure
from pilotnet.evaluation.robustness_config import RobustnessConfig
from pilotnet.evaluation.robustness_rows import (
    SOUND,
    RobustnessRow,
    robustness_rows,
    write_robustness_rows,
)

CARD_TABLE = "robustness.csv"
CARD_PLOT = "robustness.png"


def folder_name(fault: Fault | None) -> str:
    """Return the name of a fault's results folder: `yaw-2`, `none` without a fault."""
    return f"{fault.kind}-{fault.strength:g}" if fault else SOUND


def has_work(folder: Path) -> bool:
    """Return whether the folder holds finished drives of any fault."""
    return any(EVALUATE.has_work(path) for path in folder.iterdir() if path.is_dir())


STAGE = StageFiles(
    "robustness",
    (CARD_TABLE, CARD_PLOT, SOUND, *(f"{kind}-*" for kind in FaultKind)),
    has_work,
)


def robustness(
    config: RobustnessConfig,
    out: Path,
    checkpoint: Path | Sequence[Path] | None = None,
    detectors: Detectors | None = None,
    resume: bool = False,
) -> list[RobustnessRow]:
    """Evaluate the drivers without and with every fault, and return a row for each.

    checkpoint, detectors: the folders of the networks. resume: do only the missing drives.

    Raises ValueError as `evaluate` does, and when a run is resumed with other settings.
    """
    faults: list[Fault | None] = [None, *config.chosen_faults()]
    rows = []
    with output_folder(out, STAGE, resume) as folder:
        if STAGE.has_work(folder):
            provenance = read_provenance(folder, STAGE.name)
            require_present_world(folder, provenance["world"])
            now = plain(asdict(config))
            require_same_settings(folder, provenance["config"], now, ignored=("workers",))
        else:
            write_provenance(folder, STAGE.name, config, seed=config.first)
        for number, fault in enumerate(faults, 1):
            raise_pending()
            own = folder / folder_name(fault)
            going_on = own.is_dir() and EVALUATE.has_work(own)
            notice(f"fault {number} of {len(faults)}: {fault or SOUND}")
            results = evaluate(config.evaluation(fault), own, checkpoint, detectors, going_on)
            rows += robustness_rows(fault, results)
        write_robustness_rows(folder / CARD_TABLE, rows)
        _write_plot(folder / CARD_PLOT, rows)
    return rows


def _write_plot(path: Path, rows: Sequence[RobustnessRow]) -> None:
    """Draw autonomy against strength for every kind of fault, atomically."""
    with atomic_path(path) as unfinished:
        robustness_figure(rows).savefig(unfinished, format="png", dpi=150)
