DROP TRIGGER IF EXISTS audit_refuses_update;

DROP TRIGGER IF EXISTS audit_refuses_delete;
