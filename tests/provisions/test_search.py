"""The search over everything on record."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from provisions.agreement.words import WordingChange
from provisions.contents import CompanionContent, EventContent, PartyContent, SourceContent, When, WordingContent
from provisions.held import held
from provisions.models import Plan, Resource
from provisions.record import record_position, retract_position, writing
from provisions.search import FEW, PAGE, search
from tests import builders
from tests.builders import ACCORD, ARDEN, TESTER, long_plan, revision, says

from .pages import seen


def found(words: str, **asked) -> dict[str, list[str]]:
    """The titles that a search finds, kind by kind."""
    return {section.kind: [plain(hit.title) for hit in section.hits] for section in search(words, **asked).sections}


def plain(marked: str) -> str:
    return marked.replace("<mark>", "").replace("</mark>", "")


def excerpts(words: str) -> list[str]:
    return [hit.excerpt for section in search(words).sections for hit in section.hits]


def source(slug: str, title: str, **said) -> None:
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([SourceContent(slug=slug, title=title, kind="news", **said)])


def says_of_the_ceasefire(summary: str, speaker: str = "A spokesperson") -> str:
    """What Arden says of the ceasefire, in these words; the key of the position."""
    first = says(ARDEN, "accept", "ceasefire")
    content = held(Plan.objects.get(slug=ACCORD), Resource.POSITION)[first].content
    record_position(ACCORD, replace(content, key="said", summary=summary, speaker=speaker), by=TESTER)
    return "said"


# ---- What is searched ----


def test_titles_wordings_positions_speakers_sources_events_and_companions_are_found(accord):
    says_of_the_ceasefire("The guns fall silent.", speaker="Envoy Marlowe")
    source("S2", "An interview on the lagoon", publisher="Lagoon Press")
    with writing(ACCORD, by=TESTER) as pen:
        when = When(date(2026, 1, 7))
        pen.put([EventContent(slug="summit", title="A summit by the lagoon", dated=when, states=())])
        pen.put([CompanionContent(slug="annex", title="Annex on the lagoon", dated=when, sources=("S1",))])
    assert found("ceasefire")["provision"] == ["Ceasefire"]
    assert found("noon") == {"wording": ["Ceasefire"]}
    assert found("guns") == {"position": ["Arden"]}
    assert found("marlowe") == {"position": ["Arden"]}
    assert found("lagoon") == {
        "event": ["A summit by the lagoon"],
        "companion": ["Annex on the lagoon"],
        "source": ["An interview on the lagoon"],
    }
    assert found("S2") == {"source": ["An interview on the lagoon"]}


def test_a_party_is_found_by_its_names_and_leads_to_its_sheet(client: Client, accord):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([PartyContent(slug=ARDEN, name="Republic of Arden", short="RA", note="An island.")])
    (section,) = search("republic").sections
    (hit,) = section.hits
    assert (section.kind, hit.title, hit.facts) == ("party", "<mark>Republic</mark> of Arden", ("RA",))
    assert hit.url == f"/plans/{ACCORD}/parties/{ARDEN}/"
    assert client.get(hit.url).status_code == 200
    assert found("ra") == found("island") == found("republc of arden") == {"party": ["Republic of Arden"]}
    assert "Parties" in seen(client.get("/search/", {"q": "republic"}))


def test_a_party_of_several_plans_is_found_in_each_or_in_the_one_that_is_asked_for(accord):
    other = builders.plan("treaty")
    assert found("caldor")["party"] == ["Caldor", "Caldor"]
    assert [hit.url for hit in search("caldor", plan=other).sections[0].hits] == ["/plans/treaty/parties/caldor/"]


def test_all_words_have_to_be_there_in_any_order(accord):
    assert found("noon fire") == {"wording": ["Ceasefire"]}
    assert found("noon prisoners") == {}


def test_a_word_finds_the_longer_ones_that_begin_so_but_not_those_that_end_so(accord):
    assert found("prison")["provision"] == ["Prisoners"]
    assert "provision" not in found("soners")


def test_short_words_and_numbers_are_taken_as_they_are(accord):
    revision("draft-2", words={"troops": "No more than 600 of them, at any one time."})
    assert found("at an") == {}
    assert found("60") == {}
    assert found("600") == {"wording": ["Troops"]}


def test_words_in_quotes_have_to_follow_each_other(accord):
    assert found('"fire ceases"') == {"wording": ["Ceasefire"]}
    assert found('"ceases fire"') == {}
    assert excerpts('"fire ceases"') == ["All <mark>fire ceases</mark> at noon."]


def test_a_quote_that_is_never_closed_is_closed_at_the_end(accord):
    assert found('"fire ceases') == {"wording": ["Ceasefire"]}


@pytest.mark.parametrize("typed", ["Lódź", "LODZ", "łódź", "lo\u0301dz\u0301"])
def test_accents_and_capitals_make_no_difference(accord, typed):
    revision("draft-2", words={"seat": "The council sits in Łódź."})
    assert found(typed) == {"wording": ["Seat"]}
    assert excerpts(typed) == ["The council sits in <mark>Łódź</mark>."]


@pytest.mark.parametrize("typed", ["припинення", "ПРИПИНЕННЯ", "припин", "вогню припинення", "Київ", "киї"])
def test_cyrillic_words_are_found(accord, typed):
    revision("draft-2", words={"fire": "«Припинення» вогню під Київом; мир — у Київ."})
    assert found(typed) == {"wording": ["Fire"]}
    assert "<mark>" in excerpts(typed)[0]


def test_letters_that_are_not_marked_ones_are_kept_apart(accord):
    revision("draft-2", words={"fire": "Мій дім."})
    assert found("мій")
    assert search("миi").total == 0


def test_a_stress_mark_does_not_cut_a_word(accord):
    revision("draft-2", words={"fire": "Замо\u0301к на горі."})
    assert excerpts("замок") == ["<mark>Замо\u0301к</mark> на горі."]


def test_words_beside_strokes_quotes_and_dashes_are_found(accord):
    revision("draft-2", words={"fire": "A “truce”/armistice—soon, brokered by NATO-led troops."})
    for word in ("truce", "armistice", "soon", "nato", "led"):
        assert found(word) == {"wording": ["Fire"]}


# ---- How it is shown ----


def test_what_was_typed_is_marked_and_nothing_of_the_record_becomes_markup(accord):
    revision("draft-2", words={"fire": "The <b>guns</b> & drums fall silent."})
    assert excerpts("guns") == ["The &lt;b&gt;<mark>guns</mark>&lt;/b&gt; &amp; drums fall silent."]


def test_of_a_long_text_the_part_around_the_words_is_shown(accord):
    revision("draft-2", words={"fire": f"{'Before. ' * 200}Here is the needle. {'After. ' * 200}"})
    (excerpt,) = excerpts("needle")
    assert "<mark>needle</mark>" in excerpt
    assert excerpt.startswith("… Before.")
    assert excerpt.endswith(" …")
    assert len(excerpt) < 400


def test_the_same_line_in_several_texts_is_one_hit_that_leads_to_the_current_one(accord):
    revision("draft-2", words={"ceasefire": "All fire ceases at noon sharp."}, derives_from="draft-1")
    (section,) = search("noon").sections
    (hit,) = section.hits
    assert hit.url == f"/plans/{ACCORD}/provisions/ceasefire/"
    assert any("also in draft-1" in fact for fact in hit.facts)


def test_words_of_an_earlier_text_lead_to_the_line_with_them_beside_it(accord):
    revision("draft-2", words={"ceasefire": "All fire ceases at dawn."}, derives_from="draft-1")
    (section,) = search("noon").sections
    assert section.hits[0].url == f"/plans/{ACCORD}/provisions/ceasefire/?compare=draft-1#wording"


def test_every_hit_leads_to_a_page_that_is_there(client: Client, accord):
    says_of_the_ceasefire("The guns of the lagoon.")
    source("S2", "The lagoon")
    with writing(ACCORD, by=TESTER) as pen:
        when = When(date(2026, 1, 7))
        pen.put([EventContent(slug="summit", title="By the lagoon", dated=when, states=())])
    revision("draft-2", words={"lagoon": "The lagoon is shared."}, derives_from="draft-1")
    hits = [hit for section in search("lagoon").sections for hit in section.hits]
    assert len(hits) == 5
    for hit in hits:
        address, _, fragment = hit.url.partition("#")
        page = client.get(address)
        assert page.status_code == 200
        if fragment:
            assert f'id="{fragment}"' in page.content.decode()


# ---- What does not stand ----


def test_a_retracted_position_is_apart_with_its_reason(accord):
    retract_position(ACCORD, says_of_the_ceasefire("The guns fall silent."), by=replace(TESTER, reason="Misread."))
    findings = search("guns")
    (section,) = findings.sections
    assert section.kind == "past"
    assert section.hits[0].aside == "Retracted: Misread."


def test_words_that_were_replaced_are_found_apart_unless_the_new_ones_have_them_too(accord):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put(
            [
                WordingContent(
                    provision="ceasefire",
                    revision="draft-1",
                    number="1",
                    text="All fire ceases at dawn.",
                    change=WordingChange.ADDED,
                )
            ]
        )
    assert found("noon") == {"past": ["Ceasefire"]}
    assert found("dawn") == {"wording": ["Ceasefire"]}
    assert "past" not in found("fire")


# ---- Misspelt words ----


@pytest.mark.parametrize("typed", ["prisonrs", "prizoners", "prisonres"])
def test_a_misspelt_word_finds_its_neighbour_and_says_so(accord, typed):
    findings = search(typed)
    assert findings.instead == "prisoners"
    assert [section.kind for section in findings.sections] == ["provision", "wording"]


def test_a_misspelt_cyrillic_word_finds_its_neighbour(accord):
    revision("draft-2", words={"fire": "Припинення вогню."})
    assert search("прыпинення").instead == "припинення"


def test_of_several_words_only_the_misspelt_one_is_replaced(accord):
    assert search("prisonrs home").instead == "prisoners home"


def test_words_that_are_on_record_are_never_replaced(accord):
    assert search("noon prisoners").instead == ""
    assert search("noon").instead == ""


def test_a_word_like_no_other_finds_nothing(client: Client, accord):
    page = client.get("/search/", {"q": "zzzqqq"})
    assert "Nothing on record has “zzzqqq”" in seen(page)


# ---- The page ----


def test_the_page_says_what_it_finds_before_anything_is_asked(client: Client, accord):
    assert "titles, wordings, positions, speakers and sources" in seen(client.get("/search/"))
    assert search("   ").total == 0
    assert search('"" -').total == 0


def test_a_search_can_be_kept_to_one_plan(client: Client, accord):
    builders.plan("other", lines={"truce": "The truce holds at noon."})
    everywhere = client.get("/search/", {"q": "noon"})
    assert "Truce" in seen(everywhere)
    assert "Ceasefire" in seen(everywhere)
    here = client.get("/search/", {"q": "noon", "plan": "other"})
    assert "Truce" in seen(here)
    assert "Ceasefire" not in seen(here)


def test_sources_of_a_plan_are_those_that_something_of_it_rests_on(accord):
    says(ARDEN, "accept", "ceasefire")
    builders.plan("other", lines={"truce": "The truce holds."})
    assert found("daily record", plan=accord) == {"source": ["The Daily Record"]}
    assert found("daily record", plan=Plan.objects.get(slug="other")) == {}


def test_of_each_kind_a_few_are_shown_and_a_page_of_one_kind(client: Client, db):
    long_plan(PAGE + 3)
    few = client.get("/search/", {"q": "words"})
    assert few.content.decode().count("provisions/line-") == FEW
    first = client.get("/search/", {"q": "words", "kind": "wording"})
    assert first.content.decode().count("provisions/line-") == PAGE
    second = client.get("/search/", {"q": "words", "kind": "wording", "page": "2"})
    assert second.content.decode().count("provisions/line-") == 3
    assert 'rel="next"' not in second.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "' OR 1=1 --",
        "a:* & !b | (c",
        "'); DROP TABLE x; --",
        "\\",
        "%",
        "_",
        "<->",
        "\x00",
        "a" * 5000,
        '"' * 99,
        "!!",
        "'",
        "$$",
    ],
)
def test_nothing_that_is_typed_breaks_the_search(client: Client, accord, typed):
    assert client.get("/search/", {"q": typed}).status_code == 200


@pytest.mark.parametrize(
    "asked", [{"page": "0"}, {"page": "-1"}, {"page": "9" * 50}, {"page": "²"}, {"kind": "x"}, {"plan": "x"}]
)
def test_odd_addresses_are_read_as_what_they_can_mean(client: Client, accord, asked):
    assert client.get("/search/", {"q": "noon", **asked}).status_code == 200


def test_what_was_typed_is_shown_as_typed(client: Client, accord):
    html = client.get("/search/", {"q": '<script>alert("x")</script>'}).content.decode()
    assert "<script>alert" not in html


def test_of_very_many_words_the_first_ten_are_looked_for(client: Client, accord):
    findings = search("fire ceases at noon all " + " ".join("fire" + letter * 3 for letter in "abcdefgh"))
    assert findings.cut
    assert not search("fire ceases at noon all").cut


# ---- What it costs ----


def queries(words: str) -> int:
    with CaptureQueriesContext(connection) as made:
        search(words)
    return len(made)


def test_more_lines_and_positions_cost_no_more_queries(db):
    # Begin, level of isolation, one query over all kinds, one for each kind of row that is shown, the titles of plans.
    long_plan(3)
    few = queries("line")
    long_plan(40, plan="another")
    assert queries("line") == few
    assert few <= 8


def test_what_is_looked_at_is_bounded_and_the_page_says_that_there_is_more(client: Client, accord, monkeypatch):
    monkeypatch.setattr("provisions.search.finding.CEILING", 5)
    long_plan(20, plan="another")
    findings = search("words")
    assert findings.more
    assert findings.total <= 7
    assert "Another word would narrow them down" in seen(client.get("/search/", {"q": "words"}))


def test_a_text_of_a_megabyte_can_be_put_on_record(accord):
    revision("draft-2", words={"long": "".join(f"w{n} " for n in range(200_000))})
    assert found("w5") == {"wording": ["Long"]}


def test_few_words_wait_to_be_taken_into_an_index(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reloptions FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid"
            " WHERE relname ~ '^(provisions|parties)_.*_search(_past)?$'"
        )
        options = dict(cursor.fetchall())
    assert len(options) == 13
    assert all(sorted(each) == ["fastupdate=on", "gin_pending_list_limit=64"] for each in options.values()), options
