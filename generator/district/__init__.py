"""The life of a district: how its repository begins, what lies ahead of it, how its schools and years change.

Says which files change and how. Must not know arguments, and never prints.
"""
