"""What no password is made of: words that anybody would try who wants to get into this site."""

from __future__ import annotations

import re
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Of what the site is about, and of who works here. PASSWORD_WORDS adds those of an organisation.
WORDS: Final = (
    "accord", "administrator", "admin", "agreement", "analyst", "ceasefire", "contributor", "framework", "lead",
    "negotiation", "party", "passphrase", "password", "peace", "plan", "point", "position", "provision", "reviewer",
    "settlement", "tracker", "treaty", "viewer",
)  # fmt: skip
# So many letters have to be left where these words are taken out.
LETTERS: Final = 4


class NoWordOfTheSite:
    """Refuses a password that is words of the site with digits and signs around them."""

    def __init__(self, more: list[str] | None = None) -> None:
        words = sorted({*WORDS, *(word.lower() for word in more or ())}, key=len, reverse=True)
        self.words = re.compile("|".join(map(re.escape, words)))

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        left = self.words.sub("", password.lower())
        if left != password.lower() and sum(map(str.isalpha, left)) < LETTERS:
            raise ValidationError(_("The password is made of words that belong to this site."), code="site_words")

    def get_help_text(self) -> str:
        return _("Your password can’t be made of words that belong to this site, such as “provision”.")
