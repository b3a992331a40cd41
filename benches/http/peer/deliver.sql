\set contract random(0, :contracts - 1)
\set chance random(1, 1000000000000)
SELECT deliver((lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7000' || lpad(to_hex(:chance::bigint), 16, '8'))::uuid, :contract::bigint, 1);
