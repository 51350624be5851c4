"""Schools and their checklists."""
