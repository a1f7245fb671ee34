"""What a new installation starts from: a commented configuration and a roster."""
