"""The chain: who is in it, which systems and streams it lives on, what each needs of others, and in which order they come back.

A room beside `intake` that reads a file and computes; it knows no journal and no clock.
"""
