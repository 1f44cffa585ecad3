"""The statutes as rules: typed pure functions over dates and facts, each with its text, its values and its reasons.

- One rule a module, and beside it a file in TOML with its article, its public explanation and its dated values.
- The date of the facts and the date of the decision together choose a rule's version and every value.
- An answer is yes, no or cannot-say. Where an input that was asked for is not told, it is cannot-say, whatever the rule made of the rest.
- An answer carries a receipt, which computes again to the same bytes. The software proposes; a person decides.

Only the standard library and the nouns are imported here. No input or output, but for the rules' own files; no clock.
"""
