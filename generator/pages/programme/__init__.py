"""Policies, plans, work, lessons, claims."""
