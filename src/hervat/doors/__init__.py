"""The doors: command line and pages. Thin: parse, call, render."""
