-- Where the link of a source stands. Before now nothing isolated or governed any.
ALTER TABLE feed ADD COLUMN link text;
