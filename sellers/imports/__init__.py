"""What sellers bring: archives, tables and Telegram's exports, read in pieces. Knows nothing of the database."""
