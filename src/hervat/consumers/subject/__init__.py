"""The person concerned: what is recorded about somebody, for how long, and who was told what of it."""
