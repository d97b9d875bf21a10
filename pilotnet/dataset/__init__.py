"""The dataset between RECORD and TRAIN: camera videos and signals in the LeRobot v3.0 layout, safe against crashes.

`EpisodeRecorder` stages an episode, in any process; `DatasetWriter` commits staged episodes in order; `Dataset` reads.
"""

from pilotnet.dataset.boxes import Boxes
from pilotnet.dataset.marks import Marks, write_marks
from pilotnet.dataset.reader import Dataset, Signals, Summary
from pilotnet.dataset.schema import Episode
from pilotnet.dataset.staging import EpisodeRecorder, StagedEpisode
from pilotnet.dataset.video import Quality
from pilotnet.dataset.writer import DatasetWriter

__all__ = [
    "Boxes",
    "Dataset",
    "DatasetWriter",
    "Episode",
    "EpisodeRecorder",
    "Marks",
    "Quality",
    "Signals",
    "StagedEpisode",
    "Summary",
    "write_marks",
]
