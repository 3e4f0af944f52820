"""Addresses of the home page, the dashboards and the findings."""

from django.urls import path

from reports.views import closure, findings, home, portfolio, project

urlpatterns = [
    path("", home.home, name="home"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio.<slug:format>", portfolio.portfolio, name="portfolio_file"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings.<slug:format>", findings.finding_list, name="finding_list_file"),
    path("findings/rules/", findings.finding_rules, name="finding_rules"),
    path(
        "findings/accept/<str:code>/<path:subject>/",
        findings.finding_accept,
        name="finding_accept_beyond",
    ),
    path("findings/accepted/<int:pk>/end/", findings.acceptance_end, name="acceptance_end_beyond"),
    path("projects/<reference:reference>/", project.project, name="project"),
    path("projects/<reference:reference>/board-pack/", project.board_pack, name="board_pack"),
    path(
        "projects/<reference:reference>/board-pack.<slug:format>",
        project.board_pack,
        name="board_pack_file",
    ),
    path("projects/<reference:reference>/closure/", closure.closure_report, name="closure_report"),
    path(
        "projects/<reference:reference>/closure.<slug:format>",
        closure.closure_report_file,
        name="closure_report_file",
    ),
    path(
        "projects/<reference:reference>/findings/",
        findings.project_findings,
        name="project_findings",
    ),
    path(
        "projects/<reference:reference>/findings.<slug:format>",
        findings.project_findings,
        name="project_findings_file",
    ),
    path(
        "projects/<reference:reference>/findings/accept/<str:code>/<path:subject>/",
        findings.finding_accept,
        name="finding_accept",
    ),
    path(
        "projects/<reference:reference>/findings/accepted/<int:pk>/end/",
        findings.acceptance_end,
        name="acceptance_end",
    ),
]
