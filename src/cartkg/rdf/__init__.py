"""RDF: the vocabulary, the store and its files, shapes."""
