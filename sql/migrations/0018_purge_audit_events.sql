-- The only way by which audit events go: those that are older than the retention and than 30 days, however the
-- caller's clock runs. It runs with the rights of the migrator, because the application has none to delete.
CREATE OR REPLACE PROCEDURE purge_audit_events (IN older_than DATETIME(3), IN most INT UNSIGNED)
    MODIFIES SQL DATA
    SQL SECURITY DEFINER
    DELETE FROM audit_events
    -- An id begins with the milliseconds since 1970: what is old is found by the primary key.
    WHERE id < CAST(CONCAT(LPAD(HEX(GREATEST(0, TIMESTAMPDIFF(MICROSECOND, '1970-01-01',
            LEAST(older_than, UTC_TIMESTAMP(3) - INTERVAL 30 DAY)) DIV 1000)), 12, '0'), '70008000000000000000') AS UUID)
        AND time < LEAST(older_than, UTC_TIMESTAMP(3) - INTERVAL 30 DAY)
    ORDER BY id LIMIT most;
