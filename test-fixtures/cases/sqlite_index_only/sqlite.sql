-- 1 up
DROP INDEX "i1";

CREATE INDEX "i1" ON "users" ("a");

CREATE INDEX "i2" ON "users" ("a" DESC);

-- 1 down
DROP INDEX "i1";

DROP INDEX "i2";

-- Rows with equal values make it fail.
CREATE UNIQUE INDEX "i1" ON "users" ("a");
