-- Staff sign in by an emailed link, as customers do; and a request for an email says what shows that the owner asks, so
-- that strangers do not use up the five emails a day that anyone may have sent.
ALTER TABLE staff_links DROP CONSTRAINT staff_links_purpose_check;
ALTER TABLE staff_links ADD CONSTRAINT staff_links_purpose_check
  CHECK (purpose IN ('reset_password', 'invitation', 'sign_in'));

ALTER TABLE staff_reset_requests
  ADD COLUMN kind text NOT NULL DEFAULT 'reset_password' CHECK (kind IN ('reset_password', 'sign_in')),
  ADD COLUMN next text NOT NULL DEFAULT '' CHECK (length(next) <= 2000),
  ADD COLUMN fingerprint bytea CHECK (octet_length(fingerprint) = 32),
  ADD COLUMN previous_link uuid;

ALTER TABLE mail_requests
  ADD COLUMN fingerprint bytea CHECK (octet_length(fingerprint) = 32),
  ADD COLUMN previous_link uuid;
