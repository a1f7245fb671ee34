"""Forms: their model, and the ones that come with the program, one TOML file a form."""
