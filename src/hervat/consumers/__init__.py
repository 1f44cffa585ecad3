"""Those who live by the register: each follows the journal with a cursor of its own and decides from what it finds there."""
