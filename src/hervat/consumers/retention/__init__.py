"""Retention: what the register may keep no longer; forecast, worked out twice, hidden at once, and removed later with proof."""
