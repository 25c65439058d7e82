"""The pages' addresses: nouns, one per thing."""

from django.urls import URLPattern, URLResolver, path

from frontend.pages import appearance, help, home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("help/", help.index, name="help"),
    path("help/keyboard/", help.keyboard, name="help_keyboard"),
    path("help/accessibility/", help.accessibility, name="help_accessibility"),
    path("help/components/", help.components, name="help_components"),
    path("appearance/", appearance.appearance, name="appearance"),
]
