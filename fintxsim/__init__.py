"""fintxsim: an agent-based simulator of financial transactions with labelled fraud."""

__version__ = "0.1.0"
