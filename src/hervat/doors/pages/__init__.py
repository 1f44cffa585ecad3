"""The pages: what an operator sees of a node in a browser, on the machine itself.

- To show something a request opens the store anew for reading: it shows the newest commit and never stands in a writer's way.
- A button does an act of `doors/acts`, as a command does, and no other way: here where the writer's place is free, or by the node that has
  it. What was done is shown by another page, with its entry. Only our own pages may ask for it, and pages served to be read do nothing.
- Plain HTML first: every page works without script. With htmx at hand the state of affairs refreshes itself.
- What is asked about a person travels in the body of a POST, never in an address.
- No page names a person unless somebody asked for that person, or for the content of one entry. (Keys that are missing may: they
  are shown as they are, and kept nowhere. The work list of screening shows what a signal is about, and whom only behind a button.)
- Words are data, in `texts/`: for each language one file of sentences and one of terms, with the keys of the other language. Colours are
  data, in `static/theme.css`.
- Views turn answers of the node into what a template says line by line; templates decide nothing.
"""
