"""The API's door to the outside: addresses, problems, conditional answers, OpenAPI.

What it tells is in `provisions.api`.
"""
