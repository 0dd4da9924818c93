"""The ontology and the graph, judged by the field's own tools: ROBOT with OWLAPI, HermiT and ELK, and other loaders."""
