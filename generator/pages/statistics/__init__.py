"""Released tables, releases, trends."""
