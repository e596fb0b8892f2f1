//! The target `fmt` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| terrane_fuzz::fmt(input));
