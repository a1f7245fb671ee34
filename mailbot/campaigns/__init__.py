"""A campaign: its roster of units, its calendar, and one TOML file of sub-projects for each campaign that ships."""
