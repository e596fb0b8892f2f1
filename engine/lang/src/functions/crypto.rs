//! Passwords and RSA.

use super::Want::{Number, String as Text};
use super::{Call, CallError, Function, Returns, bad_argument, encoding, function, param};
use rsa::Pkcs1v15Encrypt;
use terrane_value::{Refinement, Type, Value};

mod private_key;

const TEXT: Returns = Returns::Is(Text);

/// The cost when none is given, or one that is too small to be any.
const DEFAULT_COST: i64 = 10;
/// The largest cost that is computed. Each step more doubles the time; this takes seconds.
const MAX_COST: i64 = 17;
/// How much of a password bcrypt can see, in bytes.
const MAX_PASSWORD: usize = 72;

pub(super) const TABLE: &[Function] = &[
    function("bcrypt", &[param("str", Text)], TEXT, bcrypt).rest(param("cost", Number)).doc(
        "The bcrypt hash of a password, with a random salt; each further step of cost doubles the work.",
        "length(bcrypt(\"secret\", 4))",
        "60",
    ),
    function("rsadecrypt", &[param("ciphertext", Text), param("privatekey", Text)], TEXT, rsadecrypt).doc(
        "The text that a Base64 text encrypts for an RSA key (PKCS #1 version 1.5), given its private key in PEM.",
        "can(rsadecrypt(\"aGVsbG8=\", \"no key\"))",
        "false",
    ),
];

fn bcrypt(call: &Call<'_>) -> Result<Value, CallError> {
    if call.args.len() > 2 {
        return Err("bcrypt() takes no more than two arguments".into());
    }
    if call.context.impure_unknown {
        return Ok(Value::unknown_refined(Type::String, Refinement::not_null()));
    }
    let cost = if call.args.len() == 2 { call.int(1)? } else { DEFAULT_COST };
    let cost = if cost < 4 { DEFAULT_COST } else { cost };
    if cost > MAX_COST {
        return Err(bad_argument(1, format!("the cost must not be more than {MAX_COST}, and is {cost}")));
    }
    if call.str(0).len() > MAX_PASSWORD {
        let why =
            format!("the password is {} bytes long; bcrypt takes {MAX_PASSWORD} at most", call.str(0).len());
        return Err(bad_argument(0, why));
    }
    let cost = u32::try_from(cost).map_err(|_| bad_argument(1, "a whole number is required"))?;
    let mut salt = [0; 16];
    salt.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    let hash = bcrypt::hash_with_salt(call.str(0), cost, salt).map_err(|e| e.to_string())?;
    Ok(Value::string(hash.format_for_version(bcrypt::Version::TwoA)))
}

fn rsadecrypt(call: &Call<'_>) -> Result<Value, CallError> {
    let ciphertext = encoding::decode(call.str(0)).ok_or_else(|| {
        bad_argument(
            0,
            format!("failed to decode input {:?}: cipher text must be base64-encoded", call.str(0)),
        )
    })?;
    let key = private_key::read(call.str(1))
        .map_err(|why| bad_argument(1, format!("invalid private key: {why}")))?;
    let plain = key
        .decrypt(Pkcs1v15Encrypt, &ciphertext)
        .map_err(|e| bad_argument(0, format!("the text cannot be decrypted with this key: {e}")))?;
    let text = String::from_utf8(plain).map_err(|_| "the decrypted text is not valid UTF-8")?;
    Ok(Value::string(text))
}
