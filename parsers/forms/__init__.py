"""Forms: the model of one, and the shipped ones, one TOML file a form."""
