-- Counters of tries at signing in. A bucket is a digest of whom or where it counts.
CREATE TABLE IF NOT EXISTS sign_in_tries (
    bucket BINARY(32) NOT NULL,
    tries INT UNSIGNED NOT NULL,
    window_ends_at DATETIME(3) NOT NULL,
    PRIMARY KEY (bucket),
    KEY sign_in_tries_expiry (window_ends_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
