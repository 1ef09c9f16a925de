"""One folder is one Lambda: an endpoint group or a worker. A folder imports only `shared` and itself."""
