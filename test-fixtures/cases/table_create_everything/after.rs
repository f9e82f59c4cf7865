#[derive(Table)]
#[dbkit(table = "other")]
pub struct Other {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
#[derive(Table)]
#[dbkit(table = "things", index(on(normal, desc(big))), check("things_tiny", "tiny > 0"), unique(on(short, code)))]
pub struct Things {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub flag: bool,
    pub tiny: i16,
    pub normal: i32,
    pub big: i64,
    pub single: f32,
    pub double: f64,
    #[dbkit(numeric(12, 2))]
    pub price: Decimal,
    pub text: String,
    #[dbkit(varchar(20))]
    pub short: String,
    #[dbkit(char(2))]
    pub code: String,
    pub bytes: Vec<u8>,
    pub key: Uuid,
    pub data: Json<Value>,
    pub day: Date,
    pub time: Time,
    pub plain: PrimitiveDateTime,
    #[dbkit(default(now))]
    pub moment: OffsetDateTime,
    #[dbkit(references(Other::id))]
    pub other_id: Option<i64>,
}
