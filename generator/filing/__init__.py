"""How filings reach the records without git: what a school's filing desk needs, what it hands in, what the office takes
in.
"""
