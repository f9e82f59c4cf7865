-- 1 up
DROP INDEX "i1";

DROP INDEX "i2";

CREATE INDEX "i1" ON "users" ("a") WHERE gone IS NOT NULL;

CREATE UNIQUE INDEX "i2" ON "users" ((upper(a)));

-- 1 down
DROP INDEX "i1";

DROP INDEX "i2";

CREATE INDEX "i1" ON "users" ("a") WHERE gone IS NULL;

CREATE INDEX "i2" ON "users" ((lower(a)));
