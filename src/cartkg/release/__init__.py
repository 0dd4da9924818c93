"""The parts of a release beside the graph itself: descriptions, tables for other graphs, checksums."""
