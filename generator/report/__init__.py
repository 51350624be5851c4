"""One result in every format that people and platforms read, a small file a format.

Must not know how the result came about.
"""
