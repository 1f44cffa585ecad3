"""The partners' door: messages come in over HTTP, receipts go out (the contract, section 5).

- Who asks is told by the signature over the request (`signature`, `signers`), and by nothing else.
- What is answered 202 is on disk; whatever is answered otherwise was not taken.
- `writer` is the one thread that writes. Requests wait for it in `queue`, each partner in a line of its own.
- Partners speak only of themselves: no answer tells whether anything of somebody else is here.
"""
