"""Every address of the product: each room brings its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from council_hms import converters

converters.register()

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("council_hms.sign_in_urls")),
    path("admin/", admin.site.urls),
]
for room in (
    "council_hms.page_urls",
    "budgets.urls",
    "risks.urls",
    "lessons.urls",
    "projects.urls",
    "reports.urls",
):
    urlpatterns.append(path("", include(room)))

handler403 = "council_hms.middleware.permission_denied"
handler500 = "council_hms.middleware.server_error"
