"""Rehearsal: a whole deterministic world, the same for the same seed.

- A world is lives, told one by one; what a life says is written down twice, by separate hands: as messages, and in the
  book of truth (`truth.py`). The truth is never read back from the messages.
- Nothing here imports `register`, `intake` or `stores`: what the register is compared with must not be made by it.
- Every life draws from its own stream of chance, named after the seed and its number. A larger scale adds lives and
  leaves those that were there as they were.
- Every person, number and amount is invented. Rates say where they come from (`rates.py`).
"""
