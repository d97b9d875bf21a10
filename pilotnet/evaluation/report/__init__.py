"""REPORT: a results folder -> one self-contained HTML page, and the score table that the terminal
shows too.

`tables` words the scores, `plots` draws them, `views` shows what the network learns from, `clip`
films a drive, `page` binds it all.
"""

from pilotnet.evaluation.report.page import write_report
from pilotnet.evaluation.report.tables import score_table, scores_by_suite

__all__ = ["score_table", "scores_by_suite", "write_report"]
