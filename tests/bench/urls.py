"""The product's addresses and one page that says the same as another did, without asking or drawing anything."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from council_hms.access import allow_signed_in
from council_hms.urls import urlpatterns as of_the_product

#: Filled by the bench.
STATIC = {"page": b""}


@allow_signed_in
def static_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(STATIC["page"])


urlpatterns = [path("bench/static/", static_page, name="bench_static"), *of_the_product]
