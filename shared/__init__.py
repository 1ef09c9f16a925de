"""What more than one function needs. Nothing here imports `functions`."""
