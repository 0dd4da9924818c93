"""Records and tables of others, turned into the rows of an overlay."""
