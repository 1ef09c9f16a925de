"""What an adversary would send, built by code: nothing of it lies in the tree."""
