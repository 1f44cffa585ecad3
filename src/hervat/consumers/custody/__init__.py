"""Custody: who comes due for release or prolongation, worked by hand while sources are silent; and what they say when they catch up."""
