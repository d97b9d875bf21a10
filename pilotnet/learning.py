"""What all trainings share: Lightning's Trainer with our bar and metrics, resuming, precision, the learning rate's schedule."""

import csv
import ctypes
import logging
import math
import signal
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from rich.progress import Progress

from pilotnet.folders import atomic_path, plain, read_provenance, require_present_world
from pilotnet.progress import console, progress_bar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3  # of malloc.h
RESUME_FOLDER, METRICS_FILE = "unfinished", "metrics.csv"


def require_learnable(config: Any) -> None:
    """ValueError unless the settings that all trainings share make sense; for PilotNet's and the detectors' alike."""
    for name in ("epochs", "batch_size"):
        if getattr(config, name) < 1:
            raise ValueError(f"{name} is {getattr(config, name)}; it must be 1 or more")
    if config.seed < 0:
        raise ValueError(f"seed is {config.seed}; it must be 0 or more")
    if not config.learning_rate > 0:
        raise ValueError(f"learning_rate is {config.learning_rate}; it must be above 0")
    if config.device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device is {config.device!r}; it must be auto, cpu or cuda")
    if config.precision not in ("auto", "float32", "bfloat16"):
        raise ValueError(f"precision is {config.precision!r}; it must be auto, float32 or bfloat16")
    if config.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is 'cuda'; this machine has no usable CUDA device, so it must be auto or cpu")


def keep_freed_memory() -> None:
    """Have the C library keep what one step frees for the next, instead of handing it back to be zeroed anew page by page.

    That took a tenth of a step of PilotNet's. The settings are glibc's, mallopt(3); elsewhere nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for parameter, most in ((M_TRIM_THRESHOLD, 2**31 - 1), (M_TOP_PAD, 2**26), (M_MMAP_THRESHOLD, 2**25)):
        mallopt(parameter, most)


def fit(module: lightning.LightningModule, losses: tuple[str, ...], config: Any, folder: Path, resume_from: Path | None) -> None:
    """Lightning's Trainer with our bar, and after every epoch a row of metrics.csv and a checkpoint to resume from.

    losses: what the module logs; config: a training's settings.
    """
    keep_freed_memory()
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    with progress_bar() as bar, warnings.catch_warnings():
        # Batches are gathered from memory: workers would only copy them.
        warnings.filterwarnings("ignore", ".*does not have many workers.*")
        warnings.filterwarnings("ignore", ".*LeafSpec.* is deprecated", FutureWarning)  # Lightning's own use of torch
        warnings.filterwarnings("ignore", ".*Checkpoint directory .* exists and is not empty.*")  # a resumed training's own
        trainer = lightning.Trainer(
            accelerator={"auto": "auto", "cpu": "cpu", "cuda": "gpu"}[config.device],
            devices=1,
            max_epochs=config.epochs,
            reload_dataloaders_every_n_epochs=1,
            callbacks=[
                ProgressBar(bar, config),
                History(folder / METRICS_FILE, losses),
                ModelCheckpoint(folder / RESUME_FOLDER, "last", enable_version_counter=False),
            ],
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            deterministic="warn",
        )
        try:
            trainer.fit(module, ckpt_path=resume_from, weights_only=True)
        except SystemExit:
            # Lightning turns Ctrl-C into an exit, and makes the process deaf to the next one; both are the caller's to decide.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            raise KeyboardInterrupt from None


def require_same(stage: str, run: "DataclassInstance", out: Path, unfinished: Path) -> None:
    """ValueError unless `out` holds an interrupted training of just these settings; also for other trainings than PilotNet's."""
    if not unfinished.is_file():
        raise ValueError(f"{out} holds no unfinished training to resume; leave out --resume and choose another folder")
    provenance = read_provenance(out, stage)
    require_present_world(out, provenance["world"])
    before, now = provenance["config"], plain(asdict(run))
    if before != now:
        raise ValueError(f"{out} was begun with {before}; resume needs the same settings, but they are {now}")


def arithmetic(config: Any, device: torch.device) -> torch.autocast:
    """The context in which a network computes in the precision that a training asks for; its weights stay float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision(config, device) == "bfloat16")


def precision(config: Any, device: torch.device) -> str:
    """The precision, float32 or bfloat16, that a training computes in on a device."""
    if config.precision == "auto":
        return "bfloat16" if has_bfloat16(device) else "float32"
    return str(config.precision)


def has_bfloat16(device: torch.device) -> bool:
    """Whether the hardware computes in bfloat16 itself; where it is emulated it is slower than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def learning_rate_share(step: int, steps: int) -> float:
    """The share of the highest learning rate at a step: rising over the first tenth of the steps, then a cosine down to 0."""
    warm_up = max(steps // 10, 1)
    if step < warm_up:
        return (step + 1) / warm_up
    return (1 + math.cos(math.pi * (step - warm_up) / max(steps - warm_up, 1))) / 2


class ProgressBar(Callback):
    """Our progress bar in place of Lightning's."""

    def __init__(self, bar: Progress, config: Any) -> None:
        self._bar, self._config = bar, config

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Say what is really used, and begin where the training begins, or is taken up again."""
        total = int(trainer.estimated_stepping_batches)
        console.print(f"training on {device_name(module.device)} in {precision(self._config, module.device)}")
        self._task = self._bar.add_task("training", total=total, completed=trainer.global_step)

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: object) -> None:
        """One step further."""
        self._bar.update(self._task, completed=trainer.global_step)


class History(Callback):
    """Losses epoch by epoch in a CSV file, which a resumed training goes on with."""

    def __init__(self, path: Path, names: tuple[str, ...]) -> None:
        self._path, self._names = path, names

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:  # noqa: ARG002
        """Keep the rows of the epochs that are done."""
        self._rows: list[dict[str, Any]] = []
        if trainer.current_epoch:
            with self._path.open(newline="") as file:
                self._rows = [row for row in csv.DictReader(file) if int(row["epoch"]) < trainer.current_epoch]

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:  # noqa: ARG002
        """Add this epoch's row."""
        losses = {name: f"{float(trainer.callback_metrics[name]):.6g}" for name in self._names}
        self._rows.append({"epoch": trainer.current_epoch, **losses})
        with atomic_path(self._path) as unfinished, unfinished.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["epoch", *self._names])
            writer.writeheader()
            writer.writerows(self._rows)


def device_name(device: torch.device) -> str:
    """The device in words a person recognises, such as `cuda (NVIDIA H200)` or `cpu (2 threads)`."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return f"{device.type} ({torch.get_num_threads()} threads)"
