CREATE SEQUENCE audit_number_seq AS integer OWNED BY audit.number;

SELECT setval('audit_number_seq', (SELECT max(number) FROM audit));

ALTER TABLE audit ALTER COLUMN number SET DEFAULT nextval('audit_number_seq');
