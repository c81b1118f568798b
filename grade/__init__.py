"""Pagoda's grader: cuts labs out of the tree, runs their tests and tells the marks. The command line is grade/grade."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent    # the tree that this grader belongs to


class UserError(Exception):
    """What a user or a lab's author did wrong, in one sentence that says how to mend it: told without a traceback."""
