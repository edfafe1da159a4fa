from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "crsapp.accounts"
    label = "accounts"
