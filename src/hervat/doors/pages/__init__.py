"""The pages: what an operator sees of a node in a browser, on the machine itself.

- They only read. Each request opens the store anew, so it shows the newest commit and never stands in a writer's way.
- Plain HTML first: every page works without script. With htmx at hand the state of affairs refreshes itself.
- What is asked about a person travels in the body of a POST, never in an address.
- No page names a person unless somebody asked for that person, or for the content of one entry. (Keys that are missing may: they
  are shown as they are, and kept nowhere.)
- Words are data, in `texts/`: one file a language, with equal keys. Colours are data, in `static/theme.css`.
- Views turn answers of the node into what a template says line by line; templates decide nothing.
"""
