"""What API v2 answers, written from its docs before the server was asked."""
