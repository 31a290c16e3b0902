"""Copydesk writes marketing e-mail copy, checks it, ranks it, has it signed, and serves it."""

__version__ = "0.1.0"
