"""The method: every symbol and word with its meaning, in the order of the rule."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provisions.agreement.words import RULE
from provisions.codebook import VOCABULARIES
from provisions.codebook.method import parts

from .asking import Request


@require_GET
def method_page(request: Request) -> HttpResponse:
    return render(request, "provisions/method.html", {"parts": list(parts(VOCABULARIES)), "rule": RULE})
