"""Addresses of lessons."""

from django.urls import path

from lessons import views

urlpatterns = [
    path("lessons/", views.lesson_list, name="lesson_list"),
    path("lessons.<slug:format>", views.lesson_list, name="lesson_list_file"),
    path("lessons/new/", views.lesson_create, name="lesson_create"),
    path("lessons/adoption/", views.lesson_adoption, name="lesson_adoption"),
    path("lessons/adoption.<slug:format>", views.lesson_adoption, name="lesson_adoption_file"),
    path("lessons/rules/", views.lesson_rules, name="lesson_rules"),
    path("lessons/rules/new/", views.rule_edit, name="lesson_rule_create"),
    path("lessons/rules/<int:pk>/", views.rule_edit, name="lesson_rule"),
    path("lessons/rules/limit/new/", views.gate_limit_add, name="lesson_limit_create"),
    path("lessons/rules/categories/new/", views.category_edit, name="lesson_category_create"),
    path("lessons/rules/categories/<int:pk>/", views.category_edit, name="lesson_category"),
    path("lessons/rules/types/new/", views.project_type_edit, name="project_type_create"),
    path("lessons/rules/types/<int:pk>/", views.project_type_edit, name="project_type"),
    path("lessons/<int:pk>/", views.lesson, name="lesson"),
    path("lessons/<int:pk>/edit/", views.lesson_edit, name="lesson_edit"),
    path("projects/<reference:reference>/lessons/", views.project_lessons, name="project_lessons"),
    path(
        "projects/<reference:reference>/lessons/new/",
        views.lesson_create,
        name="project_lesson_create",
    ),
    path(
        "projects/<reference:reference>/lessons/type/",
        views.project_classify,
        name="project_classify",
    ),
    path(
        "projects/<reference:reference>/lessons/answers.<slug:format>",
        views.answers_file,
        name="lesson_answers_file",
    ),
    path(
        "projects/<reference:reference>/lessons/appendix-2/",
        views.lesson_summary,
        name="lesson_summary",
    ),
    path(
        "projects/<reference:reference>/lessons/appendix-2.<slug:format>",
        views.lesson_summary,
        name="lesson_summary_file",
    ),
]
