"""Bytes and text: where files come from, what is written in them, and how they are replaced.

Must not know what a record is about.
"""
