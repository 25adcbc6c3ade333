-- The only way by which audit events go: those that are older than the retention and than 30 days, however the
-- caller's clock runs. It runs with the rights of the migrator, because the application has none to delete.
CREATE OR REPLACE PROCEDURE purge_audit_events (IN older_than DATETIME(3), IN most INT UNSIGNED)
    MODIFIES SQL DATA
    SQL SECURITY DEFINER
    DELETE FROM audit_events WHERE time < LEAST(older_than, UTC_TIMESTAMP(3) - INTERVAL 30 DAY) ORDER BY time LIMIT most;
