"""What can go wrong in the generator itself, as opposed to what it measures.

LoadtestFault
├── UsageFault    the command line, a scenario or a recording asks for what cannot be
└── TargetFault   the server is not there, refuses everybody or does not speak the wire
"""


class LoadtestFault(Exception):
    """A fault that ends the run with exit code 2; its text is for the person at the terminal."""


class UsageFault(LoadtestFault):
    """The question is wrong: the text says what to change."""


class TargetFault(LoadtestFault):
    """There is nobody to measure: the text says what was tried."""
