"""What must never enter git, found in the bytes of a file; and what was allowed."""
