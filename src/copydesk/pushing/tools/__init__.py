"""One module a tool: what its documented API is asked, and nothing else."""
