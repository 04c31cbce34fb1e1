"""What the pages of an account need of the forms of django-allauth."""

from django import forms, template

from provisions.forms.fields import dress, problems

register = template.Library()


@register.filter
def dressed(form: forms.Form) -> forms.Form:
    """The form, its controls looking like ours; labels stand above them, and nothing stands in them."""
    dress(form)
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form


@register.filter
def what_is_wrong(form: forms.Form) -> list[tuple[str, str]]:
    """What is wrong with a form, each with the id of its control."""
    return problems(form)
