"""One result, one small file a format.

Owns nothing itself; `formats` lists them, `result` is what each is given.
"""
