"""The command line: one file per command; nothing heavy is imported before a command needs it.

app       the commands put together, and ``main``
guard     what ends a command: exit codes, Ctrl-C, closed pipes, our own bugs
options   arguments and options that several commands share
show      results to stdout, everything else to stderr
init      writes a starter scenario       (starter: its text)
check     validates a scenario
generate  makes a run                     (progress, closing: what it shows)
verify    judges a run by its files
audit     looks for leaks in a run or a table (answers: results of checks as text)
fidelity  compares a run with real data
describe  prints catalogues               (catalogue: what they hold)
"""

from fintxsim.cli.app import main

__all__ = ["main"]
