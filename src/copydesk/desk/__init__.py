"""The application's services: each method is one transaction, for one actor, on the record."""
