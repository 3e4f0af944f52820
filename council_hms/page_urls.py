"""Addresses that belong to no room."""

from django.urls import path

from council_hms import page_views, saved_views

urlpatterns = [
    path("council.css", page_views.council_css, name="council_css"),
    path("accessibility/", page_views.accessibility, name="accessibility"),
    path("help/", page_views.help_page, name="help"),
    path("healthz", page_views.healthz, name="healthz"),
    path("saved-views/", saved_views.saved_view_create, name="saved_view_create"),
    path("saved-views/<int:pk>/remove/", saved_views.saved_view_delete, name="saved_view_delete"),
]
