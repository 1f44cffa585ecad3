"""The journal: every entry in its place for ever, sealed, and provable without being readable.

- An entry is in the journal with its position, or it is not; it never changes place and none is left out.
- `entry` seals and opens one entry, `tree` proves it among all others, `keys` are the node's own, `checkpoint` and
  `receipt` are what the node signs, `store` is the port that an engine implements.
"""
