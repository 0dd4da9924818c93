"""A copy of a source as text: read into the places that locators name, and into the figures printed there."""
