"""What `scripts/bench` measures. Machines are noisy: every figure to quote is a ratio of two things timed in turn."""
