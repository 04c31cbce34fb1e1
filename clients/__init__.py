"""Clients to copy: each is one file that needs nothing else. Nothing of ours imports them."""
