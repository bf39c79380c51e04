-- A device is found by the number on it, typed or scanned, from its start: a serial number by its letters and digits,
-- an IMEI by its digits. Both are looked for as here, word for word.
CREATE INDEX customer_devices_serial ON customer_devices
  (upper(regexp_replace(serial_number, '[^0-9A-Za-z]', '', 'g')) text_pattern_ops) WHERE serial_number IS NOT NULL;
CREATE INDEX customer_devices_imei ON customer_devices (imei text_pattern_ops) WHERE imei IS NOT NULL;
