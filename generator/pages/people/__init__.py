"""Teams, families and the community."""
