//! How long it takes to read a phone number: the first, one again and again, and those of thirty
//! countries in turn, beside the crate whose metadata we use.

use std::{hint::black_box, time::Instant};

use criterion::{Criterion, Throughput};
use phonenumber::metadata::DATABASE;
use verify_mfa::{Country, PhoneNumber};

const COUNTRIES: [Country; 30] = [
    Country::AR,
    Country::AU,
    Country::BR,
    Country::CA,
    Country::CN,
    Country::DE,
    Country::EG,
    Country::ES,
    Country::FR,
    Country::GB,
    Country::GH,
    Country::ID,
    Country::IN,
    Country::IT,
    Country::JM,
    Country::JP,
    Country::KE,
    Country::KR,
    Country::MX,
    Country::MY,
    Country::NG,
    Country::NL,
    Country::PH,
    Country::PL,
    Country::RU,
    Country::TH,
    Country::TR,
    Country::UA,
    Country::US,
    Country::ZA,
];

fn main() {
    first_use();
    let mut criterion = Criterion::default().configure_from_args();
    one_number(&mut criterion);
    thirty_countries(&mut criterion);
    criterion.final_summary();
}

/// Happens once in a process, so it is timed once, before anything else.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn first_use() {
    let start = Instant::now();
    PhoneNumber::warm_up();
    let warm = start.elapsed();
    black_box(PhoneNumber::parse("+1 415 555 0123")).unwrap();
    println!("first use: {:?}, of which warm_up {warm:?}", start.elapsed());
}

fn one_number(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one number");
    group.bench_function("parse", |bench| {
        bench.iter(|| PhoneNumber::parse(black_box("+1 415 555 0123")));
    });
    group.bench_function("parse_in", |bench| {
        bench.iter(|| PhoneNumber::parse_in(black_box("(415) 555-0123"), Country::US));
    });
    group.bench_function("from_e164", |bench| {
        bench.iter(|| PhoneNumber::from_e164(black_box("+14155550123")));
    });
}

/// Each iteration reads thirty numbers, one of each country.
fn thirty_countries(criterion: &mut Criterion) {
    let numbers = COUNTRIES.map(mobile);
    let mut group = criterion.benchmark_group("thirty countries");
    group.throughput(Throughput::Elements(30)).sample_size(20);
    group.bench_function("parse", |bench| {
        bench.iter(|| numbers.each_ref().map(|number| PhoneNumber::parse(number)));
    });
    group.bench_function("the bare crate", |bench| {
        bench.iter(|| numbers.each_ref().map(|number| bare(number)));
    });
}

/// What parsing with us includes: the number, whether it is valid, and its type.
fn bare(number: &str) -> Option<(bool, phonenumber::Type)> {
    let number = phonenumber::parse(None, number).ok()?;
    Some((number.is_valid(), number.number_type(&DATABASE)))
}

/// The metadata's example of a mobile number.
fn mobile(country: Country) -> String {
    let metadata = DATABASE.by_id(country.as_str()).unwrap();
    let example = metadata.descriptors().mobile().and_then(|mobile| mobile.example()).unwrap();
    format!("+{}{example}", country.calling_code())
}
