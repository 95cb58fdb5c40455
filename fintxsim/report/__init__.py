"""A finished run as one page that needs no network. It reads the files alone and knows nothing of the simulator.

truths     what truth/ says of rows, in step with them    tallies   everything that is counted, in one pass
choice     which campaigns and customers are drawn        excerpt   their rows, held in memory
facts      what a page tells, gathered                    figures   a drawing, its caption and its numbers
look       colours, axes, numbers in words                verdicts  outcomes of checks
sections/  one file per chapter                           page      the chapters put together, and the file
"""

from fintxsim.report.page import write_report

__all__ = ["write_report"]
