"""Judicial documentation: the fold of a person's messages, the facts it shows, and their digest."""
