"""Who people are: accounts, sessions, tokens, API keys, and the caller of a request."""
