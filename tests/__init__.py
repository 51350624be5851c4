"""Tests: fixtures, golden files and transcripts stand beside the modules that use them."""
