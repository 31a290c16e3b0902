"""`copydesk conformance`: whether a server keeps the rules of the tool that pulls from it."""

from copydesk.cli.conformance.command import conformance

__all__ = ["conformance"]
