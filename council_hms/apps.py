"""The shared house as a Django app."""

from django.apps import AppConfig


class CouncilHmsConfig(AppConfig):
    """Users, settings and what every room needs."""

    name = "council_hms"
    verbose_name = "Council"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from council_hms import second_factor, sign_in, single_sign_on  # they read models

        second_factor.listen()
        sign_in.listen()
        single_sign_on.listen()
