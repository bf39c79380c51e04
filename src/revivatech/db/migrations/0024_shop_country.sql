-- The country whose law the shop follows. Empty: derived from its phone number, address, time zone or language.
ALTER TABLE shop_settings ADD COLUMN country text CHECK (country ~ '^[A-Z]{2}$');
