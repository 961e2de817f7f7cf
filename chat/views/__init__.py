"""Pages of conversations: one module for each kind of page."""
