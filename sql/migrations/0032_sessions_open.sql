-- To find the sessions that nobody ended and that have expired.
ALTER TABLE sessions ADD KEY IF NOT EXISTS sessions_open (ended_at, expires_at);
