"""Intake: judge a message on its own, recognise duplicates, take custody; amendments; hold and release by needs and gives.

- A refusal depends on the message, the roles in force, and the kind and source of the message it names; never on what else arrived.
- Nothing that a sender may send raises: what cannot be read is refused and kept.
"""
