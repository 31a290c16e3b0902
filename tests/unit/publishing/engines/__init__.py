"""What renders copy as the tools do: real engines, and documented rules where none is public."""
