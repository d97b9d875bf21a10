"""The plot of interventions over the video against the rendered world."""

from pilotnet.evaluation.evaluate_recording import RecordedScore
from pilotnet.evaluation.report.recording_plot import recording_figure

ROWS = [RecordedScore(index, "rural", 30.0, index % 2, 30.0, 0) for index in range(5)]


def test_a_dot_stands_for_all_drives_with_its_counts() -> None:
    (axes,) = recording_figure(ROWS).axes
    (dots,) = axes.collections
    assert sorted(map(tuple, dots.get_offsets().tolist())) == [(0.0, 0.0), (0.0, 1.0)]
    assert sorted(text.get_text() for text in axes.texts) == ["2", "3"]
    areas = dots.get_sizes()
    assert max(areas) / min(areas) == 1.5


def test_drives_that_were_not_rendered_are_named_so() -> None:
    (axes,) = recording_figure([RecordedScore(0, "rural", 30.0, 2)]).axes
    assert axes.get_xlabel() == "not rendered"
