//! The target `documents` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| terrane_fuzz::documents(input));
