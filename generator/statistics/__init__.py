"""What needs a key: opening, tabulating, protecting, attacking, cutting a release. Only
commands that handle keys or figures reach it. What protects and what attacks never meet.
"""
