DROP TABLE leases;
DROP TABLE timestamps;
DROP TABLE cosignatures;
DROP TABLE checkpoints;
