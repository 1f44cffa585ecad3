"""The backlog of an organisation that lived on paper: what was keyed of it, by whom, and how well; in which order it is worked away."""
