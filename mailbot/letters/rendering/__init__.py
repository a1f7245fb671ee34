"""How letters are rendered: templates are filled, charts drawn, and the MIME message is built."""
