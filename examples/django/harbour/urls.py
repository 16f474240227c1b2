"""Where things are: the admin, Django's own sign-in, and the provider under /o/."""

from django.contrib import admin
from django.contrib.auth import views
from django.urls import include, path
from django.views.generic import RedirectView
from oauth2_provider.urls import app_name, base_urlpatterns, oidc_urlpatterns

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("accounts/login/", views.LoginView.as_view(), name="login"),
    # Without the pages on which people would register clients of their own.
    path("o/", include((base_urlpatterns + oidc_urlpatterns, app_name))),
]
