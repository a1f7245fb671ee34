"""What belongs to one year's campaign and is no code: its sub-projects, one TOML file a campaign."""
