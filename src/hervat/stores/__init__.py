"""The engines: memory and SQLite. The only room that knows SQL, in `.sql` files with one named statement each."""
