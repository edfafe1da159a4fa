from django.contrib.auth.views import LogoutView
from django.urls import path

from crsapp.accounts import views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("demo/", views.demo_sign_in, name="demo-sign-in"),
    path("password/", views.ChangePassword.as_view(), name="change-password"),
    path("password/<uidb64>/<token>/", views.SetPassword.as_view(), name="set-password"),
    path("people/", views.people, name="people"),
    path("people/new/", views.person_new, name="person-new"),
    path("people/<int:pk>/link/", views.person_link, name="person-link"),
    path("people/<int:pk>/deactivate/", views.person_deactivate, name="person-deactivate"),
    path("people/<int:pk>/activate/", views.person_activate, name="person-activate"),
]
