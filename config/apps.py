from django.contrib.admin import apps as admin


class AdminConfig(admin.AdminConfig):
    default_site = "config.admin.BisatAdminSite"
