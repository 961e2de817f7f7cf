"""What a person is told about her account; the e-mails about it are allauth's."""

from django.utils.translation import gettext_lazy as _

from news.kinds import Group, Kind, Way, register

NOT_YOU = _("If that was not you, change your password now.")

register(
    Kind(
        name="password_changed",
        group=Group.ACCOUNT,
        title=_("Your password was changed"),
        body=NOT_YOU,
        icon="key-round",
        ways=(Way.PUSH,),
        urgent=True,
    ),
    Kind(
        name="second_factor_added",
        group=Group.ACCOUNT,
        title=_("A second factor was set up"),
        body=NOT_YOU,
        icon="shield-check",
        ways=(Way.PUSH,),
        urgent=True,
    ),
    Kind(
        name="second_factor_removed",
        group=Group.ACCOUNT,
        title=_("A second factor was taken away"),
        body=NOT_YOU,
        icon="shield-alert",
        ways=(Way.PUSH,),
        urgent=True,
    ),
)

register(
    Kind(
        name="export_ready",
        group=Group.ACCOUNT,
        title=_("The archive of your data is ready"),
        body=_("Fetch it by {until_at}; then it is deleted."),
        icon="file-down",
        ways=(Way.EMAIL, Way.PUSH),
    ),
    Kind(
        name="leaving",
        group=Group.ACCOUNT,
        title=_("Your account will be deleted"),
        body=_("On {due_at}. Changed your mind, or was it not you? Sign in before, and it stays."),
        icon="user-x",
        ways=(Way.EMAIL,),
        urgent=True,
    ),
)
