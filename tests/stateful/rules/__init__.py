"""What can be done with the account, by area."""
