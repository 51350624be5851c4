"""What records say about duties: measures, verdicts, scores, claims, gates.

Must not know figures of submissions, nor pages.
"""
