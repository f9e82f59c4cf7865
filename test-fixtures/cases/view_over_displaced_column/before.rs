#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Note {
    #[dbkit(primary_key)]
    pub id: i64,
    pub rank: i32,
    pub place: i32,
}
#[derive(View)]
#[dbkit(view = "places", depends_on(Note), query = "SELECT id, place FROM notes")]
pub struct Place {
    pub id: i64,
    pub place: i32,
}
#[derive(View)]
#[dbkit(view = "far_places", depends_on(Place), query = "SELECT id FROM places WHERE place > 9")]
pub struct FarPlace {
    pub id: i64,
}
