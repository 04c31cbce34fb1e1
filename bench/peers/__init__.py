"""What the API is measured against: an answer of the same bytes by the bare server, and a stock REST framework list."""
