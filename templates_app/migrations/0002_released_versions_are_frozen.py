from django.db import migrations

FORWARD = """
CREATE FUNCTION templates_app_version_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (
        NEW.template_id IS DISTINCT FROM OLD.template_id OR NEW.version IS DISTINCT FROM OLD.version
        OR NEW.sort_key IS DISTINCT FROM OLD.sort_key OR NEW.prerelease IS DISTINCT FROM OLD.prerelease
        OR NEW.document IS DISTINCT FROM OLD.document OR NEW.digest IS DISTINCT FROM OLD.digest
        OR NEW.state = 'draft'
    ) THEN
        RAISE EXCEPTION 'version % was released and cannot be altered', OLD.version USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER templates_app_version_frozen BEFORE UPDATE ON templates_app_templateversion
FOR EACH ROW EXECUTE FUNCTION templates_app_version_refuse();
"""
BACKWARD = """
DROP TRIGGER templates_app_version_frozen ON templates_app_templateversion;
DROP FUNCTION templates_app_version_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0001_templates_and_versions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
