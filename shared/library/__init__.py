"""The library: files, who has them, uploads under way, ratings, and what is ranked where."""
