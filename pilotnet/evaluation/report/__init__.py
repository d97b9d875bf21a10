"""REPORT: make one self-contained HTML page of a results folder; the terminal shows its table.

`tables` turns scores into text, `plots` draws them, `views` shows training samples, `clip` films
a drive, and `page` puts everything into one file.
"""

from pilotnet.evaluation.report.page import write_report
from pilotnet.evaluation.report.robustness_card import robustness_table
from pilotnet.evaluation.report.tables import comparison_table, score_table, scores_by_suite

__all__ = ["comparison_table", "robustness_table", "score_table", "scores_by_suite", "write_report"]
