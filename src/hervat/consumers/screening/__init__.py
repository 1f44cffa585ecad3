"""Continuous screening: whoever works with children or drives a taxi, and what changes in the documentation about them.

`enrolment` says who is screened and when, `signal` what of a change is told and why not, `following` goes along with the journal,
`recompute` works all of it out a second time in a way of its own, `check` lays the two side by side, `known` says what was known when.
"""
