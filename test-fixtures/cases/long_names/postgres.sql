-- 1 up
CREATE TABLE "a_very_long_table_name_that_goes_on_and_on_and_on_forever" (
    "id" bigint NOT NULL,
    CONSTRAINT "a_very_long_table_name_that_goes_on_and_on_and_on_forever_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "another_very_long_table_name_that_goes_on_and_on" (
    "id" bigint NOT NULL,
    "a_very_long_column_name_that_goes_on_and_on" bigint NOT NULL,
    "another_very_long_column_name_that_goes_on" bigint NOT NULL,
    CONSTRAINT "another_very_long_table_name_that_goes_on_and_on_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "another_very_long_table_name_that_goes_on_and_on_d9205250_fkey" FOREIGN KEY ("a_very_long_column_name_that_goes_on_and_on") REFERENCES "a_very_long_table_name_that_goes_on_and_on_and_on_forever" ("id")
);

CREATE INDEX "another_very_long_table_name_that_goes_on_and_on_a_9147ea66_idx" ON "another_very_long_table_name_that_goes_on_and_on" ("another_very_long_column_name_that_goes_on");

-- 1 down
DROP TABLE "another_very_long_table_name_that_goes_on_and_on";

DROP TABLE "a_very_long_table_name_that_goes_on_and_on_and_on_forever";
