"""One result, one small file a format.

Owns nothing itself.
"""
