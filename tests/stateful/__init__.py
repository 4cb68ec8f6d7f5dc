"""A model of the CRM, held against the mock server and the client step by step."""
