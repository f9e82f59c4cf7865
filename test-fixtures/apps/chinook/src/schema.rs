//! The Chinook music shop.

use dbkit::Table;
use rust_decimal::Decimal;
use time::PrimitiveDateTime;

#[derive(Table, Debug)]
#[dbkit(table = "album", index(on(artist_id)))]
pub struct Album {
    #[dbkit(primary_key)]
    pub album_id: i32,
    #[dbkit(varchar(160))]
    pub title: String,
    #[dbkit(references(Artist::artist_id))]
    pub artist_id: i32,
}

#[derive(Table, Debug)]
#[dbkit(table = "artist")]
pub struct Artist {
    #[dbkit(primary_key)]
    pub artist_id: i32,
    #[dbkit(varchar(120))]
    pub name: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(table = "customer", index(on(support_rep_id)))]
pub struct Customer {
    #[dbkit(primary_key)]
    pub customer_id: i32,
    #[dbkit(varchar(40))]
    pub first_name: String,
    #[dbkit(varchar(20))]
    pub last_name: String,
    #[dbkit(varchar(80))]
    pub company: Option<String>,
    #[dbkit(varchar(70))]
    pub address: Option<String>,
    #[dbkit(varchar(40))]
    pub city: Option<String>,
    #[dbkit(varchar(40))]
    pub state: Option<String>,
    #[dbkit(varchar(40))]
    pub country: Option<String>,
    #[dbkit(varchar(10))]
    pub postal_code: Option<String>,
    #[dbkit(varchar(24))]
    pub phone: Option<String>,
    #[dbkit(varchar(24))]
    pub fax: Option<String>,
    #[dbkit(varchar(60))]
    pub email: String,
    #[dbkit(references(Employee::employee_id))]
    pub support_rep_id: Option<i32>,
}

#[derive(Table, Debug)]
#[dbkit(table = "employee", index(on(reports_to)))]
pub struct Employee {
    #[dbkit(primary_key)]
    pub employee_id: i32,
    #[dbkit(varchar(20))]
    pub last_name: String,
    #[dbkit(varchar(20))]
    pub first_name: String,
    #[dbkit(varchar(30))]
    pub title: Option<String>,
    #[dbkit(references(Employee::employee_id))]
    pub reports_to: Option<i32>,
    pub birth_date: Option<PrimitiveDateTime>,
    pub hire_date: Option<PrimitiveDateTime>,
    #[dbkit(varchar(70))]
    pub address: Option<String>,
    #[dbkit(varchar(40))]
    pub city: Option<String>,
    #[dbkit(varchar(40))]
    pub state: Option<String>,
    #[dbkit(varchar(40))]
    pub country: Option<String>,
    #[dbkit(varchar(10))]
    pub postal_code: Option<String>,
    #[dbkit(varchar(24))]
    pub phone: Option<String>,
    #[dbkit(varchar(24))]
    pub fax: Option<String>,
    #[dbkit(varchar(60))]
    pub email: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(table = "genre")]
pub struct Genre {
    #[dbkit(primary_key)]
    pub genre_id: i32,
    #[dbkit(varchar(120))]
    pub name: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(table = "invoice", index(on(customer_id)))]
pub struct Invoice {
    #[dbkit(primary_key)]
    pub invoice_id: i32,
    #[dbkit(references(Customer::customer_id))]
    pub customer_id: i32,
    pub invoice_date: PrimitiveDateTime,
    #[dbkit(varchar(70))]
    pub billing_address: Option<String>,
    #[dbkit(varchar(40))]
    pub billing_city: Option<String>,
    #[dbkit(varchar(40))]
    pub billing_state: Option<String>,
    #[dbkit(varchar(40))]
    pub billing_country: Option<String>,
    #[dbkit(varchar(10))]
    pub billing_postal_code: Option<String>,
    #[dbkit(numeric(10, 2))]
    pub total: Decimal,
}

#[derive(Table, Debug)]
#[dbkit(table = "invoice_line", index(on(invoice_id)), index(on(track_id)))]
pub struct InvoiceLine {
    #[dbkit(primary_key)]
    pub invoice_line_id: i32,
    #[dbkit(references(Invoice::invoice_id))]
    pub invoice_id: i32,
    #[dbkit(references(Track::track_id))]
    pub track_id: i32,
    #[dbkit(numeric(10, 2))]
    pub unit_price: Decimal,
    pub quantity: i32,
}

#[derive(Table, Debug)]
#[dbkit(table = "media_type")]
pub struct MediaType {
    #[dbkit(primary_key)]
    pub media_type_id: i32,
    #[dbkit(varchar(120))]
    pub name: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(table = "playlist")]
pub struct Playlist {
    #[dbkit(primary_key)]
    pub playlist_id: i32,
    #[dbkit(varchar(120))]
    pub name: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "playlist_track",
    primary_key(playlist_id, track_id),
    index(on(playlist_id)),
    index(on(track_id))
)]
pub struct PlaylistTrack {
    #[dbkit(references(Playlist::playlist_id))]
    pub playlist_id: i32,
    #[dbkit(references(Track::track_id))]
    pub track_id: i32,
}

#[derive(Table, Debug)]
#[dbkit(table = "track", index(on(album_id)), index(on(genre_id)), index(on(media_type_id)))]
pub struct Track {
    #[dbkit(primary_key)]
    pub track_id: i32,
    #[dbkit(varchar(200))]
    pub name: String,
    #[dbkit(references(Album::album_id))]
    pub album_id: Option<i32>,
    #[dbkit(references(MediaType::media_type_id))]
    pub media_type_id: i32,
    #[dbkit(references(Genre::genre_id))]
    pub genre_id: Option<i32>,
    #[dbkit(varchar(220))]
    pub composer: Option<String>,
    pub milliseconds: i32,
    pub bytes: Option<i32>,
    #[dbkit(numeric(10, 2))]
    pub unit_price: Decimal,
}
