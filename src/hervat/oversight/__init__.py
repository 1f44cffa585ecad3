"""Oversight: what happened when, and who knew it since when, on record while it happens. It follows and only reads, but for its own
acts.
"""
