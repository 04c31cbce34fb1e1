"""The addresses of the pages."""

from django.urls import path

from provisions.views import (
    boards,
    changes,
    compare,
    events,
    lines,
    method,
    parties,
    people,
    positions,
    queue,
    searching,
    sources,
    status,
    timeline,
)

LINE = "plans/<slug:plan>/provisions/<slug:line>/"

urlpatterns = [
    path("", boards.home, name="home"),
    path("plans/<slug:plan>/", boards.board_page, name="board"),
    path("plans/<slug:plan>/seq/", boards.board_news, name="board-news"),
    path("plans/<slug:plan>/changes/", changes.changes_page, name="changes"),
    path("plans/<slug:plan>/changes/<int:seq>/undo/", changes.undo, name="undo"),
    path("plans/<slug:plan>/compare/", compare.choose_texts, name="choose-texts"),
    path("plans/<slug:plan>/compare/<slug:before>..<slug:after>/", compare.compare_page, name="compare"),
    path("plans/<slug:plan>/texts/", compare.concordance_page, name="texts"),
    path("plans/<slug:plan>/positions/<str:key>/retract/", positions.retract, name="retract-position"),
    path("plans/<slug:plan>/timeline/", timeline.timeline_page, name="timeline"),
    path("plans/<slug:plan>/parties/", parties.parties_page, name="parties"),
    path("plans/<slug:plan>/parties/<slug:party>/", parties.party_page, name="party"),
    path("plans/<slug:plan>/people/", people.people_page, name="people"),
    path("plans/<slug:plan>/queue/", queue.queue_page, name="queue"),
    path("plans/<slug:plan>/events/", events.events_page, name="events"),
    path("method/", method.method_page, name="method"),
    path("search/", searching.search_page, name="search"),
    path("sources/", sources.sources_page, name="sources"),
    path("sources/<slug:source>/", sources.source_page, name="source"),
    path("status/", status.status_page, name="status"),
    path(LINE, lines.line_page, name="provision"),
    path(f"{LINE}row/", boards.row, name="row"),
    path(f"{LINE}seq/", lines.line_news, name="line-news"),
    path(f"{LINE}positions/", positions.whose_position, name="whose-position"),
    path(f"{LINE}positions/<slug:party>/add/", positions.add_position, name="add-position"),
]
