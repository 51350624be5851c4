"""What a change of the records means: what differs, what follows, in words. Must not know pages' text."""
