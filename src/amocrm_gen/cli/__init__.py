"""The command line `amocrm`."""
