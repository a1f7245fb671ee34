"""The words of the project as frozen values, one subject a file, and its errors. Imports nothing but `parsers`."""
