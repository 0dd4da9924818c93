"""The graph on another machine: asking an endpoint, and copying to and from a store."""
