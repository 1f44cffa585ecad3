"""Dispatch: what this node hands to others, feed by feed, until they say that they have it.

A way says that a feed of ours goes to a partner. What is still to go is what lies in the journal beyond what that partner gave a receipt
for: there is no queue beside the journal, and nothing in it becomes terminal, by age or by attempts.
"""
