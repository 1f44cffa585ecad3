"""The restart: a run of a plan, its gates with evidence, and where every link stands; a fold of acts. It imports no sibling."""
