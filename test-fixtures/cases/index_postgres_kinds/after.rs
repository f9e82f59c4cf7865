#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", method(gin), on(tags)), index(name = "i2", on(opclass(a, "text_pattern_ops"))), index(name = "i3", on(nulls_last(desc(b))), include(a)), index(name = "i4", method(hash), on(a)), index(name = "i5", on(b), with(fillfactor = "70")), index(name = "i6", on(collate(a, "C"))), index(name = "i7", unique, nulls_not_distinct, on(b, a)), index(name = "i8", on(desc(opclass(a, "text_pattern_ops")))))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: String,
    pub b: i32,
    pub tags: Vec<String>,
}
