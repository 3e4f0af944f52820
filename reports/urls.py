"""Addresses of the home page, the dashboards, reports and the checker."""

from django.urls import path

from reports import views

urlpatterns = [
    path("", views.home, name="home"),
    path("projects/<reference:reference>/", views.project, name="project"),
]
