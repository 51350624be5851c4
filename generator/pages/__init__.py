"""What each page says: typed data, which a template prints. Must not know the engine."""
