"""The HTTP interface: JSON under /v1, pages for people under /, one file a noun."""
