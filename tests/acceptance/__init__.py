"""How the official PHP SDK calls, line by line, and what it needs of each answer."""
