"""The addresses of the pages."""

from django.urls import path

from provisions.views import boards, changes, lines, positions, status

LINE = "plans/<slug:plan>/provisions/<slug:line>/"

urlpatterns = [
    path("", boards.home, name="home"),
    path("plans/<slug:plan>/", boards.board_page, name="board"),
    path("plans/<slug:plan>/seq/", boards.board_news, name="board-news"),
    path("plans/<slug:plan>/changes/", changes.changes_page, name="changes"),
    path("plans/<slug:plan>/positions/<str:key>/retract/", positions.retract, name="retract-position"),
    path("status/", status.status_page, name="status"),
    path(LINE, lines.line_page, name="provision"),
    path(f"{LINE}row/", boards.row, name="row"),
    path(f"{LINE}seq/", lines.line_news, name="line-news"),
    path(f"{LINE}positions/", positions.whose_position, name="whose-position"),
    path(f"{LINE}positions/<slug:party>/add/", positions.add_position, name="add-position"),
]
