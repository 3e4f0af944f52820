"""Addresses that belong to no room."""

from django.urls import path

from council_hms import council_pages, history_pages, page_views, saved_views
from council_hms.listing import list_paths

urlpatterns = [
    path("council.css", page_views.council_css, name="council_css"),
    path("accessibility/", page_views.accessibility, name="accessibility"),
    path("help/", page_views.help_page, name="help"),
    path("account/", page_views.account, name="account"),
    path("healthz", page_views.healthz, name="healthz"),
    path("saved-views/", saved_views.saved_view_create, name="saved_view_create"),
    path("saved-views/<int:pk>/remove/", saved_views.saved_view_delete, name="saved_view_delete"),
    path("council/", council_pages.council_settings, name="council_settings"),
    path("council/edit/", council_pages.council_edit, name="council_edit"),
    path("council/people/", council_pages.person_list, name="person_list"),
    path("council/people/new/", council_pages.person_add, name="person_add"),
    path("council/people/<int:pk>/", council_pages.person, name="person"),
    path("council/people/<int:pk>/link/", council_pages.person_link, name="person_link"),
    path(
        "council/people/<int:pk>/second-factor/",
        council_pages.person_second_factor,
        name="person_second_factor",
    ),
    *list_paths("history", history_pages.history_list, "history_list"),
    path("history/acts/<uuid:pk>/", history_pages.history_act, name="history_act"),
    path("history/rows/<str:model>/<int:pk>/", history_pages.history_row, name="history_row"),
    *list_paths("history/security", history_pages.security_log, "security_log"),
]
