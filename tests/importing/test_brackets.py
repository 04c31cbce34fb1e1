"""Brackets in a draft: whose words they hold, and that they are printed back to the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisions.held import held
from provisions.importing.brackets import Alternative, BadBrackets, Bracket, parsed, printed, variants_in
from provisions.models import Plan, Resource

from . import accord

NAMES = {"us": "us", "united states": "us", "eu": "eu", "russia": "ru", "ru": "ru", "ukraine": "ua", "ua": "ua"}


def variants(text: str) -> dict[tuple[str, ...], str]:
    return {each.parties: each.text for each in variants_in(text, names=NAMES)}


READ = {
    "two sides": (
        "Fire ceases at [US, EU: noon | Russia: dawn].",
        {("us", "eu"): "Fire ceases at noon.", ("ru",): "Fire ceases at dawn."},
    ),
    "one side that wants more words": ("Fire ceases [US: at once].", {("us",): "Fire ceases at once."}),
    "words of nobody beside": (
        "Fire ceases [Ukraine: at once | at noon] and [Russia: for good | for a week].",
        {("ua",): "Fire ceases at once and for a week.", ("ru",): "Fire ceases at noon and for good."},
    ),
    "options with numbers": (
        "Force of [I (US): 600 | II (Ukraine, EU): 800] men.",
        {("us",): "Force of 600 men.", ("ua", "eu"): "Force of 800 men."},
    ),
    "options of nobody": ("Force of [I: 600 | II: 800] men.", {}),
    "one inside another": (
        "It [US: may [EU: never | Ukraine: always] leave | Russia: stays].",
        {
            ("us",): "It may leave.",
            ("eu",): "It may never leave.",
            ("ua",): "It may always leave.",
            ("ru",): "It stays.",
        },
    ),
    "names of any kind and case": ("[united states: Yes | RU: No].", {("us",): "Yes.", ("ru",): "No."}),
    "brackets that are words": ("He said [sic] that [a: b] and [x | y] hold.", {}),
    "no brackets": ("All fire ceases.", {}),
    "an open bracket that names nobody": ("An array [ of words.", {}),
}


@pytest.mark.parametrize("what", READ)
def test_each_named_party_gets_the_whole_line_in_its_words(what):
    text, wanted = READ[what]
    assert variants(text) == wanted
    assert printed(parsed(text, names=NAMES)) == text


REFUSED = {
    "a name that nobody has": ("[US: noon | Russland: dawn]", "names 'Russland' in brackets"),
    "no end": ("Fire ceases [US: at noon.", "does not end"),
    "too deep": ("[US: " * 9 + "x" + "]" * 9, "more than 8 deep"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_brackets_that_name_somebody_are_refused_for(what):
    text, why = REFUSED[what]
    with pytest.raises(BadBrackets, match=why):
        parsed(text, names=NAMES)


# Without a colon: where an alternative begins, what stands before one is read as a name, and a strange one is refused.
words = st.text("ab ,.()IVX", max_size=8)
labels = st.sampled_from(
    [("", ()), ("US: ", ("us",)), (" EU, Russia:", ("eu", "ru")), ("I (US):", ("us",)), ("II:", ())]
)


def alternatives(nodes):
    made = st.builds(lambda label, said: Alternative(label[0], label[1], tuple(said)), labels, nodes)
    # Words before a colon that stand where a label would are a label, and may name nobody.
    made = made.filter(lambda each: each.label or ":" not in printed(each.said).partition("[")[0])
    named = st.builds(lambda said: Alternative("US:", ("us",), tuple(said)), nodes)
    return st.builds(lambda first, others: Bracket((first, *others)), named, st.lists(made, max_size=2))


texts = st.recursive(
    st.lists(words, max_size=2), lambda inner: st.lists(words | alternatives(inner), max_size=3), max_leaves=6
)


@given(texts)
def test_any_text_is_printed_back_to_the_letter(nodes):
    text = printed(nodes)
    assert printed(parsed(text, names=NAMES)) == text


@given(st.text("[]|:,() USEUIVx", max_size=40))
def test_any_jumble_is_read_or_refused_and_printed_back(text):
    try:
        nodes = parsed(text, names=NAMES)
    except BadBrackets:
        return
    assert printed(nodes) == text


def test_brackets_of_a_plan_file_become_variants_on_record(folder, load):
    accord.edit(
        folder, "drafts/2.yaml", "All fire ceases at dawn.", '"All fire ceases [Arden: at dawn | brevia: at noon]."'
    )
    load()
    content = held(Plan.objects.get(), Resource.WORDING)["draft-2/ceasefire"].content
    assert content.text == "All fire ceases [Arden: at dawn | brevia: at noon]."
    assert [(each.parties, each.text) for each in content.variants] == [
        (("arden",), "All fire ceases at dawn."),
        (("brevia",), "All fire ceases at noon."),
    ]


def test_variants_that_are_stated_take_the_place_of_those_in_brackets(folder, load):
    words = '"All fire ceases [Arden: at dawn]."\n        variants: []'
    accord.edit(folder, "drafts/2.yaml", "All fire ceases at dawn.", words)
    load()
    assert held(Plan.objects.get(), Resource.WORDING)["draft-2/ceasefire"].content.variants == ()


def test_a_name_in_brackets_that_nobody_has_is_told_in_its_place(folder, faults):
    accord.edit(folder, "drafts/2.yaml", "All fire ceases at dawn.", '"All fire ceases [Arden: at dawn | Brevi: now]."')
    (fault,) = faults()
    assert fault.startswith(
        "drafts/2.yaml:11:15: revisions[draft-2].wordings[ceasefire].text: names 'Brevi' in brackets"
    )
