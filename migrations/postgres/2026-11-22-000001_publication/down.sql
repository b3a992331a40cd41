DROP TABLE alarms;
DROP TABLE rules;
DROP TABLE log_keys;
DROP TABLE leases;
DROP TABLE timestamps;
DROP TABLE cosignatures;
DROP TABLE checkpoints;
