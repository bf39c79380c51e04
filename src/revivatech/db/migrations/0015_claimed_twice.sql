-- Of several who register with one address, none brings a password: who reads its mail chooses one.
ALTER TABLE customer_registrations DROP COLUMN password_hash;
