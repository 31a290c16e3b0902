"""The command line. Every command loads only what it uses, so that `--help` answers at once."""

from copydesk.cli.main import main

__all__ = ["main"]
