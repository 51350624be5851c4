"""Documents become Records, and Records one Repository: shape, ids, references, integrity.

Must not know what is judged or shown.
"""
