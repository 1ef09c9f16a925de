"""Downloads: media fetched from the web."""
