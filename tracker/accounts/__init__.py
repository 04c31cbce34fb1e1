"""Signing in: by password, a second factor, a passkey, or the sign-in of an organisation. django-allauth does the work.

Nobody makes an account for themselves, and passwords are reset by administrators: there need be no mail server.
"""
