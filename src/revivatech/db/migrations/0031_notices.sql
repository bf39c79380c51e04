-- What became of each notice, by channel, and which calls took its place (R157).
ALTER TABLE notification_deliveries
  ADD COLUMN outcome text NOT NULL DEFAULT 'sent' CHECK (outcome IN ('waiting', 'sent', 'refused', 'unwanted', 'unavailable')),
  ADD COLUMN recipient text CHECK (length(recipient) <= 255),
  ALTER COLUMN reference SET DEFAULT '',
  ALTER COLUMN sent_at DROP NOT NULL,
  DROP CONSTRAINT notification_deliveries_channel_check,
  ADD CONSTRAINT notification_deliveries_channel_check CHECK (channel IN ('portal', 'email', 'sms', 'push'));

ALTER TABLE repair_status_history
  ADD COLUMN notification_id uuid,
  ADD COLUMN called_at timestamptz,
  ADD COLUMN called_by uuid REFERENCES users (id),
  ADD CONSTRAINT repair_status_history_called_check CHECK ((called_at IS NULL) = (called_by IS NULL));

-- It said that somebody was told where nothing could be sent. Programs of the version before still write it.
COMMENT ON COLUMN repair_status_history.customer_notified IS 'not read any more';
