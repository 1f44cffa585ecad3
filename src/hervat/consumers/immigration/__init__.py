"""What IND asks about a person: the register's record of somebody as facts of the law, and what of it is not known here."""
