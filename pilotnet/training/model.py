"""PilotNet, the network of arXiv 1604.07316 (figure 4): 252,219 parameters, 26,876,342
multiplications per view.
"""

import torch
from torch import Tensor, nn

# of the first weights of the output layer: large first errors can switch off all ten units before
# it for good, and then the network learns nothing; see docs/experiments.md
OUTPUT_GAIN = 0.1


class PilotNet(nn.Module):
    """A view, YUV in [-1, 1], (B, 3, 66, 200) -> the curvature to drive [1/m], (B,).

    The five convolutions and four dense layers are the paper's; ReLU between them and the scale of
    the output are ours, since it names neither. `curvature_scale` [1/m], the spread of the training
    labels, is no parameter: it lets the layers work in numbers around one.

    A `speed_scale` [m/s], the size of the speeds in the training data, gives it a second output,
    the speed to drive, for 11 more parameters. Speed is never an input: a network that is told that
    it stands learns to go on standing (arXiv 1904.08980).
    """

    def __init__(self, curvature_scale: float = 1.0, speed_scale: float | None = None) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(3, 24, 5, stride=2), nn.ReLU(),
            nn.Conv2d(24, 36, 5, stride=2), nn.ReLU(),
            nn.Conv2d(36, 48, 5, stride=2), nn.ReLU(),
            nn.Conv2d(48, 64, 3), nn.ReLU(),
            nn.Conv2d(64, 64, 3), nn.ReLU(),
        )  # fmt: skip
        output = nn.Linear(10, 1 if speed_scale is None else 2)
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Linear(1152, 100), nn.ReLU(),
            nn.Linear(100, 50), nn.ReLU(),
            nn.Linear(50, 10), nn.ReLU(),
            output,
        )  # fmt: skip
        for name, parameter in self.named_parameters():
            # He's initialisation keeps the signal's size through the ReLUs; torch's own loses it
            # layer by layer.
            if name.endswith("weight"):
                nn.init.kaiming_normal_(parameter, nonlinearity="relu")
            else:
                nn.init.zeros_(parameter)
        with torch.no_grad():
            output.weight.mul_(OUTPUT_GAIN)
        self.curvature_scale: Tensor
        self.register_buffer("curvature_scale", torch.tensor(float(curvature_scale)))
        self.speed_scale: Tensor | None
        self.register_buffer(
            "speed_scale", None if speed_scale is None else torch.tensor(float(speed_scale))
        )

    def forward(self, views: Tensor) -> Tensor:
        """Curvature [1/m], right positive, (B,)."""
        return self.commands(views)[0]

    def commands(self, views: Tensor) -> tuple[Tensor, Tensor | None]:
        """Curvature [1/m], right positive, and speed to drive [m/s], (B,) each; None in place of a
        speed it has not learned.
        """
        outputs = self.dense(
            self.convolutions(views)
        ).float()  # lower precision may hold within a training
        speed = None if self.speed_scale is None else outputs[:, 1] * self.speed_scale
        return outputs[:, 0] * self.curvature_scale, speed
