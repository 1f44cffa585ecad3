"""Disclosure of judicial data: requests answered with what the law allows, and what was handed out blind found back."""
