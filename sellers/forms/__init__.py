"""What the dashboard's forms parse and check; nothing is written here."""

from sellers.forms.bulk import BulkForm
from sellers.forms.channels import OpenChannelForm, SettingsForm, suggest_handle
from sellers.forms.holidays import HolidayForm
from sellers.forms.pictures import OnePicture, Photo, Photos, sign
from sellers.forms.posts import Editor, PostForm, Start
from sellers.forms.stock import LowStockForm
from sellers.forms.team import AddMemberForm, RoleForm

__all__ = [
    "AddMemberForm",
    "BulkForm",
    "Editor",
    "HolidayForm",
    "LowStockForm",
    "OnePicture",
    "OpenChannelForm",
    "Photo",
    "Photos",
    "PostForm",
    "RoleForm",
    "SettingsForm",
    "Start",
    "sign",
    "suggest_handle",
]
