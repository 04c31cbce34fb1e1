"""The words for what was carried out of a line that was signed.

Four steps, as the implementation data of the Peace Accords Matrix have them; the definitions are ours. See
https://peaceaccords.nd.edu, and Joshi, Quinn and Regan, "Annualized implementation data on comprehensive intrastate
peace accords, 1989-2012", Journal of Peace Research 52(4), 2015.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from provisions.models import ImplementationLevel

from .code import Code

IMPLEMENTATION = (
    Code(
        ImplementationLevel.NONE,
        _("Not implemented"),
        _("Nothing of what the line provides for has been done."),
    ),
    Code(
        ImplementationLevel.MINIMUM,
        _("Minimum"),
        _("A beginning was made, and most of it is still to be done."),
    ),
    Code(
        ImplementationLevel.INTERMEDIATE,
        _("Intermediate"),
        _("Much of it was done and some is missing, on a way that leads to its end if it is gone on with."),
    ),
    Code(
        ImplementationLevel.FULL,
        _("Full"),
        _("All of it was done, or so nearly that nothing of substance is missing."),
    ),
)
