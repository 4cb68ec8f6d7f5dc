"""What is told of composed actions, by what they are about."""
