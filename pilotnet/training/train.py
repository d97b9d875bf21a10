"""TRAIN: from a dataset to a PilotNet.

The loss is the mean square error of curvature, each sample weighted by the effect of an error on
the car (see `BehaviourCloningModule.loss`), on views that are shifted and rotated anew for every
sample. Validation is on other roads. The validation error shows that training works; it does not
rank networks as drivers.
"""

import gc
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from pilotnet.common.folders import output_folder, plain
from pilotnet.common.provenance import write_provenance
from pilotnet.data.store import Dataset
from pilotnet.training.checkpoint import FILE_NAME, Checkpoint, save_checkpoint
from pilotnet.training.model import PilotNet
from pilotnet.training.photometric import photometric_augment
from pilotnet.training.samples import Batch, Samples, load_training_frames
from pilotnet.training.train_config import TrainConfig
from pilotnet.training.trainer import (
    autocast_context,
    fit,
    learning_rate_share,
    require_device,
    seeded_network,
)
from pilotnet.training.training_checkpoints import is_finished, remove_checkpoints, training_stage
from pilotnet.training.viewpoint import ViewCamera, Viewpoint
from sim.scenario import Split

STAGE = training_stage("train")
PILOTNET_LOSSES = ("train_loss", "val_loss", "val_offset")
SPEED_LOSS = "val_speed"  # of networks with a speed output
# of the speed's error against that of the steering, which the convolutions are to be left to
SPEED_WEIGHT = 0.3
VALIDATION_SEED = 2**31  # far from any training seed: validation views are the same in every run


class BehaviourCloningModule(lightning.LightningModule):
    """Behavioural cloning: shifted and rotated views in, their labels out."""

    def __init__(
        self,
        model: PilotNet,
        viewpoint: Viewpoint,
        train: Samples,
        validation: Samples,
        config: TrainConfig,
    ) -> None:
        super().__init__()
        self.model = model
        self._viewpoint = viewpoint
        self._config = config
        self._train_samples = train
        self._validation_samples = validation
        self._spread = train.label_spread()[1]
        self._typical_speed = train.speed_size()

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss, and mean sizes of the errors by the names of their columns: offset [m], and
        speed [m/s] where it is learned.

        An error in curvature is balanced by the recovery's 6 e / L² at the offset e = error * L² /
        6. The same error counts for little on a lane at 12 m/s, and takes the car out of its lane
        at 30 m/s; plain curvature would hide that. Both parts are in units of their labels' size.
        """
        views, _ = self._viewpoint(batch.frames, batch.shift, batch.rotation)
        views = photometric_augment(views, batch.light).contiguous(
            memory_format=torch.channels_last
        )
        with autocast_context(self._config, views.device):
            curvature, speed = self.model.commands(views)
        offset = (curvature - batch.curvature) * batch.recovery**2 / 6
        loss = (offset / self._spread).square().mean()
        errors = {"val_offset": offset.abs().mean()}
        if speed is not None:
            too_fast = speed - batch.speed
            loss = loss + SPEED_WEIGHT * (too_fast / self._typical_speed).square().mean()
            errors[SPEED_LOSS] = too_fast.abs().mean()
        return loss, errors

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the loss of a batch."""
        loss, _ = self.loss(batch)
        self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=len(batch.curvature))
        return loss

    def validation_step(self, batch: Batch, index: int) -> None:
        """Loss on other roads, and the mean size of the errors."""
        loss, errors = self.loss(batch)
        self.log_dict({"val_loss": loss, **errors}, batch_size=len(batch.curvature))

    def configure_optimizers(self) -> Any:
        """Return AdamW with a learning rate that warms up and then falls to 0 by the last step."""
        optimizer = torch.optim.AdamW(
            self.parameters(), self._config.learning_rate, weight_decay=self._config.weight_decay
        )
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: learning_rate_share(step, steps)
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def train_dataloader(self) -> DataLoader[Batch]:
        """This epoch's samples; called anew for every epoch."""
        self._train_samples.start_epoch(self.current_epoch)
        return self._loader(self._train_samples)

    def val_dataloader(self) -> DataLoader[Batch]:
        """The same views every time."""
        return self._loader(self._validation_samples)

    def _loader(self, samples: Samples) -> DataLoader[Batch]:
        # The samples are whole batches in random order already. With a generator of its own, the
        # loader does not change PyTorch's
        # global random state.
        return DataLoader(
            samples,
            self._config.batch_size,
            collate_fn=lambda batch: batch,
            generator=torch.Generator(),
        )


def train(config: TrainConfig, data: Path, out: Path, resume: bool = False) -> Path:
    """Train PilotNet on the dataset `data`, write a model folder `out` and return the path of its
    checkpoint.

    With `resume` an interrupted training continues after its last finished epoch. Raises ValueError
    for an unusable dataset or folder, for resuming with other data or settings, and when the
    training diverges.
    """
    require_device(config.device)
    dataset = Dataset.open(data).verify()
    run = PilotNetTrainingRun(str(data), dataset.fingerprint(), config)
    with output_folder(out, STAGE, resume) as folder:
        if not is_finished(STAGE, run, folder):
            write_provenance(folder, STAGE.name, run, config.seed)
            save_checkpoint(folder, _learn(config, dataset, folder))
    remove_checkpoints(folder)
    # Lightning's objects refer to each other in circles and hold gigabytes of frames, which the
    # next stage has a use for.
    gc.collect()
    return folder / FILE_NAME


def _learn(config: TrainConfig, dataset: Dataset, folder: Path) -> Checkpoint:
    """Load the data and fit the network, resuming from the newest checkpoint if there is one."""
    view = ViewCamera()
    drives = {
        split: load_training_frames(dataset, split, view, config.augmentation)
        for split in (Split.TRAIN, Split.VALIDATION)
    }
    samples = Samples(drives[Split.TRAIN], config.augmentation, config.seed)
    validation = Samples(
        drives[Split.VALIDATION], replace(config.augmentation, light=0.0), VALIDATION_SEED
    )
    curvature_scale = samples.label_spread()[0]
    speed_scale = samples.speed_size() if config.speed else None
    model = seeded_network(lambda: PilotNet(curvature_scale, speed_scale), config.seed)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    viewpoint = Viewpoint(view, drives[Split.TRAIN].cameras["centre"])
    cloning = BehaviourCloningModule(model, viewpoint, samples, validation, config)
    losses = PILOTNET_LOSSES + ((SPEED_LOSS,) if config.speed else ())
    fit(cloning, losses, config, folder)
    settings = {
        "config": plain(asdict(config)),
        "data": str(dataset.root),
        "moments": len(samples),
        "world": dataset.world,
    }
    return Checkpoint(model, view, dataset.camera("centre"), settings)


@dataclass(frozen=True)
class PilotNetTrainingRun:
    """The inputs of a training in its provenance: path and fingerprint of the dataset, and the
    settings.
    """

    data: str
    fingerprint: str
    config: TrainConfig
