"""The letters as Jinja templates, one `.html` and one `.txt` each; `base` is their frame, `parts` what they share."""
