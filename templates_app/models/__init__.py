from templates_app.models.sync import SyncRecord
from templates_app.models.template import AppTemplate, TemplateLogo, TemplateVersion

__all__ = ["AppTemplate", "SyncRecord", "TemplateLogo", "TemplateVersion"]
