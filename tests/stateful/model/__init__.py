"""A small CRM, written from the docs alone; it imports nothing of the server."""
