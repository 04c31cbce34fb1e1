"""Tells subscribers of each change, from the log: at least once, in order, signed as Standard Webhooks has it.

The log is the queue, and each subscription a cursor in it, so nothing is lost with a worker or with Valkey.
"""
