"""The buyer's pages: one module for each kind of page."""
