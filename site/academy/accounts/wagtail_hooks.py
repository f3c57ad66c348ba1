from wagtail.admin.views.account import NameEmailSettingsPanel

from academy.accounts.user_admin import OwnAccountForm

# Wagtail asks for a first and a last name here, and has no setting that says there is only one
NameEmailSettingsPanel.form_class = OwnAccountForm
