"""The dataset between RECORD and TRAIN: camera videos and signals in the LeRobot v3.0 layout, safe
against crashes.

`EpisodeRecorder` stages an episode, in any process; `DatasetWriter` commits staged episodes in
order; `Dataset` reads.
"""

from pilotnet.data.store.box_tables import Boxes
from pilotnet.data.store.marks import Marks, write_marks
from pilotnet.data.store.reader import Dataset, Signals, Summary
from pilotnet.data.store.schema import Episode
from pilotnet.data.store.staging import EpisodeRecorder, StagedEpisode
from pilotnet.data.store.video import Quality
from pilotnet.data.store.writer import DatasetWriter

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
