"""The domain model: frozen values, one subject a file, and the errors. Imports nothing but `parsers`."""
