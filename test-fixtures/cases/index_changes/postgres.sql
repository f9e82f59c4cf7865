-- 1 up
DROP INDEX "i1";

DROP INDEX "i2";

DROP INDEX "i3";

CREATE INDEX "i1" ON "users" ("b");

CREATE INDEX "i2" ON "users" ("b");

CREATE INDEX "i3" ON "users" ("a", "b" DESC);

-- 1 down
DROP INDEX "i1";

DROP INDEX "i2";

DROP INDEX "i3";

CREATE INDEX "i1" ON "users" ("a");

-- Rows with equal values make it fail.
CREATE UNIQUE INDEX "i2" ON "users" ("b");

CREATE INDEX "i3" ON "users" ("a", "b");
