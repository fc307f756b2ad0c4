"""The pages under settings: one file per page. Who may open them stands in config/access.py."""
