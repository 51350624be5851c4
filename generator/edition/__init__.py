"""The Site in one language: what may be told, and how values, charts, tables and files of it are written.

Must not know which pages exist.
"""
