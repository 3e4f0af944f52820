"""Addresses of Cabinet reports: written, cleared, published; and their templates."""

from django.urls import path

from council_hms.listing import list_paths
from reports.views import (
    published,
    report_outcome,
    report_templates,
    report_writing,
    reports,
)

REPORT = "reports/<reference:reference>/"

urlpatterns = [
    *list_paths("reports", reports.report_list, "report_list"),
    *list_paths(
        "projects/<reference:reference>/reports", reports.project_reports, "project_reports"
    ),
    path("reports/new/", reports.report_create, name="report_create"),
    path("reports/templates/", report_templates.report_templates, name="report_templates"),
    path("reports/templates/new/", report_templates.template_edit, name="report_template_create"),
    path(
        "reports/templates/standard/",
        report_templates.template_standard,
        name="report_template_standard",
    ),
    path("reports/templates/<int:pk>/", report_templates.template_edit, name="report_template"),
    path(
        "reports/templates/<int:pk>/word/",
        report_templates.template_word,
        name="report_template_word",
    ),
    # one report
    path(REPORT, reports.report, name="report"),
    path(f"{REPORT}header/", reports.report_edit, name="report_edit"),
    path(f"{REPORT}figures/", report_writing.report_figures, name="report_figures"),
    path(f"{REPORT}figures/noted/", reports.figures_noted, name="report_figures_noted"),
    path(f"{REPORT}sections/new/", reports.section_add, name="report_section_add"),
    path(f"{REPORT}sections/<int:key>/", report_writing.section, name="report_section"),
    path(f"{REPORT}paragraphs/<slug:label>/", report_writing.paragraph, name="report_paragraph"),
    path(
        f"{REPORT}recommendations/new/",
        report_writing.recommendation_add,
        name="report_recommendation_add",
    ),
    path(
        f"{REPORT}recommendations/<slug:label>/",
        report_writing.recommendation,
        name="report_recommendation",
    ),
    path(
        f"{REPORT}recommendations/<slug:label>/propose/",
        report_writing.recommendation_propose,
        name="report_recommendation_propose",
    ),
    path(
        f"{REPORT}recommendations/<slug:label>/resolved/",
        report_writing.recommendation_resolve,
        name="report_recommendation_resolve",
    ),
    path(f"{REPORT}appendices/new/", report_writing.appendix_add, name="report_appendix_add"),
    path(f"{REPORT}appendices/<slug:label>/", report_writing.appendix, name="report_appendix"),
    path(
        f"{REPORT}appendices/<slug:label>/file.pdf",
        report_writing.appendix_file,
        name="report_appendix_file",
    ),
    path(f"{REPORT}<slug:kind>/<slug:key>/move/", reports.part_move, name="report_part_move"),
    path(f"{REPORT}<slug:kind>/<slug:key>/remove/", reports.part_remove, name="report_part_remove"),
    path(f"{REPORT}preview/", report_outcome.preview, name="report_preview"),
    path(f"{REPORT}preview.<slug:format>", report_outcome.preview_file, name="report_preview_file"),
    path(f"{REPORT}findings/", report_outcome.findings, name="report_findings"),
    path(f"{REPORT}clearance/", report_outcome.clearance, name="report_clearance"),
    path(f"{REPORT}clearance/deadlines/", report_outcome.deadlines, name="report_deadlines"),
    path(f"{REPORT}briefing/", report_outcome.summary, name="report_summary"),
    path(f"{REPORT}briefing.<slug:format>", report_outcome.summary, name="report_summary_file"),
    path(f"{REPORT}publish/", report_outcome.publish_page, name="report_publish"),
    path(
        f"{REPORT}publish/<int:number>/", report_outcome.publishing_page, name="report_publishing"
    ),
    path(f"{REPORT}versions/", report_outcome.versions, name="report_versions"),
    path(
        f"{REPORT}versions/<int:earlier>/<int:later>/",
        report_outcome.version_differences,
        name="report_differences",
    ),
    # open to the world
    path("published/", published.published_reports, name="published_reports"),
    path("published/<reference:reference>/", published.published_report, name="published_latest"),
    path(
        "published/<reference:reference>/<int:number>/",
        published.published_report,
        name="published_report",
    ),
    path(
        "published/<reference:reference>/<int:number>/<str:name>",
        published.published_file,
        name="published_file",
    ),
]
