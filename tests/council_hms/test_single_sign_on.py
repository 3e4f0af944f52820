"""Single sign-on: the council's own service, here a small one that speaks OpenID Connect over HTTP, says who comes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client

from council_hms.env import origin_of
from council_hms.models import SecurityEvent, User

pytestmark = pytest.mark.django_db
LOGIN, CALLBACK = "/accounts/oidc/council/login/", "/accounts/oidc/council/login/callback/"


class Service:
    """An OpenID Connect service of which each person is one e-mail address."""

    def __init__(self) -> None:
        self.email = ""
        self.asked: dict[str, list[str]] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self, content: dict[str, Any]) -> None:
                body = json.dumps(content).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                at = service.address
                if self.path.endswith("/openid-configuration"):
                    self.answer(
                        {
                            "issuer": at,
                            "authorization_endpoint": f"{at}/authorize",
                            "token_endpoint": f"{at}/token",
                            "userinfo_endpoint": f"{at}/userinfo",
                            "jwks_uri": f"{at}/keys",
                            "token_endpoint_auth_methods_supported": ["client_secret_post"],
                        }
                    )
                else:
                    self.answer({"sub": f"id of {service.email}", "email": service.email})

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                service.asked = parse_qs(self.rfile.read(length).decode())
                claims = {
                    "iss": service.address,
                    "aud": "budgets",
                    "sub": f"id of {service.email}",
                    "email": service.email,
                    "iat": int(time.time()),
                    "exp": int(time.time()) + 60,
                }
                token = jwt.encode(claims, "x" * 32, algorithm="HS256")
                self.answer({"access_token": "one", "token_type": "Bearer", "id_token": token})

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service(settings) -> Iterator[Service]:
    made = Service()
    settings.SECOND_FACTOR = True
    settings.SINGLE_SIGN_ON_URL, settings.SINGLE_SIGN_ON_NAME = made.address, "Example account"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "council",
                    "name": "Example account",
                    "client_id": "budgets",
                    "secret": "between-us",
                    "settings": {"server_url": made.address},
                }
            ],
        }
    }
    yield made
    made.server.shutdown()


def come_as(service: Service, email: str):
    """Press the button, and come back from the service as this person."""
    service.email = email
    session = Client()
    leave = session.post(f"{LOGIN}?next=/projects/")
    sent = parse_qs(urlsplit(leave.headers["Location"]).query)
    assert leave.headers["Location"].startswith(f"{service.address}/authorize")
    return session, session.get(CALLBACK, {"code": "once", "state": sent["state"][0]})


def test_who_has_an_account_comes_in_and_owes_no_second_factor(service, finance_officer):
    session, answer = come_as(service, finance_officer.email.upper())
    assert answer.headers["Location"] == "/projects/"
    assert session.get("/projects/").status_code == 200
    assert service.asked["client_secret"] == ["between-us"]
    assert "code_verifier" in service.asked  # a code that was overheard is worth nothing
    assert SecurityEvent.objects.filter(what="sign_in", person=finance_officer).exists()
    again, _ = come_as(service, finance_officer.email)
    assert again.get("/projects/").status_code == 200


@pytest.mark.parametrize("email", ["nobody@council.example", ""])
def test_who_has_none_gets_none(service, email):
    session, answer = come_as(service, email)
    assert answer.status_code == 403
    assert "Ask an administrator" in answer.content.decode()
    assert session.get("/projects/").status_code == 302
    assert not User.objects.exists()


def test_an_account_that_is_switched_off_stays_shut(service, finance_officer):
    come_as(service, finance_officer.email)
    User.objects.filter(pk=finance_officer.pk).update(is_active=False)
    session, _ = come_as(service, finance_officer.email)
    assert session.get("/projects/").status_code == 302


@pytest.mark.parametrize(
    "given", [{"code": "once", "state": "forged"}, {"error": "server_error"}, {}]
)
def test_an_answer_that_nobody_asked_for_lets_nobody_in(service, finance_officer, given):
    service.email = finance_officer.email
    session = Client()
    answer = session.get(CALLBACK, given)
    assert "could not be signed in" in answer.content.decode()
    assert session.get("/projects/").status_code == 302


def test_a_service_that_is_away_is_a_page_with_what_to_do(service):
    service.server.shutdown()
    service.server.server_close()
    answer = Client(raise_request_exception=False).post(LOGIN)
    assert answer.status_code == 503
    assert "Try again in a minute" in answer.content.decode()


def test_the_button_is_there_only_where_a_council_has_a_service(service, settings, client):
    assert "Sign in with Example account" in client.get("/accounts/login/").content.decode()
    settings.SINGLE_SIGN_ON_URL = ""
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "Sign in with" not in client.get("/accounts/login/").content.decode()
    assert client.post(LOGIN).status_code == 404


def test_the_security_policy_lets_the_button_lead_there():
    assert origin_of("https://login.example.gov.uk/tenant/v2.0") == ["https://login.example.gov.uk"]
    assert origin_of("") == []
