"""Acts: what somebody decides about a node, done by the one who writes to it.

- A command does its act itself where the writer's place is free. Where a node that serves has it, the act is handed over at that node's
  socket (`handing`), taken there (`taking`), and done by its writer between two batches: in one transaction, with the same answer.
- Each family of acts has a module, which says what each does; `asked` lists them all, `line` has what goes over the socket, `place` where
  the socket is and who may speak there.
- Who speaks at the socket is the user that the node runs as, or root: whoever could do the act without it.
"""
