"""Bytes become passages: load, split, fingerprint."""
