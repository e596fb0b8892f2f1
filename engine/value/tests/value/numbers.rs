//! Numbers: results of arithmetic to the last digit, as Terraform prints them.

use proptest::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::f64::consts::SQRT_2;
use std::hash::{Hash, Hasher};
use terrane_value::{ArithmeticError, Number};

/// A number as it is written in a configuration.
fn n(text: &str) -> Number {
    text.parse().unwrap()
}

/// A number as a function makes it from an integer.
fn i(value: i64) -> Number {
    Number::from(value)
}

/// A number as a function makes it from a double.
fn f(value: f64) -> Number {
    Number::from_f64(value).unwrap()
}

#[test]
fn results_are_exact_to_the_last_digit() {
    #[rustfmt::skip]
    let table = [
        (n("1").div(&n("3")), "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335"),
        (n("11").rem(&n("5.1")), "0.80000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000024"),
        (n("-11").rem(&n("5.1")), "-0.80000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000024"),
        (Ok(n("1e50")), "100000000000000000000000000000000000000000000000000"),
        (n("0.1").add(&n("0.2")), "0.3"),
        (n("2").pow(&n("60")), "1152921504606847000"),
        (n("2").pow(&n("60")).and_then(|p| p.add(&n("1"))), "1152921504606846977"),
        (n("10").pow(&n("22")), "10000000000000000000000"),
        (n("10").pow(&n("23")), "100000000000000000000000"),
        (n("2").pow(&n("1023")), "89884656743115800000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"),
        (f(SQRT_2).div(&n("3")), "0.47140452079103171515820728624627615014712015787760416666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666665"),
        (f(SQRT_2).mul(&f(3f64.sqrt())), "2.4494897427831781237221939200634"),
        (f(SQRT_2).div(&f(3f64.sqrt())), "0.8164965809277261"),
        (f(SQRT_2).add(&f(3f64.sqrt())), "3.1462643699419726"),
        (f(SQRT_2).sub(&n("1")), "0.4142135623730951454746218587388284504413604736328125"),
        (f(SQRT_2).rem(&n("0.3")), "0.2142135623730952"),
        (i(1).div(&i(3)), "0.33333333333333333334"),
        (i(1).div(&i(3)).and_then(|q| q.mul(&n("3"))), "1.00000000000000000002710505431213761085018632002174854278564453125"),
        (i(1).div(&i(3)).and_then(|q| q.add(&n("1"))), "1.33333333333333333334236835143737920361672877334058284759521484375"),
        (n("7").div(&i(3)), "2.3333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333332"),
        (i(3).rem(&n("0.7")), "0.20000000000000000004"),
        (n("1").div(&n("7")).and_then(|q| q.mul(&n("7"))), "1"),
        (Ok(n("1e-30")), "0.000000000000000000000000000001"),
        (Ok(n("1e-400")), "0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001"),
        (n("1e300").mul(&n("1e300")), "1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"),
        (n("123456789012345678901234567890").mul(&n("987654321098765432109876543210")), "121932631137021795226185032733622923332237463801111263526900"),
        (n("2e400").rem(&n("7")), "0"),
        (n("1").div(&n("1e300")).and_then(|q| q.mul(&n("3"))), "0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000029999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999997"),
        (n("10").log(&n("3")), "2.095903274289385"),
        (Ok(n("-2.5").floor()), "-3"),
        (Ok(n("-0").floor()), "0"),
        (Ok(n("-0").ceil()), "0"),
        (Ok(n("-2.5").ceil()), "-2"),
        (Ok(Number::parse_radix(&"f".repeat(44), 16).unwrap()), "95780971304118053647396689196894323976171195136475135"),
        (Number::parse_radix(&"f".repeat(44), 16).unwrap().div(&n("7")), "13682995900588293378199527028127760568024456448067876.428571428571428571428571428571428571428571428571428571428571428571428571428571428571428571428571428572"),
        (n("0.1").mul(&n("0.1")).and_then(|p| p.mul(&n("0.1"))), "0.0010000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001"),
        (n("1e160").add(&n("1e-10")), "10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"),
        (n("2.5e-3").mul(&n("4e3")), "10"),
        (n("5").rem(&n("-3")), "2"),
        (n("-5").rem(&n("3")), "-2"),
        (n("5.5").rem(&n("2")), "1.5"),
        (n("1.1").rem(&n("0.1")), "0"),
        (n("9007199254740993").mul(&n("3.3")), "29723757540645276.9"),
        (n("-3").signum().div(&n("7")), "-0.14285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285714285"),
        (n("0").mul(&n("-5")), "-0"),
    ];
    for (row, (result, expected)) in table.into_iter().enumerate() {
        assert_eq!(result.unwrap().to_string(), expected, "row {row}");
    }
}

#[test]
fn text_is_read_as_decimal_numbers_only() {
    for (text, expected) in [
        ("0", Some("0")),
        ("-0", Some("-0")),
        ("007", Some("7")),
        (".5", Some("0.5")),
        ("5.", Some("5")),
        ("+5", Some("5")),
        ("1E3", Some("1000")),
        ("1e+3", Some("1000")),
        ("1p4", Some("16")),
        ("-12.50", Some("-12.5")),
        ("9223372036854775807", Some("9223372036854775807")),
        ("-9223372036854775808", Some("-9223372036854775808")),
        ("18446744073709551616", Some("18446744073709551616")),
        ("", None),
        (".", None),
        ("-", None),
        ("e5", None),
        ("1e", None),
        (" 5", None),
        ("0x10", None),
        ("1_000", None),
        ("--1", None),
        ("Infinity", None),
        ("1e999999999", None),
        ("1e-999999999", None),
        ("1e99999999999999999999", None),
        ("1e9223372036854775807", None),
        ("0.1e-9223372036854775808", None),
    ] {
        assert_eq!(text.parse::<Number>().ok().map(|n| n.to_string()).as_deref(), expected, "{text:?}");
    }
}

#[test]
fn fixed_forms_round_to_even() {
    for (result, expected) in [
        (n("2.5").to_fixed(Some(0)), "2"),
        (n("3.5").to_fixed(Some(0)), "4"),
        (n("0.5").to_fixed(Some(0)), "0"),
        (n("0.051").to_fixed(Some(1)), "0.1"),
        (n("9.99").to_fixed(Some(1)), "10.0"),
        (n("2.0005").to_fixed(Some(3)), "2.001"),
        (n("12345.678").to_exponent(Some(6)), "1.234568e+04"),
        (n("1e50").to_exponent(Some(2)), "1.00e+50"),
        (n("0").to_exponent(Some(2)), "0.00e+00"),
        (n("1e20").to_general(None), "1e+20"),
        (n("1e-5").to_general(None), "1e-05"),
        (n("123456789").to_general(None), "1.23456789e+08"),
        (n("123456789").to_general(Some(10)), "123456789"),
        (n("1000000").to_general(None), "1e+06"),
        (n("0.0001").to_general(None), "0.0001"),
        (n("0").to_general(Some(10)), "0"),
    ] {
        assert_eq!(result, expected);
    }
}

#[test]
fn numbers_out_of_range_are_errors() {
    let large = n("1e300000");
    assert_eq!(large.mul(&large).err(), Some(ArithmeticError::OutOfRange));
    assert_eq!(n("1").div(&large).and_then(|q| q.div(&large)).err(), Some(ArithmeticError::OutOfRange));
    assert_eq!(n("1").div(&n("0")).err(), Some(ArithmeticError::DivisionByZero));
    assert_eq!(n("1").rem(&n("-0")).err(), Some(ArithmeticError::DivisionByZero));
    assert_eq!(n("0").log(&n("10")).err(), Some(ArithmeticError::OutOfRange));
    assert_eq!(n("-8").pow(&n("0.3")).err(), Some(ArithmeticError::OutOfRange));
    assert!(Number::from_f64(f64::NAN).is_none());
    assert_eq!(Number::from(f64::INFINITY), f(f64::MAX));
}

#[test]
fn integers_convert_in_range_only() {
    assert_eq!(n("9223372036854775807").to_i64(), Some(i64::MAX));
    assert_eq!(n("9223372036854775808").to_i64(), None);
    assert_eq!(n("18446744073709551615").to_u64(), Some(u64::MAX));
    assert_eq!(n("18446744073709551616").to_u64(), None);
    assert_eq!(n("-1").to_u64(), None);
    assert_eq!(n("1.5").to_i64(), None);
    assert_eq!(Number::from(u64::MAX), n("18446744073709551615"));
    assert_eq!(n("1e40").to_radix_text(16).as_deref(), Some("1d6329f1c35ca4bfabb9f5610000000000"));
    assert_eq!(n("-255").to_radix_text(2).as_deref(), Some("-11111111"));
    assert_eq!(n("0.5").to_radix_text(2), None);
    assert_eq!(Number::parse_radix("-Zz", 36).unwrap(), n("-1295"));
    assert_eq!(Number::parse_radix("Zz", 62).unwrap(), n("3817"));
    assert!(Number::parse_radix("12", 2).is_err());
    assert!(Number::parse_radix("", 10).is_err());
}

fn hash(n: &Number) -> u64 {
    let mut hasher = DefaultHasher::new();
    n.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn precision_does_not_matter_for_equality_of_what_is_exact() {
    for (a, b) in [(n("1.0"), i(1)), (n("0.5"), f(0.5)), (n("-0"), i(0)), (n("1e3"), f(1000.0))] {
        assert_eq!(a, b);
        assert_eq!(hash(&a), hash(&b));
    }
    assert!(n("0.1").cmp_exactly(&f(0.1)).is_lt());
}

pub(crate) fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        (-1000i64..1000).prop_map(Number::from),
        any::<f64>().prop_filter_map("finite", Number::from_f64),
        "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,2})?".prop_map(|text| text.parse().unwrap()),
        ((1i64..1000), (1i64..1000)).prop_map(|(a, b)| i(a).div(&n(&b.to_string())).unwrap()),
    ]
    // A negative zero is equal to zero and written otherwise, which MessagePack of whole numbers cannot do.
    .prop_map(|number| if number == Number::ZERO { Number::ZERO } else { number })
}

proptest! {
    #[test]
    fn text_reads_back(value in "-?[0-9]{1,60}(\\.[0-9]{1,60})?(e-?[0-9]{1,3})?") {
        let number = n(&value);
        prop_assert_eq!(&number, &n(&number.to_string()), "{}", value);
    }

    #[test]
    fn doubles_print_as_rust_prints_them(value in any::<f64>()) {
        if let Some(number) = Number::from_f64(value) {
            prop_assert_eq!(number.to_string().parse::<f64>().unwrap(), value);
            prop_assert_eq!(number.to_f64(), value);
            prop_assert_eq!(number.to_f64_exact(), Some(value));
        }
    }

    #[test]
    fn integers_agree_with_the_machine(a in any::<i32>(), b in any::<i32>()) {
        let (x, y) = (i(a.into()), i(b.into()));
        let (a, b) = (i64::from(a), i64::from(b));
        prop_assert_eq!(x.add(&y).unwrap().to_i64(), Some(a + b));
        prop_assert_eq!(x.sub(&y).unwrap().to_i64(), Some(a - b));
        prop_assert_eq!(x.mul(&y).unwrap().to_i64(), Some(a * b));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        if b != 0 {
            prop_assert_eq!(x.rem(&y).unwrap().to_i64(), Some(a % b));
        }
    }

    #[test]
    fn order_agrees_with_difference(a in number(), b in number()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, a.cmp(&b).is_eq());
        if let Ok(difference) = a.sub(&b) {
            prop_assert_eq!(a < b, difference.is_negative() && !difference.is_zero());
        }
    }

    #[test]
    fn whole_parts_enclose(a in number()) {
        prop_assert!(a.floor() <= a && a <= a.ceil());
        prop_assert!(a.floor().is_integer() && a.ceil().is_integer());
        prop_assert!(!a.abs().is_negative());
        prop_assert_eq!(a.neg().neg(), a);
    }
}

/// As Terraform 1.11.4 compares them.
#[test]
fn numbers_with_fractions_are_equal_when_they_are_written_the_same() {
    let (double, text) = (f(SQRT_2), n("1.4142135623730951"));
    assert_eq!(double, text);
    assert!(double.cmp(&text).is_eq() && double.cmp_exactly(&text).is_gt());
    assert_eq!(hash(&double), hash(&text));
    assert!(f(-SQRT_2) < n("-1.414213562373095") && f(-SQRT_2) > n("-1.4142135623730952"));
    // Whole numbers are equal when their values are.
    assert_eq!(f(2f64.powi(64)), n("18446744073709551616"));
    assert_ne!(f(2f64.powi(64)), n("18446744073709550000"));
    // What is no double to the last bit is not written as one.
    assert_eq!(text.to_f64_exact(), None);
    assert_eq!(double.to_f64_exact(), Some(SQRT_2));
}
