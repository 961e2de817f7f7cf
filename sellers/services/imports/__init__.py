"""What becomes of a seller's file: looked at, its columns agreed on, taken over in chunks, reviewed, undone."""
